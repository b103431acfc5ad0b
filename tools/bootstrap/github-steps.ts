import { CommandError, lastLines, succeed, type RunCommand } from "../delivery/command.ts";
import type { BootstrapOutputs } from "./account-steps.ts";
import {
  missingSettings,
  namesBranches,
  requiredReviewers,
  type Environment,
  type EnvironmentSettings,
} from "./environment.ts";
import type { Step } from "./steps.ts";

export interface Protection {
  /** Logins of who approves a deployment to prod. */
  reviewers: readonly string[];
  /** Whether prod may deploy without being asked. */
  unreviewed: boolean;
}

/** prod would deploy without anybody being asked. */
export class UnprotectedError extends Error {
  override readonly name = "UnprotectedError";
}

/** Environment behind whose approval deploy.yml deploys. */
const APPROVED = "prod";
const BRANCH = "main";
/** What gh says where there is nothing of that name, or nothing to list. */
const NOTHING = /HTTP 404|no variables found/;

interface Variable {
  name: string;
  value: string;
}

/**
 * GitHub's environments, what protects them, and their variables. None is secret: roles are assumed by identity.
 * @param repository such as `octo-org/octo-repo`
 */
export function gitHubSteps(
  run: RunCommand,
  repository: string,
  outputs: BootstrapOutputs,
  protection: Protection,
): Step[] {
  const gitHub = new GitHub(run, repository);
  const steps = Object.entries(outputs.environments).map(([environment, values]) =>
    environmentStep(gitHub, environment, values, protection),
  );
  const on = gitHub.setting({ name: "DELIVERY", value: "on" });
  return [
    ...steps,
    {
      title: "The workflows may use the account",
      lines: [`gh ${on.join(" ")}`],
      done: () => gitHub.has([{ name: "DELIVERY", value: "on" }]),
      async run() {
        await gitHub.refuseUnreviewed(protection);
        await gitHub.run(on);
      },
    },
  ];
}

function environmentStep(
  gitHub: GitHub,
  environment: string,
  values: Readonly<Record<string, string>>,
  { reviewers: logins, unreviewed }: Protection,
): Step {
  const deploys = !environment.startsWith("preview-");
  const approved = environment === APPROVED;
  const variables = Object.entries(values).map(([name, value]) => ({ name, value }));
  const set = variables.map((variable) => gitHub.setting(variable, environment));
  const missing = async (): Promise<EnvironmentSettings | undefined> => {
    const found = await gitHub.environment(environment);
    const reviewers = approved ? await gitHub.users(logins) : [];
    return missingSettings(found, { deploys, reviewers });
  };
  const branchMissing = async (): Promise<boolean> => {
    if (!deploys || !namesBranches(await gitHub.environment(environment))) return false;
    // Branches that somebody named are a decision; none at all lets nothing deploy.
    return (await gitHub.branches(environment)).length === 0;
  };
  return {
    title: `GitHub environment ${environment}`,
    lines: [
      ...(deploys ? [`deployed from ${BRANCH} alone, if no other rule is there`] : []),
      ...(approved && logins.length > 0 ? [`approved by ${logins.join(" or ")}`] : []),
      ...set.map((args) => `gh ${args.join(" ")}`),
    ],
    done: async () =>
      (await missing()) === undefined &&
      !(await branchMissing()) &&
      (await gitHub.has(variables, environment)),
    async run() {
      const settings = await missing();
      if (settings !== undefined) await gitHub.change(environment, settings);
      if (await branchMissing()) await gitHub.allowBranch(environment);
      // Where the workflows run already, the variables are what lets them deploy.
      if (approved && (await gitHub.has([{ name: "DELIVERY", value: "on" }])))
        await gitHub.refuseUnreviewed({ reviewers: logins, unreviewed });
      for (const args of set) await gitHub.run(args);
    },
  };
}

/** One repository, by the gh CLI. */
class GitHub {
  private readonly command: RunCommand;
  private readonly repository: string;

  constructor(command: RunCommand, repository: string) {
    this.command = command;
    this.repository = repository;
  }

  run(args: readonly string[], body?: unknown): Promise<string> {
    return succeed(
      this.command,
      "gh",
      args,
      body === undefined ? undefined : { input: JSON.stringify(body) },
    );
  }

  /** @returns undefined where it does not exist */
  async environment(name: string): Promise<Environment | undefined> {
    const text = await this.find(["api", this.path(name)]);
    return text === undefined ? undefined : (JSON.parse(text) as Environment);
  }

  /** Complete settings: GitHub takes away what the request lacks. */
  async change(name: string, settings: EnvironmentSettings): Promise<void> {
    await this.run(["api", "--method", "PUT", this.path(name), "--input", "-"], settings);
  }

  async branches(environment: string): Promise<string[]> {
    const text = await this.run(["api", `${this.path(environment)}/deployment-branch-policies`]);
    const { branch_policies = [] } = JSON.parse(text) as { branch_policies?: { name: string }[] };
    return branch_policies.map(({ name }) => name);
  }

  async allowBranch(environment: string): Promise<void> {
    const branches = `${this.path(environment)}/deployment-branch-policies`;
    await this.run(["api", "--method", "POST", branches, "--input", "-"], { name: BRANCH });
  }

  async users(logins: readonly string[]): Promise<number[]> {
    const ids: number[] = [];
    for (const login of logins)
      ids.push((JSON.parse(await this.run(["api", `users/${login}`])) as { id: number }).id);
    return ids;
  }

  setting({ name, value }: Variable, environment?: string): string[] {
    const scope = environment === undefined ? [] : ["--env", environment];
    return ["variable", "set", name, "--repo", this.repository, ...scope, "--body", value];
  }

  async has(wanted: readonly Variable[], environment?: string): Promise<boolean> {
    const scope = environment === undefined ? [] : ["--env", environment];
    const list = ["variable", "list", "--repo", this.repository, ...scope, "--json", "name,value"];
    const text = await this.find(list);
    const variables = text === undefined ? [] : (JSON.parse(text) as Variable[]);
    const found = new Map(variables.map(({ name, value }) => [name, value]));
    return wanted.every(({ name, value }) => found.get(name) === value);
  }

  /** @throws UnprotectedError where prod exists, and deploys without anybody being asked */
  async refuseUnreviewed({ unreviewed }: Protection): Promise<void> {
    if (unreviewed) return;
    const found = await this.environment(APPROVED);
    if (found === undefined || requiredReviewers(found).length > 0) return;
    throw new UnprotectedError(
      `The environment ${APPROVED} of ${this.repository} has no required reviewer, so every push to ${BRANCH} would deploy to it without asking: run again with --reviewer <login>, or with --no-reviewer if that is what you want.`,
    );
  }

  private path(environment: string): string {
    return `repos/${this.repository}/environments/${environment}`;
  }

  /** Output of a command; undefined where GitHub knows no such thing, which is no other failure. */
  private async find(args: readonly string[]): Promise<string | undefined> {
    const { code, stdout, stderr } = await this.command("gh", args);
    if (code === 0) return stdout;
    if (NOTHING.test(stderr)) return undefined;
    throw new CommandError(
      `gh ${args.slice(0, 2).join(" ")} ended with exit code ${code}: ${lastLines(stderr)}`,
      code,
    );
  }
}
