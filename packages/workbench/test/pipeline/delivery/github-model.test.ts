import { expect } from "chai";
import { GitHubModel, RULES, type Run } from "./github-model.ts";
import { workflow, type Workflow } from "./workflow-files.ts";

const deploy = workflow("deploy.yml");
const control = workflow("control.yml");
const restore = (model: GitHubModel): Run =>
  model.start(control, { action: "restore", stack: "prod" }, ["source", "audit"]);

/** The workflow without a job, and without anybody who needs it. */
function without(name: string): Workflow {
  const jobs = Object.entries(deploy.jobs)
    .filter(([job]) => job !== name)
    .map(([job, rest]) => [
      job,
      { ...rest, needs: [rest.needs ?? []].flat().filter((need) => need !== name) },
    ]);
  return { ...deploy, jobs: Object.fromEntries(jobs) as Workflow["jobs"] };
}

const prod = (run: Run): string | undefined => run.jobs.get("prod") ?? run.jobs.get("apply");

describe(`Merges and approvals, by ${RULES.length} rules of GitHub's that are assumed`, () => {
  it("three merges while the first waits: the third is asked for, and deployed once it is approved", () => {
    const model = new GitHubModel(["prod"]);
    const [first, second, third] = [1, 2, 3].map(() => model.start(deploy)) as [Run, Run, Run];
    expect([first, second, third].map(prod)).to.deep.equal(["cancelled", "cancelled", "waiting"]);
    model.approve(third);
    expect(model.deployed).to.deep.equal(["dev 1", "dev 2", "dev 3", "prod 3"]);
  });

  it("without the job that cancels what waits, the third would be asked for by nobody", () => {
    const model = new GitHubModel(["prod"]);
    const [first, second, third] = [1, 2, 3].map(() => model.start(without("supersede"))) as [
      Run,
      Run,
      Run,
    ];
    expect([first, second, third].map(prod)).to.deep.equal(["waiting", "cancelled", "pending"]);
  });

  it("two merges while the first deploys: it ends in peace, and the newest is asked for then", () => {
    const model = new GitHubModel(["prod"], ["prod"]);
    const first = model.start(deploy);
    model.approve(first);
    expect(prod(first)).to.equal("running");
    const [second, third] = [model.start(deploy), model.start(deploy)];
    expect([first, second, third].map(prod)).to.deep.equal(["running", "cancelled", "pending"]);
    model.finish(first);
    expect(prod(third)).to.equal("waiting");
    model.approve(third);
    model.finish(third);
    expect(model.deployed).to.deep.equal(["dev 1", "dev 2", "dev 3", "prod 1", "prod 3"]);
  });

  it("dev deploys one at a time, and never one that was overtaken while it waited", () => {
    const model = new GitHubModel([], ["dev"]);
    const runs = [1, 2, 3].map(() => model.start(deploy));
    for (const run of runs) model.finish(run);
    expect(model.deployed).to.deep.equal(["dev 1", "prod 1", "dev 3", "prod 3"]);
  });

  it("a restore by hand takes the place of what waits, and waits for its own approval", () => {
    const model = new GitHubModel(["prod"]);
    const merge = model.start(deploy);
    const back = restore(model);
    expect([merge, back].map(prod)).to.deep.equal(["cancelled", "waiting"]);
    model.approve(back);
    expect(model.deployed).to.deep.equal(["dev 1", "prod 2"]);
  });

  it("a restore by hand never cuts into a deployment", () => {
    const model = new GitHubModel(["prod"], ["prod"]);
    const merge = model.start(deploy);
    model.approve(merge);
    const back = restore(model);
    expect([merge, back].map(prod)).to.deep.equal(["running", "pending"]);
    model.finish(merge);
    expect(prod(back)).to.equal("waiting");
  });

  it("nobody is asked for prod where nothing of it changes", () => {
    const model = new GitHubModel(["prod"]);
    const waits = model.start(deploy);
    const docs = model.start(deploy, {}, ["supersede"]);
    expect([waits, docs].map(prod)).to.deep.equal(["waiting", "skipped"]);
  });
});
