import type { DriftReport } from "./drift.ts";
import { BOT, type GitHub } from "./github.ts";

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
