import { enumerated } from "../../lib/words.ts";
import { plainText } from "./escape.ts";
import type { CommentHead, StackReport } from "./types.ts";

/** What a merge does, in a sentence: `Merging deploys dev at once, and then asks octocat for prod.` Empty for no merge. */
export function mergingSentence({ merging }: CommentHead, reports: readonly StackReport[]): string {
  if (merging === undefined) return "";
  if (merging === "off")
    return "Merging deploys nothing yet: `npm run bootstrap` switches the pipeline on.";
  const { atOnce, then, byHand = [], reviewers } = merging;
  const plain = (stacks: readonly string[]): string =>
    enumerated(stacks.map((stack) => plainText(stack, 40)));
  const [first, waits] = [atOnce, then].map((stacks) =>
    stacks.filter((stack) => !isQuiet(reports, stack)),
  ) as [string[], string[]];
  const off = reports
    .map(({ stack }) => stack)
    .filter((stack) => ![...atOnce, ...then, ...byHand].includes(stack));
  const leaves = then.length === 0 ? "" : `, and leaves ${plain(then)} alone`;
  const now =
    first.length > 0
      ? `deploys ${plain(first)} at once`
      : atOnce.length > 0
        ? `changes nothing in ${plain(atOnce)}`
        : "deploys nothing at once";
  const text =
    waits.length > 0
      ? `${now}, and ${followed(plain(waits), reviewers)}`
      : first.length === 0
        ? "changes nothing of what runs"
        : `${now}${leaves}`;
  return [
    `Merging ${text}.`,
    ...(byHand.length === 0 ? [] : [`${plain(byHand)} changes by the workflow control alone.`]),
    ...(off.length === 0
      ? []
      : [`${plain(off)} ${off.length === 1 ? "is" : "are"} not switched on.`]),
  ].join(" ");
}

function followed(stacks: string, reviewers: readonly string[] | undefined): string {
  if (reviewers === undefined) return `then asks for the approval of ${stacks}`;
  if (reviewers.length === 0) return `then, without asking, deploys ${stacks}`;
  const names = reviewers.map((login) => `**${plainText(login, 40)}**`);
  return `then asks ${enumerated(names)} for ${stacks}`;
}

/** Known to change nothing: by a preview, for an offline difference knows no image. */
function isQuiet(reports: readonly StackReport[], stack: string): boolean {
  const report = reports.find((one) => one.stack === stack);
  return (
    report?.failure === undefined &&
    report?.changes?.source === "preview" &&
    report.changes.resources.length === 0
  );
}
