import { BOT, type GitHub } from "./github.ts";

/** Something about a stack that one issue is kept for, as long as it lasts. */
export interface Concern {
  /** Tells its issue from others: `drift prod`. */
  name: string;
  title: string;
  /** Markdown; undefined where there is nothing to say any more. */
  text: string | undefined;
  /** Closes the issue. */
  over: string;
}

interface Issue {
  number: number;
  body: string | null;
  user: { login: string } | null;
  /** Present on pull requests, which the API lists among issues. */
  pull_request?: unknown;
}

export type IssueOutcome = "opened" | "updated" | "closed" | "none";

/** Opens the issue of a concern, keeps it up to date, and closes it when the concern is over. */
export async function keepIssue(
  github: GitHub,
  { name, title, text, over }: Concern,
): Promise<IssueOutcome> {
  const marker = `<!-- ${name} -->`;
  const issues = await github.list<Issue>("/issues?state=open");
  const issue = issues.find(
    ({ body, user, pull_request }) =>
      pull_request === undefined && user?.login === BOT && body?.startsWith(marker) === true,
  );
  if (text === undefined) {
    if (issue === undefined) return "none";
    await github.request("POST", `/issues/${issue.number}/comments`, { body: over });
    const closed = { state: "closed", state_reason: "completed" };
    await github.request("PATCH", `/issues/${issue.number}`, closed);
    return "closed";
  }
  const content = { title, body: `${marker}\n${text}` };
  if (issue === undefined) {
    await github.request("POST", "/issues", content);
    return "opened";
  }
  await github.request("PATCH", `/issues/${issue.number}`, content);
  return "updated";
}

/** Lines named in an issue; the report of the run has all of them. */
const MAX_LINES = 100;

/** Lines between fences that no name in them can close. */
export function cutLines(lines: readonly string[]): string[] {
  const rest = lines.length - MAX_LINES;
  return [
    "````text",
    ...lines.slice(0, MAX_LINES),
    ...(rest > 0 ? [`and ${rest} more`] : []),
    "````",
  ];
}
