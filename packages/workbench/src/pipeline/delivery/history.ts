import { ToolError } from "../../lib/command-line.ts";
import { CommandError, lastLines } from "../../lib/command.ts";
import { commitOf, fates, imageOf, sinceDestroyed, type Update } from "../../live/stack-history.ts";
import { EXIT, QUIET, type PulumiProject } from "./pulumi.ts";

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
const history = async (project: PulumiProject, stack: string): Promise<string[]> =>
  deployedCommits(await updates(project, stack));

/**
 * The record of a stack, newest first; empty where there is no such stack.
 * @throws CommandError when it cannot be read
 */
export async function updates(
  { run, cwd }: PulumiProject,
  stack: string,
): Promise<readonly Update[]> {
  const args = ["stack", "history", "--json", "--page-size", PAGE, "--stack", stack, ...QUIET];
  const { code, stdout, stderr } = await run("pulumi", args, { cwd });
  if (code === EXIT.stackNotFound) return [];
  if (code !== 0)
    throw new CommandError(
      `The history of stack ${stack} cannot be read: ${lastLines(stderr)}`,
      code,
    );
  return JSON.parse(stdout) as readonly Update[];
}

/**
 * The commit that a stack was last deployed from, as its history tells; undefined where it does not.
 * @throws CommandError when the history cannot be read
 */
export async function lastDeployed(
  project: PulumiProject,
  stack: string,
): Promise<string | undefined> {
  return (await history(project, stack))[0];
}

/**
 * What a deployment of this commit brings to a stack, in words: the titles of the commits since the one that it was last
 * deployed from, newest first.
 * @param deployed that one; undefined where there is none
 */
export async function commitsToDeploy(
  { run, cwd }: PulumiProject,
  stack: string,
  deployed: string | undefined,
): Promise<string[]> {
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
  return succeeded(history).flatMap((update) => commitOf(update) ?? []);
}

const succeeded = (history: readonly Update[]): Update[] =>
  sinceDestroyed(history).filter(({ result }) => result === "succeeded");

/** How the record of a stack calls a deployment of the image before, by which one that failed is found again. */
export const WAY_BACK = "way back";

/**
 * The image that a stack was to go back to last, where that failed: what it runs did not pass its smoke test.
 * @param key of the image in the stack's configuration
 */
export function failedWayBack(history: readonly Update[], key: string): string | undefined {
  const last = sinceDestroyed(history).find(({ result }) => result !== "in-progress");
  const failed = last?.result === "failed" && last.message?.startsWith(WAY_BACK) === true;
  return failed ? imageOf(last, key) : undefined;
}

/** What a stack ran: the program of a commit with an image. */
export interface Deployed {
  commit: string;
  /** By digest. */
  image: string;
  /** When it was there, `2026-11-22T12:03:44.000Z`. */
  at: string;
}

/**
 * What a stack ran and kept, newest first: without what was taken back, as after a failed smoke test.
 * @param key of the image in the stack's configuration
 */
export function keptDeployments(history: readonly Update[], key: string): Deployed[] {
  const updates = succeeded(history).filter(
    (update) =>
      commitOf(update) !== undefined && imageOf(update, key)?.includes("@sha256:") === true,
  );
  const became = fates(updates, key);
  return updates.flatMap((update, index) =>
    // The way back is no version that anybody meant, but it is what runs now where it is the newest.
    became[index] === "kept" || index === 0
      ? [
          {
            commit: commitOf(update) ?? "",
            image: imageOf(update, key) ?? "",
            at: update.endTime ?? "",
          },
        ]
      : [],
  );
}
