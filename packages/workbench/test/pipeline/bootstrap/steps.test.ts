import { expect } from "chai";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { accountSteps } from "../../../src/pipeline/bootstrap/account-steps.ts";
import { stackSteps } from "../../../src/pipeline/bootstrap/stack-steps.ts";
import { runSteps, type Step, type Terminal } from "../../../src/pipeline/bootstrap/steps.ts";
import type { CommandOptions, RunCommand } from "../../../src/lib/command.ts";
import { failure } from "../delivery/fakes.ts";
import { PROJECT } from "../../../../../test/helpers/project.ts";

const settings = {
  accountId: "111122223333",
  subjectPrefix: "repo:o/r",
  region: "eu-west-1",
  stacks: ["dev", "prod"],
};
const S3 = `s3://${PROJECT}-state-111122223333-eu-west-1?region=eu-west-1`;
const OUTPUTS = {
  backendUrl: S3,
  environments: { dev: { AWS_REGION: "eu-west-1", AWS_ROLE_ARN: "arn:role" } },
  secretsProviders: { dev: "awskms://alias/dev", prod: "awskms://alias/prod" },
  serviceBoundaries: { dev: "arn:bound-dev", prod: "arn:bound-prod" },
};

type Outcome = "fails before it does anything" | "does it and is cut off";

/** Backends as the Pulumi CLI sees them: which stacks are in them, and what became of each. */
class Backends {
  readonly stacks = new Map<string, "empty" | "half" | "deployed">();
  readonly changes: string[] = [];
  upToDate = true;
  /** Every command so far. */
  count = 0;
  /** Number of the command that fails. */
  failing: { at: number; how: Outcome } | undefined;
  /** Resources that were made; twice the same is what must never happen. */
  made = 0;

  readonly run: RunCommand = (_, args, options) => {
    const fails = this.failing?.at === this.count++ ? this.failing.how : undefined;
    const broken = { code: 1, stdout: "", stderr: "broken" };
    if (fails === "fails before it does anything") {
      if (args[0] === "up" && this.stacks.get(this.place(args, options)) === "empty") {
        this.stacks.set(this.place(args, options), "half");
        this.made += 1;
      }
      return Promise.resolve(broken);
    }
    const answer = this.answer(args, options);
    return Promise.resolve(fails === undefined ? answer : broken);
  };

  private place(args: readonly string[], options: CommandOptions = {}): string {
    const backend = options.env?.["PULUMI_BACKEND_URL"] ?? "";
    const stack = args[1] === "init" ? args[2] : args[args.indexOf("--stack") + 1];
    return `${backend.startsWith("file:") ? "local" : "s3"} ${stack ?? ""}`;
  }

  private answer(args: readonly string[], options: CommandOptions = {}) {
    const key = this.place(args, options);
    const verb = args[0] === "stack" ? `stack ${args[1] ?? ""}` : (args[0] ?? "");
    const reads = ["stack export", "stack output", "preview"].includes(verb);
    if (!reads || args.includes("--file")) this.changes.push(`${verb} ${key}`);
    const state = this.stacks.get(key);
    const ok = (stdout = "") => ({ code: 0, stdout, stderr: "" });
    const refused = (code: number, stderr: string) => ({ code, stdout: "", stderr });
    const bucketIsThere = [...this.stacks.values()].some((other) => other !== "empty");
    if (key.startsWith("s3") && !bucketIsThere)
      return refused(255, "(code=NotFound): NoSuchBucket");
    if (verb === "stack init") {
      if (state !== undefined) return refused(1, `stack '${key}' already exists`);
      this.stacks.set(key, "empty");
      // What the CLI makes besides.
      const [, folder] = options.env?.["PULUMI_BACKEND_URL"]?.split("file://") ?? [];
      if (folder !== undefined) mkdirSync(path.join(folder, ".pulumi"), { recursive: true });
    } else if (state === undefined) return refused(6, "no stack");
    else if (verb === "up") {
      if (state === "empty") this.made += 1;
      this.stacks.set(key, "deployed");
    } else if (verb === "stack import") this.stacks.set(key, "deployed");
    else if (verb === "stack output")
      return ok(JSON.stringify(state === "deployed" ? OUTPUTS : {}));
    else if (verb === "stack export") {
      const resources = state === "empty" ? {} : { resources: [{ type: "aws:s3/bucket:Bucket" }] };
      return ok(JSON.stringify({ deployment: resources }));
    } else if (verb === "preview" && args.includes("--expect-no-changes"))
      return { ...ok(), code: this.upToDate ? 0 : 7 };
    return ok();
  }
}

function terminal(answers: boolean | boolean[] = true): Terminal & { lines: string[] } {
  const lines: string[] = [];
  return {
    lines,
    print: (line) => lines.push(line),
    confirm: () => Promise.resolve(Array.isArray(answers) ? (answers.shift() ?? false) : answers),
  };
}

describe("Bootstrap of an account", () => {
  let root: string;
  let backends: Backends;
  const steps = (): Step[] =>
    accountSteps({ run: backends.run, root, account: "account", settings });

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "bootstrap-"));
    backends = new Backends();
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  it("makes the bucket from a folder, and moves the state into it", async () => {
    const outcomes = await runSteps(steps(), terminal(), { dryRun: false });
    expect(outcomes).to.deep.equal(["done", "done", "done", "done before"]);
    expect(backends.changes).to.deep.equal([
      "stack init local account",
      "up local account",
      "stack export local account",
      "stack init s3 account",
      "stack import s3 account",
    ]);
  });

  it("has nothing to do the second time", async () => {
    await runSteps(steps(), terminal(), { dryRun: false });
    backends.changes.length = 0;
    const screen = terminal(false);
    expect(await runSteps(steps(), screen, { dryRun: false })).to.deep.equal(
      Array.from({ length: 4 }, () => "done before"),
    );
    expect(backends.changes).to.deep.equal([]);
    expect(screen.lines).to.deep.equal([
      "ok    1/4 A folder for the first state",
      "ok    2/4 State bucket, keys, identity provider and roles",
      "ok    3/4 The state into its bucket",
      "ok    4/4 Up to date with the program",
    ]);
  });

  /** Every command of a run from nothing, in order. */
  async function commands(): Promise<number> {
    const whole = new Backends();
    const elsewhere = mkdtempSync(path.join(tmpdir(), "bootstrap-"));
    const all = accountSteps({ run: whole.run, root: elsewhere, account: "account", settings });
    await runSteps(all, terminal(), { dryRun: false });
    rmSync(elsewhere, { recursive: true });
    return whole.count;
  }

  for (const how of ["fails before it does anything", "does it and is cut off"] as const)
    it(`goes on, whichever command of the run ${how}, and makes everything once`, async () => {
      const count = await commands();
      expect(count).to.be.above(10);
      for (let at = 0; at < count; at += 1) {
        rmSync(path.join(root, ".local"), { recursive: true, force: true });
        backends = new Backends();
        backends.failing = { at, how };
        expect(
          await failure(runSteps(steps(), terminal(), { dryRun: false })),
          `command ${at}`,
        ).to.match(/broken$/);
        backends.failing = undefined;
        await runSteps(steps(), terminal(), { dryRun: false });

        const when = `after command ${at} (${backends.changes.join(", ")})`;
        expect(backends.made, when).to.equal(1);
        expect(Object.fromEntries(backends.stacks), when).to.deep.equal({
          "local account": "deployed",
          "s3 account": "deployed",
        });
        expect(existsSync(path.join(root, ".local/bootstrap/account/.pulumi")), when).to.equal(
          false,
        );
        expect(backends.changes, when).to.not.include("up s3 account");
      }
    });

  it("takes an empty stack in the bucket for what it is", async () => {
    backends.stacks.set("local account", "deployed");
    backends.stacks.set("s3 account", "empty");
    mkdirSync(path.join(root, ".local/bootstrap/account/.pulumi"), { recursive: true });
    const outcomes = await runSteps(steps(), terminal(), { dryRun: false });
    expect(outcomes).to.deep.equal(["done before", "done before", "done", "done before"]);
    expect(backends.changes).to.deep.equal([
      "stack export local account",
      "stack import s3 account",
    ]);
  });

  it("finishes an update that left no outputs", async () => {
    await runSteps(steps(), terminal(), { dryRun: false });
    backends.stacks.set("s3 account", "half");
    backends.changes.length = 0;
    const outcomes = await runSteps(steps(), terminal(), { dryRun: false });
    expect(outcomes).to.deep.equal(["done before", "done before", "done before", "done"]);
    expect(backends.changes).to.deep.equal(["up s3 account"]);
  });

  it("starts nothing anew where the state was moved and is gone", async () => {
    await runSteps(steps(), terminal(), { dryRun: false });
    backends.stacks.set("s3 account", "empty");
    backends.changes.length = 0;
    expect(await failure(runSteps(steps(), terminal(), { dryRun: false }))).to.equal(
      `.local/bootstrap/account/moved says that the state of this account was moved into ${S3}, but it is not there, and a new one would make everything a second time. Bring the state back as docs/runbook.md says ("A lost state"), or remove that folder if the account is to start anew.`,
    );
    expect(backends.changes).to.deep.equal([]);
  });

  it("does nothing where the bucket cannot be read", async () => {
    backends.failing = { at: 0, how: "fails before it does anything" };
    expect(await failure(runSteps(steps(), terminal(), { dryRun: false }))).to.equal(
      `Stack account in ${S3} cannot be read, so nothing was done: broken`,
    );
    expect(backends.changes).to.deep.equal([]);
  });

  it("brings the roles up to date with the program", async () => {
    await runSteps(steps(), terminal(), { dryRun: false });
    backends.upToDate = false;
    backends.changes.length = 0;
    await runSteps(steps(), terminal(), { dryRun: false });
    expect(backends.changes).to.deep.equal(["up s3 account"]);
  });

  it("shows everything and changes nothing in a dry run", async () => {
    const screen = terminal();
    await runSteps(steps(), screen, { dryRun: true });
    expect(backends.changes).to.deep.equal([]);
    expect(screen.lines).to.deep.equal([
      "to do 1/4 A folder for the first state",
      "        pulumi stack init account in .local/bootstrap/account",
      "to do 2/4 State bucket, keys, identity provider and roles",
      "        in account 111122223333, region eu-west-1, for dev and prod",
      "        cost: 1 USD a month for each of 3 keys",
      "to do 3/4 The state into its bucket",
      `        pulumi stack export, then import into ${S3}`,
      "to do 4/4 Up to date with the program",
      "        pulumi up, where the roles need other permissions than they have",
    ]);
  });

  it("stops where the answer is no", async () => {
    const outcomes = await runSteps(steps(), terminal([true, false]), { dryRun: false });
    expect(outcomes).to.deep.equal(["done", "refused"]);
    expect(backends.changes).to.deep.equal(["stack init local account"]);
  });

  it("makes the stacks, each with its own key and the boundary of its roles, once", async () => {
    backends.stacks.set("s3 account", "deployed");
    const text = '# Mine.\nconfig:\n  shop:taskCpu: "256"\n';
    for (const stack of ["dev", "prod"])
      writeFileSync(path.join(root, `Pulumi.${stack}.yaml`), text);
    writeFileSync(path.join(root, "Pulumi.yaml"), "name: shop\n");
    const make = (dryRun = false) =>
      runSteps(stackSteps(backends.run, root, OUTPUTS), terminal(), { dryRun });

    const twice = Array.from({ length: 4 });
    expect(await make(true)).to.deep.equal(twice.fill("would be done"));
    expect(readFileSync(path.join(root, "Pulumi.dev.yaml"), "utf8")).to.equal(text);
    expect(await make()).to.deep.equal(twice.fill("done"));
    expect(await make()).to.deep.equal(twice.fill("done before"));
    expect(backends.changes).to.deep.equal(["stack init s3 dev", "stack init s3 prod"]);
    expect(readFileSync(path.join(root, "Pulumi.prod.yaml"), "utf8")).to.equal(
      `${text}  shop:permissionsBoundaryArn: arn:bound-prod\n`,
    );
  });
});
