import { expect } from "chai";
import { missingSettings, type Environment } from "../../../src/pipeline/bootstrap/environment.ts";
import { gitHubSteps } from "../../../src/pipeline/bootstrap/github-steps.ts";
import type { Approval } from "../../../src/pipeline/bootstrap/ground.ts";
import {
  missingRules,
  REQUIRED_CHECKS,
  RULESET,
  type Rule,
} from "../../../src/pipeline/bootstrap/rules.ts";
import { runSteps, type StepOutcome } from "../../../src/pipeline/bootstrap/steps.ts";
import type { RunCommand } from "../../../src/lib/command.ts";
import { failure } from "../delivery/fakes.ts";

const IDS: Readonly<Record<string, number>> = { ann: 11, ben: 22 };
const BY_NAME = { protected_branches: false, custom_branch_policies: true };
const reviewed = (...ids: number[]) => ({
  type: "required_reviewers",
  prevent_self_review: true,
  reviewers: ids.map((id) => ({ type: "User" as const, reviewer: { id } })),
});

/** The part of GitHub that the gh CLI shows; a PUT takes away what it lacks, as GitHub's does. */
class GitHub {
  readonly environments = new Map<string, Environment>();
  readonly branches = new Map<string, string[]>();
  readonly variables = new Map<string, Map<string, string>>([["", new Map()]]);
  readonly changes: string[] = [];
  /** What applies to main. */
  rules: Rule[] = [];
  repository = { visibility: "private", owner: { type: "User" } };
  /** Whether the plan has rulesets. */
  rulesets = true;

  readonly run: RunCommand = (command, args, { input } = {}) => {
    const body = input === undefined ? "" : ` ${input}`;
    const changes = args.includes("--method") || args[1] === "set";
    if (changes) this.changes.push([command, ...args].join(" ") + body);
    if (!this.rulesets && args.join(" ").includes("/rule"))
      return Promise.resolve({
        code: 1,
        stdout: "",
        stderr:
          "gh: Upgrade to GitHub Pro or make this repository public to enable this feature. (HTTP 403)",
      });
    const found = args[0] === "variable" ? this.variable(args) : this.api(args, input);
    return Promise.resolve(
      found === undefined
        ? { code: 1, stdout: '{"message":"Not Found"}', stderr: "gh: Not Found (HTTP 404)" }
        : { code: 0, stdout: JSON.stringify(found), stderr: "" },
    );
  };

  private variable(args: readonly string[]): unknown {
    const scope = args.includes("--env") ? (args[args.indexOf("--env") + 1] ?? "") : "";
    const known = this.variables.get(scope);
    if (args[1] === "list") return known && [...known].map(([name, value]) => ({ name, value }));
    return known?.set(args[2] ?? "", args.at(-1) ?? "") && {};
  }

  private api(args: readonly string[], input = "{}"): unknown {
    const method = args.includes("--method") ? args[2] : "GET";
    const path = args[method === "GET" ? 1 : 3] ?? "";
    if (path.startsWith("users/")) return { id: IDS[path.split("/")[1] ?? ""] };
    if (path === "repos/o/r") return this.repository;
    if (path === "repos/o/r/rules/branches/main") return this.rules;
    if (path.startsWith("repos/o/r/rulesets")) {
      if (method === "GET") return this.rules.length === 0 ? [] : [{ id: 7, name: RULESET }];
      this.rules = (JSON.parse(input) as { rules: Rule[] }).rules;
      return {};
    }
    const [name = "", list] = path.replace("repos/o/r/environments/", "").split("/");
    const body = JSON.parse(input) as {
      name?: string;
      reviewers?: { id: number }[] | null;
      deployment_branch_policy?: Environment["deployment_branch_policy"];
    };
    if (list !== undefined) {
      const branches = this.branches.get(name) ?? [];
      if (method === "POST") this.branches.set(name, [...branches, body.name ?? ""]);
      return { branch_policies: branches.map((branch) => ({ name: branch })) };
    }
    if (method === "PUT") {
      const ids = (body.reviewers ?? []).map(({ id }) => id);
      this.environments.set(name, {
        protection_rules: ids.length === 0 ? [] : [reviewed(...ids)],
        deployment_branch_policy: body.deployment_branch_policy ?? null,
      });
      this.variables.set(name, this.variables.get(name) ?? new Map<string, string>());
    }
    return this.environments.get(name);
  }
}

const ground = (attestations = true) => ({
  ...{ repository: "o/r", plan: attestations ? "enterprise" : "team" },
  has: { environments: true, reviewers: attestations, attestations },
});

const outputs = (...environments: string[]) => ({
  backendUrl: "s3://b",
  environments: Object.fromEntries(
    environments.map((name) => [name, { AWS_ROLE_ARN: `arn:${name}` }]),
  ),
  secretsProviders: {},
  serviceBoundaries: {},
});

describe("Bootstrap of GitHub", () => {
  let gitHub: GitHub;
  let lines: string[];
  beforeEach(() => {
    gitHub = new GitHub();
    lines = [];
  });
  const make = (
    environments: readonly string[],
    protection: Partial<Approval> = {},
    dryRun = false,
    attestations = true,
  ): Promise<StepOutcome[]> =>
    runSteps(
      gitHubSteps(
        gitHub.run,
        ground(attestations),
        outputs(...environments),
        {
          reviewers: [],
          unreviewed: false,
          byHand: false,
          ...protection,
        },
        (line) => lines.push(line),
      ),
      { print: (line) => lines.push(line), confirm: () => Promise.resolve(true) },
      { dryRun },
    );

  it("makes environments, what protects them, and variables; and sees what is there", async () => {
    const all = ["preview-prod", "prod"];
    expect(await make(all, { reviewers: ["ann", "ben"] })).to.deep.equal([
      "done",
      "done",
      "done",
      "done",
    ]);
    expect(gitHub.changes.filter((line) => !line.includes("/rulesets"))).to.deep.equal([
      'gh api --method PUT repos/o/r/environments/preview-prod --input - {"reviewers":null,"deployment_branch_policy":null}',
      "gh variable set AWS_ROLE_ARN --repo o/r --env preview-prod --body arn:preview-prod",
      'gh api --method PUT repos/o/r/environments/prod --input - {"reviewers":[{"type":"User","id":11},{"type":"User","id":22}],"deployment_branch_policy":{"protected_branches":false,"custom_branch_policies":true}}',
      'gh api --method POST repos/o/r/environments/prod/deployment-branch-policies --input - {"name":"main"}',
      "gh variable set AWS_ROLE_ARN --repo o/r --env prod --body arn:prod",
      "gh variable set DELIVERY --repo o/r --body on",
    ]);
    gitHub.changes.length = 0;
    expect(await make(all, { reviewers: ["ann"] })).to.deep.equal(Array(4).fill("done before"));
    expect(gitHub.changes).to.deep.equal([]);
  });

  it("changes no protection because a variable differs", async () => {
    await make(["prod"], { reviewers: ["ann"] });
    gitHub.variables.get("prod")?.set("AWS_ROLE_ARN", "arn:old");
    gitHub.branches.set("prod", ["main", "release"]);
    gitHub.changes.length = 0;
    await make(["prod"]);
    expect(gitHub.changes).to.deep.equal([
      "gh variable set AWS_ROLE_ARN --repo o/r --env prod --body arn:prod",
    ]);
  });

  it("adds a reviewer to those that somebody named by hand", async () => {
    await make(["prod"], { reviewers: ["ann"] });
    gitHub.changes.length = 0;
    await make(["prod"], { reviewers: ["ben"] });
    expect(gitHub.changes[0]).to.equal(
      'gh api --method PUT repos/o/r/environments/prod --input - {"prevent_self_review":true,"reviewers":[{"type":"User","id":11},{"type":"User","id":22}],"deployment_branch_policy":{"protected_branches":false,"custom_branch_policies":true}}',
    );
  });

  it("does not switch delivery on while prod has no reviewer, unless it is told that it needs none", async () => {
    const sentence =
      "The environment prod of o/r has no required reviewer, so every push to main would deploy to it without asking: run again with --reviewer <login>, with --promote-by-hand, or with --no-reviewer if that is what you want.";
    expect(await failure(make(["dev", "prod"]))).to.equal(sentence);
    expect(gitHub.variables.get("")?.get("DELIVERY")).to.equal(undefined);

    expect((await make(["dev", "prod"], { unreviewed: true })).at(-1)).to.equal("done");
    expect(gitHub.variables.get("")?.get("DELIVERY")).to.equal("on");
  });

  it("leaves prod to the workflow control, and does without signatures where GitHub has none", async () => {
    await make(["prod"], { byHand: true }, false, false);
    const set = gitHub.changes.filter((line) => line.includes("variable set"));
    expect(set).to.deep.equal([
      "gh variable set ATTESTATIONS --repo o/r --body off",
      "gh variable set PROMOTION --repo o/r --body by-hand",
      "gh variable set AWS_ROLE_ARN --repo o/r --env prod --body arn:prod",
      "gh variable set DELIVERY --repo o/r --body on",
    ]);
    expect(lines.filter((line) => line.includes("no attestations"))).to.have.lengthOf(1);
    lines.length = 0;
    // Said once: the second run finds it done.
    await make(["prod"], { byHand: true }, false, false);
    expect(lines.join("\n")).to.not.include("no attestations");
  });

  it("gives prod no role while delivery is on and nobody approves", async () => {
    await make(["dev"]);
    expect(await failure(make(["prod"]))).to.match(/^The environment prod of o\/r has no required/);
    expect(gitHub.variables.get("prod")?.get("AWS_ROLE_ARN")).to.equal(undefined);
  });

  it("needs no reviewer where there is no prod", async () => {
    expect(await make(["dev"])).to.deep.equal(["done", "done", "done"]);
  });

  it("guards main once, and adds to its ruleset what is missing later", async () => {
    gitHub.repository = { visibility: "public", owner: { type: "Organization" } };
    await make(["dev"]);
    const [made = ""] = gitHub.changes.filter((line) => line.includes("/rulesets"));
    expect(made).to.match(
      /^gh api --method POST repos\/o\/r\/rulesets --input - \{"name":"What is on/,
    );
    expect(gitHub.rules.map(({ type }) => type)).to.include("merge_queue");
    gitHub.rules = gitHub.rules.slice(0, 1);
    gitHub.changes.length = 0;
    await make(["dev"]);
    expect(gitHub.changes.map((line) => line.slice(0, 58))).to.deep.equal([
      'gh api --method PUT repos/o/r/rulesets/7 --input - {"rules',
    ]);
  });

  it("says once that the plan has no rulesets, and goes on", async () => {
    gitHub.rulesets = false;
    expect(await make(["dev"])).to.deep.equal(["done", "done", "done"]);
    expect(lines.filter((line) => line.includes(" on its plan"))).to.deep.equal([
      "        GitHub has no rulesets for this private repository on its plan: nothing keeps a commit off main that no check passed, and main is what deploys. GitHub Pro or Team has them, and so has every public repository.",
    ]);
  });

  it("shows what it would do", async () => {
    await make(["preview-prod", "prod"], { reviewers: ["ann"] }, true);
    expect(gitHub.changes).to.deep.equal([]);
    expect(lines).to.deep.equal([
      "to do 1/4 GitHub environment preview-prod",
      "        gh variable set AWS_ROLE_ARN --repo o/r --env preview-prod --body arn:preview-prod",
      "to do 2/4 GitHub environment prod",
      "        deployed from main alone, if no other rule is there",
      "        approved by ann",
      "        gh variable set AWS_ROLE_ARN --repo o/r --env prod --body arn:prod",
      "to do 3/4 Rules of main",
      "        changed by pull requests alone, on the newest commit, after these checks:",
      `        ${REQUIRED_CHECKS.join(", ")}`,
      "to do 4/4 The workflows may use the account",
      "        gh variable set DELIVERY --repo o/r --body on",
    ]);
  });

  it("shows of a project in a folder the workflows at the root, and requires its own checks", async () => {
    const place = { folder: "no/such", project: "orders", folders: [] };
    const approval = { reviewers: [], unreviewed: true, byHand: false };
    const steps = gitHubSteps(gitHub.run, { ...ground(), place }, outputs("prod"), approval);
    const terminal = {
      print: (line: string) => lines.push(line),
      confirm: () => Promise.resolve(false),
    };
    await runSteps(steps, terminal, { dryRun: true });
    expect(lines.slice(3, 8)).to.deep.equal([
      "to do 2/4 Workflows at the root of the repository",
      "        GitHub reads them nowhere else: those of .github, as they run in this folder",
      "to do 3/4 Rules of main",
      "        changed by pull requests alone, on the newest commit, after these checks:",
      `        ${REQUIRED_CHECKS.map((check) => `orders-${check}`).join(", ")}`,
    ]);
    await steps[2]?.run();
    expect(gitHub.changes.at(-1)).to.include('{"context":"orders-check","integration_id":15368}');
  });

  it("takes no failure for an environment that is not there", async () => {
    const run: RunCommand = () => Promise.resolve({ code: 1, stdout: "", stderr: "HTTP 403" });
    const steps = gitHubSteps(run, ground(), outputs("dev"), {
      ...{ reviewers: [], unreviewed: false, byHand: false },
    });
    const screen = { print: () => undefined, confirm: () => Promise.resolve(true) };
    expect(await failure(runSteps(steps, screen, { dryRun: false }))).to.equal(
      "gh api repos/o/r/environments/dev ended with exit code 1: HTTP 403",
    );
  });
});

describe("Rules of main", () => {
  const parameters = (rules: readonly Rule[] | undefined, type: string) =>
    rules?.find((rule) => rule.type === type)?.parameters;

  it("are all made where there is none, and then nothing is missing", () => {
    const rules = missingRules([], false);
    expect(rules?.map(({ type }) => type)).to.deep.equal([
      "deletion",
      "non_fast_forward",
      "pull_request",
      "required_status_checks",
    ]);
    const checks = parameters(rules, "required_status_checks");
    expect(checks?.["strict_required_status_checks_policy"]).to.equal(true);
    expect(checks?.["required_status_checks"]).to.deep.equal(
      REQUIRED_CHECKS.map((context) => ({ context, integration_id: 15368 })),
    );
    expect(missingRules(rules ?? [], false)).to.equal(undefined);
  });

  it("have a queue where GitHub has one, which repeats the checks in place of each branch", () => {
    const rules = missingRules([], true);
    expect(rules?.at(-1)?.type).to.equal("merge_queue");
    const checks = parameters(rules, "required_status_checks");
    expect(checks?.["strict_required_status_checks_policy"]).to.equal(false);
  });

  it("keep what somebody asked for by hand", () => {
    const asked = { required_approving_review_count: 2 };
    const other = { context: "other" };
    const rules = missingRules(
      [
        { type: "pull_request", parameters: asked },
        { type: "required_status_checks", parameters: { required_status_checks: [other] } },
      ],
      false,
    );
    expect(parameters(rules, "pull_request")).to.deep.equal(asked);
    const checks = parameters(rules, "required_status_checks");
    expect((checks?.["required_status_checks"] as unknown[]).at(-1)).to.deep.equal(other);
  });
});

describe("Settings of an environment", () => {
  it("keep what somebody set by hand", () => {
    const found: Environment = {
      protection_rules: [
        { type: "wait_timer", wait_timer: 30 },
        { type: "branch_policy" },
        {
          type: "required_reviewers",
          prevent_self_review: false,
          reviewers: [{ type: "Team", reviewer: { id: 5 } }],
        },
      ],
      deployment_branch_policy: { protected_branches: true, custom_branch_policies: false },
    };
    expect(missingSettings(found, { deploys: true, reviewers: [] })).to.equal(undefined);
    // The number of a team is no user's.
    expect(missingSettings(found, { deploys: true, reviewers: [5] })).to.deep.equal({
      wait_timer: 30,
      prevent_self_review: false,
      reviewers: [
        { type: "Team", id: 5 },
        { type: "User", id: 5 },
      ],
      deployment_branch_policy: { protected_branches: true, custom_branch_policies: false },
    });
  });

  it("close an environment that deploys from every branch, and no preview's", () => {
    const open: Environment = { protection_rules: [], deployment_branch_policy: null };
    expect(missingSettings(open, { deploys: true, reviewers: [] })).to.deep.equal({
      reviewers: null,
      deployment_branch_policy: BY_NAME,
    });
    expect(missingSettings(open, { deploys: false, reviewers: [] })).to.equal(undefined);
  });
});
