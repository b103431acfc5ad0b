import { ToolError } from "../../lib/command-line.ts";
import type { Plan } from "../../plan/types.ts";
import { CommandError, lastLines, type RunCommand } from "../../lib/command.ts";
import { EXIT, QUIET, repositoryUrl, stackOutputs, up, type PulumiProject } from "./pulumi.ts";

/** What a deployment starts from. */
export interface Prepared {
  /** ECR repository of the stack. */
  repositoryUrl: string;
  /** Image by digest that runs now; empty before the first deployment. */
  before: string;
}

/**
 * Notes what runs now, to go back to it, and makes sure that there is a repository to push to: before the first
 * deployment of a stack it is created alone.
 * @throws ToolError when the stack does not exist
 */
export async function prepare(project: PulumiProject, plan: Plan): Promise<Prepared> {
  const { stack } = plan;
  const outputs = await stackOutputs(project, stack);
  if (outputs === undefined)
    throw new ToolError(
      `There is no stack ${stack} in this backend. npm run bootstrap creates the stacks; docs/getting-started.md says how.`,
    );
  let url = await repositoryUrl(project, stack);
  if (url === undefined) {
    const code = await up(project, stack, { targets: repositoryTargets(plan) });
    url = code === 0 ? await repositoryUrl(project, stack) : undefined;
    if (url === undefined)
      throw new ToolError(
        `The repository of ${stack} could not be created: pulumi up ended with exit code ${code}; its output says why.`,
      );
  }
  return { repositoryUrl: url, before: outputs["imageUri"] ?? "" };
}

/**
 * URNs that a deployment of the registry alone has to name: the repository, and whatever it depends on.
 * Pulumi refuses a target whose dependencies neither exist nor are targets themselves.
 */
export function repositoryTargets(plan: Plan): string[] {
  const byUrn = new Map(plan.resources.map((resource) => [resource.urn, resource]));
  const targets = new Set<string>();
  const add = (urn = ""): void => {
    const resource = byUrn.get(urn);
    if (resource === undefined || targets.has(urn)) return;
    targets.add(urn);
    [resource.parent, ...resource.dependencies].forEach((dependency) => {
      add(dependency);
    });
  };
  for (const { urn, type } of plan.resources)
    if (type === "aws:ecr/repository:Repository") add(urn);
  return [...targets].sort();
}

/**
 * Deploys one image.
 * @param minutes time that it may take. @default any
 * @throws ToolError when `pulumi up` fails, a deployment that ECS rolled back included
 */
export async function deploy(
  project: PulumiProject,
  plan: Plan,
  image: string,
  minutes?: number,
): Promise<void> {
  const config = { [`${plan.project}:image`]: image };
  const code = await up(project, plan.stack, { config, minutes });
  if (code !== 0)
    throw new ToolError(
      `${plan.stack}: pulumi up of ${image} ended with exit code ${code}; its output says why.`,
    );
}

/**
 * Brings the image back that ran before. Resources that the failed deployment changed besides stay as they are now:
 * state and program agree on them, and reverting the commit changes them back.
 * @throws ToolError when there is nothing to go back to, or when going back fails
 */
export async function rollBack(
  project: PulumiProject,
  plan: Plan,
  { before, image }: { before: string; image: string },
): Promise<void> {
  const { stack } = plan;
  if (before === "")
    throw new ToolError(
      `${stack} ran nothing before this first deployment, so there is nothing to go back to. Mend the cause and push again.`,
    );
  if (before === image)
    throw new ToolError(
      `${stack} runs ${image}, as before: the image is not the cause. Revert the commit to undo its other changes.`,
    );
  const code = await up(project, stack, { config: { [`${plan.project}:image`]: before } });
  if (code !== 0)
    throw new ToolError(
      `${stack} could not go back to ${before}: pulumi up ended with exit code ${code}. docs/runbook.md, "A rollback that failed", says what to do.`,
    );
}

/** What became of a deployment, as `npm run verify` says. */
export interface Verdict {
  /** Such as `succeeded`, `asleep`, `awaiting-approval`, `rolled-back`. */
  state: string;
  message: string;
}

/** States in which the service is as the stack asked for, as far as it can be now. */
const GOOD = ["succeeded", "asleep", "awaiting-approval"];

/**
 * Asks for the verdict on the last deployment of a stack.
 * @param root folder of Pulumi.yaml
 * @throws CommandError when the deployment failed, or nothing can be said about it
 */
export async function verdict(run: RunCommand, root: string, stack: string): Promise<Verdict> {
  const args = ["packages/workbench/src/live/cli.ts", "verify", stack, "--json"];
  const { code, stdout, stderr } = await run("node", args, { cwd: root });
  const { state, message } = parseVerdict(stdout);
  if (state !== undefined && message !== undefined && GOOD.includes(state))
    return { state, message };
  throw new CommandError(
    `${stack}: ${message ?? `the deployment cannot be verified: ${lastLines(stderr)}`}`,
    code === 0 ? 1 : code,
  );
}

function parseVerdict(text: string): Partial<Verdict> {
  try {
    return (JSON.parse(text) as Verdict | null) ?? {};
  } catch {
    return {};
  }
}

/** One entry of `pulumi stack history --json`, as far as it is read. */
export interface Update {
  kind: string;
  result: string;
  /** What the CLI noted of its surroundings; `git.head` where the project is a repository. */
  environment?: Readonly<Record<string, string>>;
}

/** Entries that are looked through for the last deployment: refreshes and failures lie between. */
const PAGE = "50";

/** The commits of the branch that the pipeline deploys that came after this one. */
const LATER = ["rev-list", "--ancestry-path", "HEAD..refs/remotes/origin/main", "--"];

/**
 * Refuses to deploy a commit of `main` when a later one of it is deployed: approvals wait, so a run may come up for
 * deployment, or be run again, after a newer one. It would take resources away that the newer commit brought.
 * Going back on purpose is a new commit, or a rollback of the image. What was deployed from elsewhere, such as a branch
 * on a laptop, is no reason to refuse: a run on `main` is how to end that.
 * @throws ToolError when the stack was last deployed from a later commit
 * @throws CommandError when the stack's history or that of `main` cannot be read
 */
export async function refuseOvertaken(project: PulumiProject, stack: string): Promise<void> {
  const { run, cwd } = project;
  const deployed = await history(project, stack);
  if (deployed.length === 0) return;
  const later = await run("git", LATER, { cwd });
  if (later.code !== 0)
    throw new CommandError(
      `The commits of main cannot be read, for which the checkout needs its whole history (fetch-depth: 0): ${lastLines(later.stderr)}`,
      later.code,
    );
  const commits = new Set(later.stdout.split("\n"));
  for (const commit of deployed) {
    if (commits.has(commit))
      throw new ToolError(
        `Stack ${stack} was deployed from commit ${commit.slice(0, 7)}, which is later on main than this one. Run the workflow on main to deploy the newest commit; to go back, revert on main or use npm run rollback.`,
      );
    // 128 where nothing here knows the commit, such as one that a laptop never pushed.
    const { code } = await run("git", ["merge-base", "--is-ancestor", commit, "HEAD"], { cwd });
    if (code === 0) return;
  }
}

/** @returns the commits that a stack was deployed from, newest first; none where there is no such stack */
async function history({ run, cwd }: PulumiProject, stack: string): Promise<string[]> {
  const args = ["stack", "history", "--json", "--page-size", PAGE, "--stack", stack, ...QUIET];
  const { code, stdout, stderr } = await run("pulumi", args, { cwd });
  if (code === EXIT.stackNotFound) return [];
  if (code !== 0)
    throw new CommandError(
      `The history of stack ${stack} cannot be read: ${lastLines(stderr)}`,
      code,
    );
  return deployedCommits(JSON.parse(stdout) as readonly Update[]);
}

/**
 * What a deployment of this commit brings to a stack, in words: the titles of the commits since the one that it was last
 * deployed from, newest first.
 * @throws CommandError when the stack's history cannot be read
 */
export async function commitsToDeploy(project: PulumiProject, stack: string): Promise<string[]> {
  const { run, cwd } = project;
  const [deployed] = await history(project, stack);
  if (deployed === undefined) return [`${stack} was not deployed before.`];
  const log = await run("git", ["log", "--format=%h %s (%an)", `${deployed}..HEAD`, "--"], { cwd });
  if (log.code !== 0)
    return [
      `${stack} was last deployed from ${deployed.slice(0, 7)}, which is no commit of this repository.`,
    ];
  const commits = log.stdout.split("\n").filter((line) => line !== "");
  return commits.length === 0 ? [`${stack} was last deployed from this commit.`] : commits;
}

/**
 * The commits of deployments that succeeded, newest first, since the stack was last destroyed.
 * @param history newest first, as the CLI prints it
 */
export function deployedCommits(history: readonly Update[]): string[] {
  const done = history.filter(({ result }) => result === "succeeded");
  const destroyed = done.findIndex(({ kind }) => kind === "destroy");
  return done
    .slice(0, destroyed === -1 ? undefined : destroyed)
    .flatMap(({ kind, environment }) => {
      const head = environment?.["git.head"];
      return kind === "update" && head !== undefined ? [head] : [];
    });
}
