import { changeDiagram } from "./change-diagram.ts";
import { details } from "./details.ts";
import { figures, packages } from "./figures.ts";
import { citing } from "./links.ts";
import { mergingSentence } from "./merging.ts";
import { riskLines } from "./risk-lines.ts";
import { failures, heading, metaLine, quote } from "./summary.ts";
import { table } from "./table.ts";
import type { CommentHead, StackReport } from "./types.ts";

/** Marks the comment as ours; invisible on the page. */
export const MARKER = "<!-- koa-fargate preview -->";

/** GitHub takes 65,536 characters; the rest is room for what the caller adds. */
export const MAX_CHARACTERS = 60_000;

/** Of each list in the summary, how many entries: fewer and fewer until the summary fits. */
const CAPS = [
  { risks: 12, names: 6, errors: 25 },
  { risks: 5, names: 2, errors: 10 },
  { risks: 2, names: 0, errors: 5 },
  { risks: 1, names: 0, errors: 2 },
];
const UNVERIFIED = [
  "[!NOTE]",
  "The pull request's own code made these plans, without credentials: they are what it says of itself. Previews follow when somebody who may brings it onto a branch here.",
];
/** Room that the summary may take, so that some is left for details. */
const SUMMARY_CHARACTERS = 40_000;

/**
 * The comment on a pull request for all stacks, as Markdown. The summary (verdict, what merging does, risks, configuration, table) is always whole;
 * what is collapsed below it gives way where the whole would be too long, and the last line says so.
 * @param reports in the order in which the stacks shall stand
 * @returns the same text for the same arguments, at most `MAX_CHARACTERS`
 */
export function comment(head: CommentHead, reports: readonly StackReport[]): string {
  const summary = fittingSummary(head, reports);
  const left: string[] = [];
  let room = MAX_CHARACTERS - summary.length - NOTE_CHARACTERS;

  const diagrams = reports.flatMap((report) => {
    const text = changeDiagram(report);
    if (text === "") return [];
    // Property changes tell more than a picture: at least half of the room is theirs.
    if (text.length + 2 > room / 2) {
      left.push(`the diagram of ${report.stack}`);
      return [];
    }
    room -= text.length + 2;
    return [text];
  });

  const collapsed: string[] = [];
  reports.forEach((report, index) => {
    const share = Math.floor(room / (reports.length - index)) - 2;
    const part = details(report, share);
    if (part === undefined) return;
    if (part.text !== "") collapsed.push(part.text);
    room -= part.text.length + 2;
    if (part.left > 0) left.push(`${part.left} of the resources of ${report.stack}`);
  });

  return [summary, ...diagrams, ...collapsed, note(left)]
    .filter((part) => part !== "")
    .join("\n\n");
}

const NOTE_CHARACTERS = 500;

function note(left: readonly string[]): string {
  if (left.length === 0) return "";
  const named = left.length > 3 ? "some details" : left.join(" and ");
  return `<sub>Left out for length: ${safe(named)}. The artifacts of the run have everything.</sub>`;
}

/** Names of stacks come from file names; whatever else they hold is left out of the note. */
function safe(text: string): string {
  return text.replace(/[^\w .,-]/g, "").slice(0, 300);
}

function fittingSummary(head: CommentHead, reports: readonly StackReport[]): string {
  const cite = citing(head);
  const risksUpTo = riskLines(reports, cite);
  const first = [
    `${MARKER}\n${heading(reports)}`,
    metaLine(head, reports),
    mergingSentence(head, reports),
    head.unverified === true ? quote(UNVERIFIED) : "",
  ];
  const packaged = packages(reports);
  const versions = CAPS.map(({ risks, names, errors }) =>
    [
      ...first,
      failures(head, reports, errors),
      packaged,
      risksUpTo(risks),
      figures(reports, cite, 2 * risks),
      table(head, reports, names),
    ]
      .filter((part) => part !== "")
      .join("\n\n"),
  );
  return versions.find((text) => text.length <= SUMMARY_CHARACTERS) ?? versions.at(-1) ?? "";
}
