import { expect } from "chai";
import type { RunCommand } from "../../../src/lib/command.ts";
import {
  deploy,
  prepare,
  repositoryTargets,
  rollBack,
} from "../../../src/pipeline/delivery/deployment.ts";
import { planFrozen } from "../../../../../test/helpers/frozen.ts";
import type { Plan } from "../../../src/plan/types.ts";
import { failure, fakeCommands, sequence } from "./fakes.ts";
import { PROJECT } from "../../../../../test/helpers/project.ts";

const REPOSITORY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/registry-1a2b3c4";
const OLD = `${REPOSITORY}@sha256:${"0".repeat(64)}`;
const NEW = `${REPOSITORY}@sha256:${"1".repeat(64)}`;

const exported = (...types: string[]) => ({
  stdout: JSON.stringify({
    deployment: {
      resources: types.map((type) => ({ urn: type, type, outputs: { repositoryUrl: REPOSITORY } })),
    },
  }),
});
const UP = "pulumi up --stack dev --yes --suppress-outputs --non-interactive --color=never";

describe("Deployment", () => {
  let plan: Plan;
  before(async () => {
    plan = await planFrozen({ stack: "dev" });
  });

  it("notes the image that runs and the repository", async () => {
    const { run, calls } = fakeCommands({
      "pulumi stack output": { stdout: JSON.stringify({ imageUri: OLD }) },
      "pulumi stack export": exported("aws:ecr/repository:Repository"),
      "pulumi stack history": { stdout: "[]" },
    });

    expect(await prepare({ run }, plan)).to.deep.equal({ repositoryUrl: REPOSITORY, before: OLD });
    expect(calls).to.have.lengthOf(3);
  });

  it("notes in its place the image that the last way back failed to reach: what runs did not pass its smoke test", async () => {
    const update = (result: string, image: string, message = "a commit") => ({
      ...{ kind: "update", result, message },
      config: { [`${PROJECT}:image`]: { value: image, secret: false } },
    });
    const before = async (...history: object[]) => {
      const { run } = fakeCommands({
        "pulumi stack output": { stdout: JSON.stringify({ imageUri: NEW }) },
        "pulumi stack export": exported("aws:ecr/repository:Repository"),
        "pulumi stack history": { stdout: JSON.stringify(history) },
      });
      return (await prepare({ run }, plan)).before;
    };
    const [bad, back] = [update("succeeded", NEW), `way back to ${OLD}`];
    expect(await before(update("failed", OLD, back), bad)).to.equal(OLD);
    expect(await before(update("in-progress", OLD), update("failed", OLD, back), bad)).to.equal(
      OLD,
    );
    // It was reached, or somebody deployed since, or what failed was no way back.
    expect(await before(update("succeeded", OLD, back), bad)).to.equal(NEW);
    expect(await before(bad, update("failed", OLD, back))).to.equal(NEW);
    expect(await before(update("failed", OLD), bad)).to.equal(NEW);
  });

  it("creates the repository alone before the first deployment", async () => {
    const { run, calls } = fakeCommands({
      "pulumi stack output": { stdout: "{}" },
      "pulumi stack export": sequence(
        { stdout: '{"deployment":{}}' },
        exported("aws:s3/bucket:Bucket", "aws:ecr/repository:Repository"),
      ),
      "pulumi up": {},
      "pulumi stack history": { stdout: "[]" },
    });

    expect(await prepare({ run }, plan)).to.deep.equal({ repositoryUrl: REPOSITORY, before: "" });
    expect(calls[2]).to.equal(
      [UP, ...repositoryTargets(plan).map((urn) => `--target ${urn}`)].join(" "),
    );
  });

  it("says so when the repository cannot be created", async () => {
    const { run } = fakeCommands({
      "pulumi stack output": { stdout: "{}" },
      "pulumi stack export": { stdout: '{"deployment":{}}' },
      "pulumi up": { code: 4 },
    });
    expect(await failure(prepare({ run }, plan))).to.equal(
      "The repository of dev could not be created: pulumi up ended with exit code 4; its output says why.",
    );
  });

  it("refuses a stack that was never made, and tells it from an unreadable backend", async () => {
    const missing = fakeCommands({
      "pulumi stack output": { code: 6, stderr: "no stack named dev" },
    });
    expect(await failure(prepare(missing, plan))).to.equal(
      "There is no stack dev in this backend. npm run bootstrap creates the stacks; docs/getting-started.md says how.",
    );
    const denied = fakeCommands({ "pulumi stack output": { code: 3, stderr: "AccessDenied" } });
    expect(await failure(prepare(denied, plan))).to.equal(
      "The outputs of stack dev cannot be read: AccessDenied",
    );
  });

  it("deploys by digest", async () => {
    const { run, calls } = fakeCommands({ "pulumi up": {} });
    await deploy({ run }, plan, NEW);
    await deploy({ run }, plan, NEW, { message: "break-glass by octocat: down" });
    const config = `${UP} --config ${PROJECT}:image=${NEW}`;
    expect(calls).to.deep.equal([config, `${config} --message break-glass by octocat: down`]);
  });

  it("hands its time on to pulumi, and takes what it needs without one", async () => {
    const limits: (number | undefined)[] = [];
    const run: RunCommand = (_command, _args, options) => {
      limits.push(options?.interruptAfterMs);
      return Promise.resolve({ code: 0, stdout: "", stderr: "" });
    };
    await deploy({ run }, plan, NEW, { minutes: 35 });
    await deploy({ run }, plan, NEW);
    expect(limits).to.deep.equal([2_100_000, undefined]);
  });

  it("fails when pulumi up fails", async () => {
    const { run } = fakeCommands({ "pulumi up": { code: 1 } });
    expect(await failure(deploy({ run }, plan, NEW))).to.equal(
      `dev: pulumi up of ${NEW} ended with exit code 1; its output says why.`,
    );
  });

  it("rolls back to the digest before", async () => {
    const { run, calls } = fakeCommands({ "pulumi up": {} });
    await rollBack({ run }, plan, { before: OLD, image: NEW });
    expect(calls).to.deep.equal([
      `${UP} --config ${PROJECT}:image=${OLD} --message way back to ${OLD}`,
    ]);
  });

  it("does not roll back to nothing, nor to the image that failed", async () => {
    const { run, calls } = fakeCommands({});
    expect(await failure(rollBack({ run }, plan, { before: "", image: NEW }))).to.equal(
      "dev ran nothing before this first deployment, so there is nothing to go back to. Fix the cause and push again.",
    );
    expect(await failure(rollBack({ run }, plan, { before: NEW, image: NEW }))).to.equal(
      `dev runs ${NEW}, as before: the image is not the cause. Revert the commit to undo its other changes.`,
    );
    expect(calls).to.deep.equal([]);
  });

  it("points to the runbook when going back fails too", async () => {
    const { run } = fakeCommands({ "pulumi up": { code: 1 } });
    expect(await failure(rollBack({ run }, plan, { before: OLD, image: NEW }))).to.equal(
      `dev could not go back to ${OLD}: pulumi up ended with exit code 1. docs/runbook.md, "A rollback that failed", says what to do.`,
    );
  });
});

describe("Targets of the registry", () => {
  it("of dev are the repository and its parents", async () => {
    const plan = await planFrozen({ stack: "dev" });
    expect(names(plan)).to.deep.equal([`${PROJECT}-dev`, "registry", "registry"]);
  });

  it("of prod also are the key that encrypts it", async () => {
    const plan = await planFrozen({ stack: "prod" });
    expect(names(plan)).to.deep.equal([
      `${PROJECT}-prod`,
      "registry",
      "registry",
      "security",
      "security",
    ]);
  });

  const names = (plan: Plan): string[] =>
    repositoryTargets(plan)
      .map((urn) => urn.split("::")[3] ?? "")
      .sort();
});
