import { CommandError, lastLines } from "./command.ts";
import { BOT, type GitHub } from "./github.ts";
import { EXIT, QUIET, type PulumiProject } from "./pulumi.ts";

/** Whether what runs is what the state says. */
export interface DriftReport {
  stack: string;
  drift: boolean;
  /** What changed behind Pulumi's back, a line each: `update aws:ecs/service:Service api`. */
  changes: string[];
}

/**
 * Compares the state with the cloud, and changes neither: without `--preview-only` the CLI would write the drift into the
 * state before it reports it.
 * @throws CommandError when the comparison itself fails, which says nothing about drift
 */
export async function findDrift({ run, cwd }: PulumiProject, stack: string): Promise<DriftReport> {
  const args = ["refresh", "--preview-only", "--expect-no-changes", "--json", "--stack", stack];
  const { code, stdout, stderr } = await run("pulumi", [...args, ...QUIET], { cwd });
  if (code === 0) return { stack, drift: false, changes: [] };
  if (code === EXIT.changesUnexpected) return { stack, drift: true, changes: changes(stdout) };
  throw new CommandError(
    `${stack}: pulumi refresh ended with exit code ${code}, so nothing is known about drift: ${lastLines(`${stdout}\n${stderr}`)}`,
    code,
  );
}

function changes(stdout: string): string[] {
  const { steps = [] } = JSON.parse(stdout) as { steps?: { op?: string; urn?: string }[] };
  return steps
    .filter(({ op }) => op !== undefined && op !== "same" && op !== "refresh")
    .map(({ op = "", urn = "" }) => {
      const [, , types = "", ...name] = urn.split("::");
      return `${op} ${types.split("$").at(-1) ?? ""} ${name.join("::")}`;
    })
    .sort();
}

interface Issue {
  number: number;
  body: string | null;
  user: { login: string } | null;
  /** Present on pull requests, which the API lists among issues. */
  pull_request?: unknown;
}

export type IssueOutcome = "opened" | "updated" | "closed" | "none";

/** Changes named in the issue; the report of the run has all of them. */
const MAX_CHANGES = 100;

/** Keeps one open issue for a stack as long as it drifts, and closes it when it does not any more. */
export async function reportDrift(
  github: GitHub,
  report: DriftReport,
  { runUrl }: { runUrl: string },
): Promise<IssueOutcome> {
  const marker = `<!-- drift ${report.stack} -->`;
  const issues = await github.list<Issue>("/issues?state=open");
  const issue = issues.find(
    ({ body, user, pull_request }) =>
      pull_request === undefined && user?.login === BOT && body?.startsWith(marker) === true,
  );
  if (!report.drift) {
    if (issue === undefined) return "none";
    const body = `${report.stack} is what its state says again: ${runUrl}`;
    await github.request("POST", `/issues/${issue.number}/comments`, { body });
    const closed = { state: "closed", state_reason: "completed" };
    await github.request("PATCH", `/issues/${issue.number}`, closed);
    return "closed";
  }
  const content = { title: `Drift in ${report.stack}`, body: `${marker}\n${text(report, runUrl)}` };
  if (issue === undefined) {
    await github.request("POST", "/issues", content);
    return "opened";
  }
  await github.request("PATCH", `/issues/${issue.number}`, content);
  return "updated";
}

function text({ stack, changes }: DriftReport, runUrl: string): string {
  const shown = changes.length === 0 ? ["(the CLI named no resource)"] : changes;
  const rest = changes.length - MAX_CHANGES;
  return [
    `Something changed resources of **${stack}** behind Pulumi's back. Found by ${runUrl}`,
    "",
    // A fence that no resource name can close.
    "````text",
    ...shown.slice(0, MAX_CHANGES),
    ...(rest > 0 ? [`and ${rest} more`] : []),
    "````",
    "",
    `- To undo the change: \`pulumi up --refresh --stack ${stack}\`.`,
    `- To keep it: write it into the program or the stack's config, then \`pulumi up --refresh --stack ${stack}\`.`,
    "",
    "This issue closes itself when the next check finds no difference.",
  ].join("\n");
}
