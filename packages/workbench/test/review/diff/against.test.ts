import { expect } from "chai";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { planAgainst } from "../../../src/review/diff/against.ts";
import { differenceView } from "../../../src/review/diff/view.ts";
import { failure, projectFolder } from "../../plan/project-folder.ts";
import { program, repository, type Repository } from "./repository.ts";

const GROUP = "lb.TargetGroup";

describe("planAgainst", function () {
  let repo: Repository;

  before(async () => {
    repo = await repository(program(GROUP));
  });

  after(async () => {
    await repo.remove();
  });

  const against = (ref: string, overrides: Record<string, string> = {}) =>
    planAgainst({ stack: "dev", ref, root: repo.path, overrides });

  /** No worktree is left behind. */
  const clean = (): void => {
    expect(repo.git("worktree", "list").split("\n").length).to.equal(1);
  };

  it("finds nothing between a commit and a working tree that is the same", async () => {
    const found = await against("HEAD");
    expect(found).to.deep.equal({
      kind: "difference",
      against: { ref: "HEAD", commit: repo.git("rev-parse", "HEAD") },
      changes: {
        project: "shop",
        stack: "dev",
        source: "plan",
        resources: [],
        unchanged: 1,
        config: [],
      },
      moves: [],
      facts: [],
      notes: [],
    });
    clean();
  });

  it("--config changes the working tree's side alone", async () => {
    const found = await against("main", { port: "81" });
    const view = differenceView(found, 1.25);
    const short = repo.git("rev-parse", "--short=7", "HEAD");
    expect(view.split("\n")).to.deep.equal([
      `shop / dev   working tree against main (${short})   1 replace   planned in 1.3 s, offline`,
      "",
      "downtime  target group one is replaced because port changes: the new one has no healthy target until the service has registered its tasks there",
      "config    port  80 -> 81",
      "",
      "lb  1 replace",
      `  ! ${GROUP} one  [replaced]`,
      "      port  80 -> 81  (forces the replacement)",
    ]);
    clean();
  });

  it("compares what is not committed yet, with another branch, by each one's own configuration", async () => {
    repo.git("checkout", "--quiet", "-b", "other");
    repo.write("Pulumi.dev.yaml", "config:\n  aws:region: eu-west-1\n  shop:port: 82\n");
    const found = await against("main");
    expect(found.changes.resources.map(({ properties }) => properties)).to.deep.equal([
      [{ path: "port", before: 80, after: 82, replaces: true }],
    ]);
    // With the line of the stack's file.
    expect(found.changes.config).to.deep.equal([
      { path: "port", before: 80, after: 82, replaces: false, source: "Pulumi.dev.yaml:3" },
    ]);
    repo.git("checkout", "--quiet", "--force", "main");
    clean();
  });

  it("plans a commit with the tool that it has", async () => {
    mkdirSync(path.join(repo.path, "packages/workbench/src/review"), { recursive: true });
    repo.write(
      "packages/workbench/src/review/cli.ts",
      'console.log(JSON.stringify({ project: "shop", stack: process.argv[2], config: {}, resources: [], invokes: [], outputs: {}, warnings: process.argv.slice(3) }));',
    );
    repo.git("add", "packages");
    repo.git("commit", "--quiet", "-m", "tool");
    const found = await against("HEAD");
    expect(found.changes.resources.map(({ operation }) => operation)).to.deep.equal(["create"]);
    clean();
  });

  it("says what stands in the way, in one sentence, and leaves nothing behind", async () => {
    expect(await failure(against("nowhere"))).to.equal(
      "PlanError: --against nowhere: there is no such commit, branch or tag here. Fetch it first, or see git branch --all.",
    );
    expect(await failure(against("--all"))).to.equal(
      "PlanError: --against --all: there is no such commit, branch or tag here. Fetch it first, or see git branch --all.",
    );
    repo.write(
      "packages/workbench/src/review/cli.ts",
      'console.error("it is broken"); process.exitCode = 1;',
    );
    repo.git("commit", "--quiet", "--all", "-m", "broken");
    const short = repo.git("rev-parse", "--short=7", "HEAD");
    expect(await failure(against("HEAD"))).to.equal(
      `PlanError: HEAD (${short}) cannot be planned: it is broken`,
    );
    clean();
  });

  it("a folder that is no repository", async () => {
    const folder = await projectFolder();
    try {
      expect(await failure(planAgainst({ stack: "dev", ref: "main", root: folder.path }))).to.equal(
        `PlanError: --against compares with another commit, but ${folder.path} is no git repository.`,
      );
    } finally {
      await folder.remove();
    }
  });

  it("a stack that the commit does not have is all new, and packages that differ are said", async () => {
    const fresh = await repository(program(GROUP));
    try {
      fresh.write("Pulumi.next.yaml", "config:\n  aws:region: eu-west-1\n");
      fresh.write("package-lock.json", "{}");
      const found = await planAgainst({ stack: "next", ref: "HEAD", root: fresh.path });
      expect(found.changes.resources.map(({ operation }) => operation)).to.deep.equal(["create"]);
      expect(found.notes).to.deep.equal(["HEAD has no stack next: all of it is new."]);
      expect(found.packages).to.equal(
        "package-lock.json differs: both sides were planned with the packages that are installed now, so what another version of them changes is not seen offline.",
      );
    } finally {
      await fresh.remove();
    }
  });

  it("a flat program of any kind, in a folder of the repository, without stack files", async () => {
    const mono = await repository("");
    try {
      const queue = (delay: string) => `
        import * as aws from "@pulumi/aws";
        enum Delay { Short = 1, Long = 60 }
        console.log("hello");
        new aws.sqs.Queue("orders", { delaySeconds: Delay.${delay}, tags: { file: __filename } });
        new aws.kinesis.Stream("clicks", {});`;
      mkdirSync(path.join(mono.path, "infra/shop"), { recursive: true });
      mono.write("infra/shop/Pulumi.yaml", "name: ${PROJECT}\nruntime: nodejs\n");
      mono.write("infra/shop/package.json", "{}");
      mono.write("infra/shop/index.ts", queue("Short"));
      mono.git("add", ".");
      mono.git("commit", "--quiet", "-m", "queue");
      mono.write("infra/shop/index.ts", queue("Long"));
      const printed: string[] = [];
      const root = path.join(mono.path, "infra/shop");
      const found = await planAgainst({ stack: "any", ref: "main", root }, (text) =>
        printed.push(text),
      );
      expect(differenceView(found, 1.25).split("\n").slice(2)).to.deep.equal([
        "sqs  1 update",
        "  ~ sqs.Queue orders",
        "      delaySeconds  1 -> 60",
      ]);
      expect([found.changes.project, found.changes.unchanged, found.notes]).to.deep.equal([
        "shop",
        1,
        [],
      ]);
      expect(printed).to.deep.equal(["hello\n"]);
    } finally {
      await mono.remove();
    }
  });
});
