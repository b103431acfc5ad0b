import { ToolError } from "../lib/command-line.ts";
import { CommandError, lastLines } from "./command.ts";
import { EXIT, QUIET, type PulumiProject } from "./pulumi.ts";

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
export async function refuseOvertaken({ run, cwd }: PulumiProject, stack: string): Promise<void> {
  const args = ["stack", "history", "--json", "--page-size", PAGE, "--stack", stack, ...QUIET];
  const history = await run("pulumi", args, { cwd });
  if (history.code === EXIT.stackNotFound) return;
  if (history.code !== 0)
    throw new CommandError(
      `The history of stack ${stack} cannot be read: ${lastLines(history.stderr)}`,
      history.code,
    );
  const deployed = deployedCommits(JSON.parse(history.stdout) as readonly Update[]);
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
