import { expect } from "chai";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { accountSteps, backendUrl } from "../../tools/bootstrap/account-steps.ts";
import { gitHubSteps, stackSteps } from "../../tools/bootstrap/stack-steps.ts";
import { runSteps, type Step, type Terminal } from "../../tools/bootstrap/steps.ts";
import type { CommandOptions, RunCommand } from "../../tools/delivery/command.ts";
import { failure } from "../delivery/fakes.ts";

const settings = {
  accountId: "111122223333",
  subjectPrefix: "repo:o/r",
  region: "eu-west-1",
  stacks: ["dev", "prod"],
};
const S3 = "s3://koa-fargate-state-111122223333-eu-west-1?region=eu-west-1";
const OUTPUTS = {
  backendUrl: S3,
  environments: { dev: { AWS_REGION: "eu-west-1", AWS_ROLE_ARN: "arn:role" } },
  secretsProviders: { dev: "awskms://alias/dev", prod: "awskms://alias/prod" },
};

/** Backends as the Pulumi CLI sees them: which stacks are in them, and which of these were deployed. */
class Backends {
  readonly stacks = new Map<string, "made" | "deployed">();
  readonly changes: string[] = [];
  upToDate = true;
  failing: string | undefined;

  readonly run: RunCommand = (_, args, options) => Promise.resolve(this.answer(args, options));

  private answer(args: readonly string[], options: CommandOptions = {}) {
    const place =
      options.env?.["PULUMI_BACKEND_URL"]?.startsWith("file:") === true ? "local" : "s3";
    const stack = args[1] === "init" ? args[2] : args[args.indexOf("--stack") + 1];
    const key = `${place} ${stack ?? ""}`;
    const verb = args[0] === "stack" ? `stack ${args[1] ?? ""}` : (args[0] ?? "");
    const reads = ["stack export", "stack output", "preview"].includes(verb);
    const done = `${verb} ${key}`;
    if (!reads || args.includes("--file")) this.changes.push(done);
    if (this.failing === done) return { code: 1, stdout: "", stderr: "broken" };
    const state = this.stacks.get(key);
    const ok = (stdout = "") => ({ code: 0, stdout, stderr: "" });
    if (verb === "stack init") this.stacks.set(key, "made");
    else if (state === undefined) return { code: 6, stdout: "", stderr: "no stack" };
    else if (verb === "up" || verb === "stack import") this.stacks.set(key, "deployed");
    else if (verb === "stack output")
      return ok(JSON.stringify(state === "deployed" ? OUTPUTS : {}));
    else if (verb === "preview" && args.includes("--expect-no-changes"))
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
    // What the CLI would make.
    mkdirSync(path.join(root, ".local/bootstrap/.pulumi"), { recursive: true });
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

  it("goes on where a run broke off", async () => {
    backends.failing = "up local account";
    expect(await failure(runSteps(steps(), terminal(), { dryRun: false }))).to.equal(
      "pulumi up --yes ended with exit code 1: broken",
    );
    backends.failing = undefined;
    backends.changes.length = 0;
    const outcomes = await runSteps(steps(), terminal(), { dryRun: false });
    expect(outcomes).to.deep.equal(["done before", "done", "done", "done before"]);
    expect(backends.changes[0]).to.equal("up local account");
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
    await runSteps(steps().slice(0, 3), screen, { dryRun: true });
    expect(backends.changes).to.deep.equal([]);
    expect(screen.lines).to.deep.equal([
      "would 1/3 A folder for the first state",
      "        pulumi stack init account in .local/bootstrap",
      "would 2/3 State bucket, keys, identity provider and roles",
      "        in account 111122223333, region eu-west-1, for dev and prod",
      "        cost: 1 USD a month for each of 3 keys",
      "would 3/3 The state into its bucket",
      `        pulumi stack export, then import into ${S3}`,
    ]);
  });

  it("stops where the answer is no", async () => {
    const outcomes = await runSteps(steps(), terminal([true, false]), { dryRun: false });
    expect(outcomes).to.deep.equal(["done", "refused"]);
    expect(backends.changes).to.deep.equal(["stack init local account"]);
  });

  it("names the bucket as the program does", () => {
    expect(backendUrl(settings)).to.equal(S3);
  });

  it("makes the stacks, each with its own key, once", async () => {
    const make = () =>
      runSteps(stackSteps(backends.run, root, OUTPUTS), terminal(), { dryRun: false });
    expect(await make()).to.deep.equal(["done", "done"]);
    expect(await make()).to.deep.equal(["done before", "done before"]);
    expect(backends.changes).to.deep.equal(["stack init s3 dev", "stack init s3 prod"]);
  });
});

describe("Bootstrap of GitHub", () => {
  it("makes environments and variables, and sees what is there", async () => {
    const variables = new Map<string, Map<string, string>>();
    const changes: string[] = [];
    const run: RunCommand = (command, args) => {
      const [first = "", verb = "", third = "", fourth = ""] = args;
      const environment = args.includes("--env") ? (args[args.indexOf("--env") + 1] ?? "") : "";
      const known = variables.get(environment);
      if (verb === "list") {
        if (known === undefined)
          return Promise.resolve({ code: 1, stdout: "", stderr: "not found" });
        const list = [...known].map(([name, value]) => ({ name, value }));
        return Promise.resolve({ code: 0, stdout: JSON.stringify(list), stderr: "" });
      }
      changes.push([command, ...args].join(" "));
      if (first === "api") variables.set(fourth.split("/").at(-1) ?? "", new Map());
      else {
        const scope = known ?? new Map<string, string>();
        variables.set(environment, scope.set(third, args.at(-1) ?? ""));
      }
      return Promise.resolve({ code: 0, stdout: "", stderr: "" });
    };
    const make = () => runSteps(gitHubSteps(run, "o/r", OUTPUTS), terminal(), { dryRun: false });

    expect(await make()).to.deep.equal(["done", "done"]);
    expect(changes).to.deep.equal([
      "gh api --method PUT repos/o/r/environments/dev",
      "gh variable set AWS_REGION --repo o/r --env dev --body eu-west-1",
      "gh variable set AWS_ROLE_ARN --repo o/r --env dev --body arn:role",
      "gh variable set DELIVERY --repo o/r --body on",
    ]);
    expect(await make()).to.deep.equal(["done before", "done before"]);
  });
});
