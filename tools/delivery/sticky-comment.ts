import { GitHubError, type GitHub } from "./github.ts";

interface Comment {
  id: number;
  body: string;
  user: { login: string } | null;
}

export interface StickyComment {
  /** Number of the pull request. */
  pullRequest: number;
  /** Tells this comment from others by the same author; hidden in its body. */
  marker: string;
  /** Markdown without the marker. */
  body: string;
  /** Number of the run: a run that was overtaken does not write over a newer one. */
  run: number;
  /** Account that the token writes as. @default github-actions[bot] */
  author?: string;
}

export type Outcome = "created" | "updated" | "overtaken" | "forbidden";

/** Longest body that GitHub takes, in characters; the API answers 422 beyond. */
const MAX_CHARACTERS = 65_536;
/** What is kept where GitHub refuses a body as too long all the same. */
const SHORT_CHARACTERS = 10_000;

/**
 * Writes the one comment of a pull request: in place of the one before, wherever in the list that is, and whoever else
 * writes at the same time.
 * @throws GitHubError when GitHub refuses for another reason than missing rights
 */
export async function upsertComment(github: GitHub, comment: StickyComment): Promise<Outcome> {
  try {
    return await upsert(github, comment);
  } catch (error) {
    // The token of a pull request from a fork or from Dependabot may only read.
    if (error instanceof GitHubError && (error.status === 403 || error.status === 401))
      return "forbidden";
    throw error;
  }
}

async function upsert(github: GitHub, comment: StickyComment): Promise<Outcome> {
  const existing = await own(github, comment);
  if (existing.some(({ body }) => runOf(body, comment.marker) > comment.run)) return "overtaken";
  const [first] = existing;
  const updated = first !== undefined && (await update(github, first.id, comment));
  if (!updated) await write(github, "POST", `/issues/${comment.pullRequest}/comments`, comment);
  await removeDuplicates(github, comment);
  return updated ? "updated" : "created";
}

/** @returns false where somebody deleted the comment meanwhile */
async function update(github: GitHub, id: number, comment: StickyComment): Promise<boolean> {
  try {
    await write(github, "PATCH", `/issues/comments/${id}`, comment);
    return true;
  } catch (error) {
    if (error instanceof GitHubError && error.status === 404) return false;
    throw error;
  }
}

async function write(
  github: GitHub,
  method: "POST" | "PATCH",
  path: string,
  comment: StickyComment,
): Promise<void> {
  const head = `<!-- ${comment.marker} run=${comment.run} -->\n`;
  const full = head + comment.body;
  const short = head + shortened(comment.body);
  try {
    await github.request(method, path, { body: full.length > MAX_CHARACTERS ? short : full });
  } catch (error) {
    if (!(error instanceof GitHubError && error.status === 422) || full === short) throw error;
    await github.request(method, path, { body: short });
  }
}

/** Whole lines from the start, before the first collapsed part that the cut would leave open. */
function shortened(body: string): string {
  const note = "\n\n*The rest is too long for a comment; the summary of the run has it.*";
  const folded = body.search(/^<details/m);
  const end = Math.min(folded === -1 ? body.length : folded, SHORT_CHARACTERS);
  const cut = body.slice(0, end);
  const whole = end === body.length ? cut : cut.slice(0, cut.lastIndexOf("\n") + 1);
  return `${whole.trimEnd()}${note}`;
}

/** Two runs that started together may both have found none: the newest run's comment stays. */
async function removeDuplicates(github: GitHub, comment: StickyComment): Promise<void> {
  const comments = await own(github, comment);
  const [, ...superfluous] = comments.toSorted(
    (a, b) => runOf(b.body, comment.marker) - runOf(a.body, comment.marker) || a.id - b.id,
  );
  for (const { id } of superfluous)
    try {
      await github.request("DELETE", `/issues/comments/${id}`);
    } catch (error) {
      // The other run removed it first.
      if (!(error instanceof GitHubError && error.status === 404)) throw error;
    }
}

async function own(github: GitHub, comment: StickyComment): Promise<Comment[]> {
  const comments = await github.list<Comment>(`/issues/${comment.pullRequest}/comments`);
  const author = comment.author ?? "github-actions[bot]";
  // Anybody can write the marker; only our own account counts.
  return comments.filter(
    ({ body, user }) => body.startsWith(`<!-- ${comment.marker} `) && user?.login === author,
  );
}

function runOf(body: string, marker: string): number {
  const start = `<!-- ${marker} run=`;
  return body.startsWith(start) ? Number.parseInt(body.slice(start.length), 10) : 0;
}
