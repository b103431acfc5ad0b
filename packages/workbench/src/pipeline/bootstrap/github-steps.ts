import { CommandError, lastLines, succeed, type RunCommand } from "../../lib/command.ts";
import { ToolError } from "../../lib/command-line.ts";
import { excused } from "../../lib/excused.ts";
import { misplaced, type Place } from "../delivery/placed.ts";
import type { BootstrapOutputs } from "./account-steps.ts";
import { missingSettings, requiredReviewers, type Environment } from "./environment.ts";
import type { Approval, Ground } from "./ground.ts";
import { APPROVED, missingRules, requiredChecks, RULESET, type Rule } from "./rules.ts";
import type { Step } from "./steps.ts";

const BRANCH = "main";
/** What lets the workflows use the account. */
const DELIVERY = { DELIVERY: "on" };
/** What leaves prod to control.yml. */
const BY_HAND = { PROMOTION: "by-hand" };
/** What does without signatures, where GitHub has none. */
const UNSIGNED = { ATTESTATIONS: "off" };

/** Values of variables by name. */
type Variables = Readonly<Record<string, string>>;

/**
 * GitHub's environments, what protects them, and their variables. None is secret: roles are assumed by identity.
 * @param ground the repository, and what GitHub has for it: what is missing is said, and done without
 */
export function gitHubSteps(
  run: RunCommand,
  { repository, has, plan = "", place }: Pick<Ground, "repository" | "has" | "plan" | "place">,
  outputs: BootstrapOutputs,
  protection: Approval,
  say: (line: string) => void = (line) => process.stdout.write(`${line}\n`),
): Step[] {
  const gitHub = gitHubCli(run, repository);
  const steps = Object.entries(outputs.environments).map(([environment, variables]) =>
    environmentStep(gitHub, environment, variables, protection),
  );
  return [
    ...(has.attestations
      ? []
      : [
          variablesStep(gitHub, "Without signatures", UNSIGNED, [
            `GitHub has no attestations for this private repository on the plan ${plan}: that an image comes from the pipeline cannot be verified, and each run deploys its own build.`,
          ]),
        ]),
    // Before prod has its role: where the workflows run already, they would use it.
    ...(protection.byHand ? [variablesStep(gitHub, "Prod by hand alone", BY_HAND)] : []),
    ...steps,
    ...(place === undefined ? [] : [placedStep(place, process.cwd())]),
    rulesStep(gitHub, repository, requiredChecks(place), say),
    variablesStep(gitHub, "The workflows may use the account", DELIVERY, [], () =>
      gitHub.refuseUnreviewed(protection),
    ),
  ];
}

/** @param check refuses what these variables must not be set for */
function variablesStep(
  gitHub: ReturnType<typeof gitHubCli>,
  title: string,
  variables: Variables,
  lines: readonly string[] = [],
  check?: () => Promise<void>,
): Step {
  const set = gitHub.settings(variables);
  return {
    title,
    lines: [...lines, ...set.map((args) => `gh ${args.join(" ")}`)],
    done: () => gitHub.has(variables),
    async run() {
      await check?.();
      for (const args of set) await gitHub.run(args);
    },
  };
}

/** For the owner to commit. */
const placedStep = (place: Place, root: string): Step => ({
  title: "Workflows at the root of the repository",
  lines: ["GitHub reads them nowhere else: those of .github, as they run in this folder"],
  done: () => Promise.resolve(misplaced(place, root).length === 0),
  run: () => Promise.resolve(misplaced(place, root, true)),
});

function rulesStep(
  gitHub: ReturnType<typeof gitHubCli>,
  repository: string,
  checks: readonly string[],
  say: (line: string) => void,
): Step {
  const missing = async (): Promise<Rule[] | undefined> =>
    missingRules(
      await gitHub.read<Rule[]>(`repos/${repository}/rules/branches/${BRANCH}`, []),
      await gitHub.hasMergeQueues(),
      checks,
    );
  return {
    title: `Rules of ${BRANCH}`,
    lines: [
      "changed by pull requests alone, on the newest commit, after these checks:",
      checks.join(", "),
    ],
    done: async () => (await missing()) === undefined,
    async run() {
      const rules = await missing();
      const all = `repos/${repository}/rulesets`;
      try {
        const there = await gitHub.read<{ id: number; name: string }[]>(all, []);
        const own = there.find(({ name }) => name === RULESET);
        // What it lacks stays as it is: conditions and who may pass by.
        if (own !== undefined) return await gitHub.send("PUT", `${all}/${own.id}`, { rules });
        const conditions = { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } };
        const ruleset = {
          name: RULESET,
          target: "branch",
          enforcement: "active",
          conditions,
          rules,
        };
        return await gitHub.send("POST", all, ruleset);
      } catch (error) {
        if (!lacksPlan(error)) throw error;
        say(
          `        GitHub has no rulesets for this private repository on its plan: nothing keeps a commit off ${BRANCH} that no check passed, and ${BRANCH} is what deploys. GitHub Pro or Team has them, and so has every public repository.`,
        );
        return undefined;
      }
    },
  };
}

function environmentStep(
  gitHub: ReturnType<typeof gitHubCli>,
  environment: string,
  variables: Variables,
  protection: Approval,
): Step {
  const logins = environment === APPROVED ? protection.reviewers : [];
  const deploys = !environment.startsWith("preview-");
  const path = gitHub.path(environment);
  const branches = `${path}/deployment-branch-policies`;
  const set = gitHub.settings(variables, environment);
  const missing = async () => {
    const found = await gitHub.environment(environment);
    return missingSettings(found, { deploys, reviewers: await gitHub.users(logins) });
  };
  const branchMissing = async (): Promise<boolean> => {
    const found = await gitHub.environment(environment);
    if (!deploys || found?.deployment_branch_policy?.custom_branch_policies !== true) return false;
    // Branches that somebody named are a decision; none at all lets nothing deploy.
    const list = JSON.parse(await gitHub.run(["api", branches])) as { branch_policies?: unknown[] };
    return (list.branch_policies ?? []).length === 0;
  };
  return {
    title: `GitHub environment ${environment}`,
    lines: [
      ...(deploys ? [`deployed from ${BRANCH} alone, if no other rule is there`] : []),
      ...(logins.length > 0 ? [`approved by ${logins.join(" or ")}`] : []),
      ...set.map((args) => `gh ${args.join(" ")}`),
    ],
    done: async () =>
      (await missing()) === undefined &&
      !(await branchMissing()) &&
      (await gitHub.has(variables, environment)),
    async run() {
      const settings = await missing();
      if (settings !== undefined) await gitHub.send("PUT", path, settings);
      if (await branchMissing()) await gitHub.send("POST", branches, { name: BRANCH });
      // Where the workflows run already, the variables are what lets them deploy.
      if (environment === APPROVED && (await gitHub.has(DELIVERY)))
        await gitHub.refuseUnreviewed(protection);
      for (const args of set) await gitHub.run(args);
    },
  };
}

/** What GitHub answers where the repository's plan lacks something. */
const lacksPlan = (error: unknown): boolean =>
  error instanceof CommandError && error.message.includes("Upgrade to GitHub");

/** One repository, by the gh CLI. */
function gitHubCli(command: RunCommand, repository: string) {
  const scope = (environment: string | undefined): string[] => [
    ...["--repo", repository, ...(environment === undefined ? [] : ["--env", environment])],
  ];
  const path = (environment: string): string => `repos/${repository}/environments/${environment}`;
  const run = (args: readonly string[], input?: string): Promise<string> =>
    succeed(command, "gh", args, { input });
  /** Output of a command; undefined where GitHub knows no such thing, or has nothing to list: that is no failure. */
  const find = async (...args: string[]): Promise<string | undefined> => {
    const { code, stdout, stderr } = await command("gh", args);
    if (code === 0) return stdout;
    if (/HTTP 404|no variables found/.test(stderr)) return undefined;
    throw new CommandError(
      `gh ${args.slice(0, 2).join(" ")} ended with exit code ${code}: ${lastLines(stderr)}`,
      code,
    );
  };
  /** @returns undefined where it does not exist */
  const environment = async (name: string): Promise<Environment | undefined> => {
    const text = await find("api", path(name));
    return text === undefined ? undefined : (JSON.parse(text) as Environment);
  };
  /** @param otherwise where GitHub knows no such thing, or has none of it on its plan */
  const read = async <T>(from: string, otherwise: T): Promise<T> => {
    const text = await find("api", from).catch(excused(lacksPlan, undefined));
    return text === undefined ? otherwise : (JSON.parse(text) as T);
  };
  return {
    path,
    run,
    environment,
    read,
    /**
     * In private repositories of organizations on GitHub Enterprise Cloud too, which nobody but an owner can tell from here.
     * Source: GitHub Docs, "Managing a merge queue": who can use this feature.
     */
    async hasMergeQueues(): Promise<boolean> {
      const found = await read<{ visibility?: string; owner?: { type: string } }>(
        `repos/${repository}`,
        {},
      );
      return found.visibility === "public" && found.owner?.type === "Organization";
    },
    /** @param body complete: GitHub takes away what a PUT lacks */
    send: (method: "PUT" | "POST", to: string, body: unknown): Promise<string> =>
      run(["api", "--method", method, to, "--input", "-"], JSON.stringify(body)),
    async users(logins: readonly string[]): Promise<number[]> {
      const ids: number[] = [];
      for (const login of logins)
        ids.push((JSON.parse(await run(["api", `users/${login}`])) as { id: number }).id);
      return ids;
    },
    /** Command lines that set variables. */
    settings: (variables: Variables, environment?: string): string[][] =>
      Object.entries(variables).map(([name, value]) => [
        ...["variable", "set", name, ...scope(environment), "--body", value],
      ]),
    /** Whether all of the variables have these values. */
    async has(wanted: Variables, environment?: string): Promise<boolean> {
      const text = await find("variable", "list", ...scope(environment), "--json", "name,value");
      const variables = JSON.parse(text ?? "[]") as Record<string, string>[];
      const found = new Map(variables.map(({ name, value }) => [name, value]));
      return Object.entries(wanted).every(([name, value]) => found.get(name) === value);
    },
    /** @throws ToolError where prod exists, and deploys without anybody being asked */
    async refuseUnreviewed({ unreviewed, byHand }: Approval): Promise<void> {
      if (unreviewed || byHand) return;
      const found = await environment(APPROVED);
      if (found === undefined || requiredReviewers(found).length > 0) return;
      throw new ToolError(
        `The environment ${APPROVED} of ${repository} has no required reviewer, so every push to ${BRANCH} would deploy to it without asking: run again with --reviewer <login>, with --promote-by-hand, or with --no-reviewer if that is what you want.`,
      );
    },
  };
}
