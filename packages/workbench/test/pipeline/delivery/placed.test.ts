import { expect } from "chai";
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { runCommand } from "../../../src/lib/command.ts";
import { requiredChecks } from "../../../src/pipeline/bootstrap/rules.ts";
import { misplaced, placedText, placeOf } from "../../../src/pipeline/delivery/placed.ts";
import { localActions, REPOSITORY, workflows, type Step, type Workflow } from "./workflow-files.ts";

const PLACE = {
  folder: "services/orders",
  project: "orders",
  folders: ["services/orders", "services/web"],
};

type Placed = Pick<Workflow, "on" | "concurrency"> & {
  name: string;
  jobs: Record<
    string,
    Placed["concurrency"] & {
      name: string;
      needs?: unknown;
      if?: unknown;
    } & Workflow["jobs"][string] & { defaults?: unknown }
  >;
};

const placed = new Map(
  workflows.map(({ file, text }) => [file, parse(placedText(text, PLACE)) as Placed]),
);
const jobs = workflows.flatMap(({ file, jobs }) =>
  Object.entries(jobs).map(([name, before]) => {
    const job = placed.get(file)?.jobs[name];
    if (job === undefined) throw new Error(`${file} ${name} is gone.`);
    return { where: `${file} ${name}`, name, before, job };
  }),
);
const checksOut = (steps: readonly Step[]): boolean =>
  steps.some(({ uses = "" }) => uses.startsWith("actions/checkout@"));

describe("Workflows of a project in a folder of a repository", () => {
  it("run every command in that folder, where there is a checkout of it", () => {
    for (const { where, before, job } of jobs)
      expect(job.defaults, where).to.deep.equal(
        checksOut(before.steps) ? { run: { "working-directory": "services/orders" } } : undefined,
      );
    for (const { text } of localActions) {
      const { runs } = parse(placedText(text, PLACE)) as { runs: { steps: Step[] } };
      for (const step of runs.steps)
        expect((step as Record<string, unknown>)["working-directory"]).to.equal(
          step.run === undefined ? undefined : "services/orders",
        );
    }
  });

  it("hand actions paths from the repository's root, and leave all else of a step as it is", () => {
    const changed = new Map<string, Set<string>>();
    for (const { where, before, job } of jobs) {
      expect(job.steps, where).to.have.lengthOf(before.steps.length);
      for (const [index, step] of before.steps.entries()) {
        const after = job.steps[index];
        expect({ ...after, uses: "", with: {}, run: "" }, where).to.deep.equal({
          ...step,
          ...{ uses: "", with: {}, run: "" },
        });
        for (const [input, value] of Object.entries(step.with ?? {})) {
          const now = after?.with?.[input];
          if (now === value) continue;
          const paths = String(value).trimEnd().split("\n");
          expect(String(now).trimEnd().split("\n"), where).to.deep.equal(
            paths.map((name) => (name === "." ? PLACE.folder : `${PLACE.folder}/${name}`)),
          );
          const action = step.uses?.split("@")[0] ?? "";
          changed.set(action, (changed.get(action) ?? new Set()).add(input));
        }
      }
    }
    expect(
      Object.fromEntries([...changed].map(([name, inputs]) => [name, [...inputs].sort()])),
    ).to.deep.equal({
      "actions/attest": ["sbom-path", "subject-path"],
      "actions/download-artifact": ["path"],
      "actions/upload-artifact": ["path"],
      "aquasecurity/trivy-action": ["input", "output", "scan-ref", "trivyignores"],
    });
    // An input that is a path and stays would be one of the root.
    const left = jobs.flatMap(({ job }) =>
      job.steps.flatMap((step) =>
        Object.entries(step.with ?? {}).filter(
          ([, value]) => /[\w}][/.]\w/.test(String(value)) && !String(value).includes(PLACE.folder),
        ),
      ),
    );
    const names = ["name", "category", "results_file", "sarif_file"];
    expect(
      left.filter(([name, value]) => !names.includes(name) && !String(value).startsWith("${{")),
    ).to.deep.equal([]);
    const [setup] = (
      parse(
        placedText(localActions.find(({ folder }) => folder.endsWith("setup"))?.text ?? "", PLACE),
      ) as { runs: { steps: Step[] } }
    ).runs.steps;
    expect(setup?.with?.["node-version-file"]).to.equal("services/orders/.node-version");
  });

  it("bear names of their own, which they call each other by", () => {
    expect([...placed].map(([file, { name }]) => [file, name])).to.deep.equal(
      workflows.map(({ file }) => [file, `orders-${file.replace(".yml", "")}`]),
    );
    expect(placed.get("fork-comment.yml")?.on["workflow_run"]).to.deep.include({
      workflows: ["orders-pr"],
    });
    for (const { where, name, before, job } of jobs) {
      expect(job.name, where).to.equal(`orders-${name}`);
      expect([job.needs, job.if], where).to.deep.equal([before.needs, before.if]);
      const groups = [before.concurrency?.group, job.concurrency?.group];
      if (groups[0] !== undefined) expect(groups[1], where).to.equal(`orders-${groups[0]}`);
      for (const step of job.steps) {
        if (step.uses?.startsWith("./") === true)
          expect(step.uses).to.match(/^\.\/\.github\/actions\/orders-(setup|cloud|parts)$/);
      }
      expect(job.steps.map(({ run }) => run)).to.deep.equal(
        before.steps.map(({ run }) =>
          run?.replace("workflows/deploy.yml", "workflows/orders-deploy.yml"),
        ),
      );
    }
    for (const { file, concurrency } of workflows)
      if (concurrency !== undefined)
        expect(placed.get(file)?.concurrency?.group).to.equal(`orders-${concurrency.group}`);
  });

  it("deploy what changes in the folder, or in an app outside; and check every pull request, as required checks have to report", () => {
    expect(placed.get("deploy.yml")?.on["push"]).to.deep.equal({
      branches: ["main"],
      paths: ["services/orders/**", "services/web/**"],
    });
    expect(placed.get("pr.yml")?.on).to.deep.equal({ pull_request: null, merge_group: null });
    expect(requiredChecks(PLACE)).to.include.members([
      "orders-check",
      "orders-parts (1/4)",
      "orders-plan (prod)",
    ]);
  });
});

describe("A project in a folder of a repository", () => {
  let root = "";
  let folder = "";
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "repository-"));
    folder = path.join(root, "services/orders");
    mkdirSync(path.join(root, "services/web"), { recursive: true });
    cpSync(path.join(REPOSITORY, ".github"), path.join(folder, ".github"), { recursive: true });
    writeFileSync(path.join(folder, "Pulumi.yaml"), "name: orders\nruntime: nodejs\n");
    writeFileSync(
      path.join(folder, "workbench.config.ts"),
      'export default { apps: ["app", "../web"] };\n',
    );
    mkdirSync(path.join(folder, "app"));
    for (const app of [path.join(folder, "app"), path.join(root, "services/web")])
      writeFileSync(path.join(app, "package.json"), "{}");
    execFileSync("git", ["init", "--quiet", root]);
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  it("knows its place, and an app outside of it", async () => {
    expect(await placeOf(runCommand, folder)).to.deep.equal(PLACE);
  });

  it("is no such project at the root, or outside of any repository", async () => {
    writeFileSync(path.join(root, "Pulumi.yaml"), "name: orders\nruntime: nodejs\n");
    expect(await placeOf(runCommand, root)).to.equal(undefined);
    rmSync(path.join(root, ".git"), { recursive: true });
    expect(await placeOf(runCommand, folder)).to.equal(undefined);
    expect(misplaced(undefined, folder)).to.deep.equal([]);
  });

  it("has its workflows and actions written to the root, and anew where one changed", () => {
    expect(misplaced(PLACE, folder).sort()).to.deep.equal(
      [
        ...["cloud", "parts", "setup"].map((name) => `actions/orders-${name}/action.yml`),
        ...workflows.map(({ file }) => `workflows/orders-${file}`),
      ].map((name) => `../../.github/${name}`),
    );
    expect(existsSync(path.join(root, ".github"))).to.equal(false);
    misplaced(PLACE, folder, true);
    expect(existsSync(path.join(root, ".github/actions/orders-setup/action.yml"))).to.equal(true);
    expect(misplaced(PLACE, folder)).to.deep.equal([]);
    const own = path.join(folder, ".github/workflows/pr.yml");
    writeFileSync(
      own,
      readFileSync(own, "utf8").replace("timeout-minutes: 20", "timeout-minutes: 30"),
    );
    expect(misplaced(PLACE, folder)).to.deep.equal(["../../.github/workflows/orders-pr.yml"]);
  });
});
