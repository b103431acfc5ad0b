import { excused } from "../../lib/excused.ts";
import { BOT, isStatus, type GitHub } from "./github.ts";

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
  // The token of a pull request from a fork or from Dependabot may only read.
  return upsert(github, comment).catch(excused(isStatus(401, 403), "forbidden"));
}

async function upsert(github: GitHub, comment: StickyComment): Promise<Outcome> {
  const existing = await own(github, comment);
  if (existing.some(({ run }) => run > comment.run)) return "overtaken";
  const [first] = existing;
  // Somebody may delete the comment meanwhile.
  const path = `/issues/comments/${first?.id ?? 0}`;
  const updated = first !== undefined && (await unlessGone(write(github, "PATCH", path, comment)));
  if (!updated) await write(github, "POST", `/issues/${comment.pullRequest}/comments`, comment);
  // Two runs that started together may both have found none: the newest run's comment stays.
  const newestFirst = (await own(github, comment)).sort((a, b) => b.run - a.run || a.id - b.id);
  for (const { id } of newestFirst.slice(1))
    await unlessGone(github.request("DELETE", `/issues/comments/${id}`));
  return updated ? "updated" : "created";
}

/** @returns false where GitHub knows no such comment (any more) */
const unlessGone = (request: Promise<void>): Promise<boolean> =>
  request.then(() => true).catch(excused(isStatus(404), false));

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
    if (!isStatus(422)(error) || full === short) throw error;
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

/** Comments with the marker, each with the run that wrote it. Anybody can write the marker; only our own account counts. */
async function own(
  github: GitHub,
  { pullRequest, marker }: StickyComment,
): Promise<{ id: number; run: number }[]> {
  const comments = await github.list<Comment>(`/issues/${pullRequest}/comments`);
  return comments
    .filter(({ body, user }) => user?.login === BOT && body.startsWith(`<!-- ${marker} `))
    .map(({ id, body }) => {
      const [, , run = "0"] = /^<!-- (.+?) run=(\d+) /.exec(body) ?? [];
      return { id, run: Number(run) };
    });
}
