import { expect } from "chai";
import { missingSettings, type Environment } from "../../../src/pipeline/bootstrap/environment.ts";
import { gitHubSteps, type Protection } from "../../../src/pipeline/bootstrap/github-steps.ts";
import { runSteps, type StepOutcome } from "../../../src/pipeline/bootstrap/steps.ts";
import type { RunCommand } from "../../../src/pipeline/delivery/command.ts";
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

  readonly run: RunCommand = (command, args, { input } = {}) => {
    const body = input === undefined ? "" : ` ${input}`;
    const changes = args.includes("--method") || args[1] === "set";
    if (changes) this.changes.push([command, ...args].join(" ") + body);
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
    protection: Partial<Protection> = {},
    dryRun = false,
  ): Promise<StepOutcome[]> =>
    runSteps(
      gitHubSteps(gitHub.run, "o/r", outputs(...environments), {
        reviewers: [],
        unreviewed: false,
        ...protection,
      }),
      { print: (line) => lines.push(line), confirm: () => Promise.resolve(true) },
      { dryRun },
    );

  it("makes environments, what protects them, and variables; and sees what is there", async () => {
    const all = ["preview-prod", "prod"];
    expect(await make(all, { reviewers: ["ann", "ben"] })).to.deep.equal(["done", "done", "done"]);
    expect(gitHub.changes).to.deep.equal([
      'gh api --method PUT repos/o/r/environments/preview-prod --input - {"reviewers":null,"deployment_branch_policy":null}',
      "gh variable set AWS_ROLE_ARN --repo o/r --env preview-prod --body arn:preview-prod",
      'gh api --method PUT repos/o/r/environments/prod --input - {"reviewers":[{"type":"User","id":11},{"type":"User","id":22}],"deployment_branch_policy":{"protected_branches":false,"custom_branch_policies":true}}',
      'gh api --method POST repos/o/r/environments/prod/deployment-branch-policies --input - {"name":"main"}',
      "gh variable set AWS_ROLE_ARN --repo o/r --env prod --body arn:prod",
      "gh variable set DELIVERY --repo o/r --body on",
    ]);
    gitHub.changes.length = 0;
    expect(await make(all, { reviewers: ["ann"] })).to.deep.equal(Array(3).fill("done before"));
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
      "The environment prod of o/r has no required reviewer, so every push to main would deploy to it without asking: run again with --reviewer <login>, or with --no-reviewer if that is what you want.";
    expect(await failure(make(["dev", "prod"]))).to.equal(sentence);
    expect(gitHub.variables.get("")?.get("DELIVERY")).to.equal(undefined);

    expect((await make(["dev", "prod"], { unreviewed: true })).at(-1)).to.equal("done");
    expect(gitHub.variables.get("")?.get("DELIVERY")).to.equal("on");
  });

  it("gives prod no role while delivery is on and nobody approves", async () => {
    await make(["dev"]);
    expect(await failure(make(["prod"]))).to.match(/^The environment prod of o\/r has no required/);
    expect(gitHub.variables.get("prod")?.get("AWS_ROLE_ARN")).to.equal(undefined);
  });

  it("needs no reviewer where there is no prod", async () => {
    expect(await make(["dev"])).to.deep.equal(["done", "done"]);
  });

  it("shows what it would do", async () => {
    await make(["preview-prod", "prod"], { reviewers: ["ann"] }, true);
    expect(gitHub.changes).to.deep.equal([]);
    expect(lines).to.deep.equal([
      "to do 1/3 GitHub environment preview-prod",
      "        gh variable set AWS_ROLE_ARN --repo o/r --env preview-prod --body arn:preview-prod",
      "to do 2/3 GitHub environment prod",
      "        deployed from main alone, if no other rule is there",
      "        approved by ann",
      "        gh variable set AWS_ROLE_ARN --repo o/r --env prod --body arn:prod",
      "to do 3/3 The workflows may use the account",
      "        gh variable set DELIVERY --repo o/r --body on",
    ]);
  });

  it("takes no failure for an environment that is not there", async () => {
    const run: RunCommand = () => Promise.resolve({ code: 1, stdout: "", stderr: "HTTP 403" });
    const steps = gitHubSteps(run, "o/r", outputs("dev"), { reviewers: [], unreviewed: false });
    const screen = { print: () => undefined, confirm: () => Promise.resolve(true) };
    expect(await failure(runSteps(steps, screen, { dryRun: false }))).to.equal(
      "gh api repos/o/r/environments/dev ended with exit code 1: HTTP 403",
    );
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
