import { CommandError, lastLines } from "./command.ts";
import { DeploymentError } from "./deployment.ts";
import { EXIT, QUIET, type PulumiProject } from "./pulumi.ts";

/** One entry of `pulumi stack history --json`, as far as it is read. */
export interface Update {
  kind: string;
  result: string;
  /** What the CLI noted of its surroundings; `git.head` where the project is a repository. */
  environment?: Readonly<Record<string, string>>;
}

/** Entries that are looked through for the last deployment: refreshes and failures lie between. */
const PAGE = 50;

/**
 * Refuses to deploy a commit that an already deployed one descends from: approvals wait, so a run may come up for
 * deployment, or be run again, after a newer one. It would take resources away that the newer commit brought.
 * Going back on purpose is a new commit, or a rollback of the image. Needs the whole history in the checkout.
 * @throws DeploymentError when the stack was last deployed from a later commit
 * @throws CommandError when the stack's history cannot be read, or the checkout is no repository
 */
export async function refuseOvertaken(project: PulumiProject, stack: string): Promise<void> {
  const { run, cwd } = project;
  const place = cwd === undefined ? {} : { cwd };
  const args = ["stack", "history", "--json", "--page-size", String(PAGE), "--stack", stack];
  const history = await run("pulumi", [...args, ...QUIET], place);
  if (history.code === EXIT.stackNotFound) return;
  if (history.code !== 0)
    throw new CommandError(
      `The history of stack ${stack} cannot be read: ${lastLines(history.stderr)}`,
      history.code,
    );
  const deployed = deployedCommit(JSON.parse(history.stdout) as readonly Update[]);
  if (deployed === undefined) return;
  const head = await run("git", ["rev-parse", "HEAD"], place);
  if (head.code !== 0)
    throw new CommandError(
      `The commit to deploy cannot be read: ${lastLines(head.stderr)}`,
      head.code,
    );
  const commit = head.stdout.trim();
  if (commit === deployed) return;
  // 128 where the deployed commit is in no branch here, such as one of a laptop: nobody can tell the order.
  const { code } = await run("git", ["merge-base", "--is-ancestor", commit, deployed], place);
  if (code === 0)
    throw new DeploymentError(
      `Stack ${stack} was deployed from commit ${short(deployed)}, which is later than ${short(commit)}. Run the workflow on main to deploy the newest commit; to go back, revert on main or use npm run rollback.`,
    );
}

/**
 * The commit of the newest deployment that succeeded.
 * @param history newest first, as the CLI prints it
 */
export function deployedCommit(history: readonly Update[]): string | undefined {
  const update = history.find(({ kind, result }) => kind === "update" && result === "succeeded");
  return update?.environment?.["git.head"];
}

const short = (commit: string): string => commit.slice(0, 7);
