import { counted, enumerated } from "../../lib/words.ts";
import { stackText } from "../diff/counts.ts";
import { code, fenced, plainText } from "./escape.ts";
import { verdicts } from "./kinds.ts";
import { isAddress } from "./links.ts";
import { redact } from "./redact.ts";
import type { CommentHead, StackReport } from "./types.ts";

/** Verdicts in the heading: those that follow are in the alerts. */
const MOST_VERDICTS = 3;

/** `### Data loss in prod · prod: 1 replace, 3 updates · dev: no changes` */
export function heading(reports: readonly StackReport[]): string {
  const names = (stacks: readonly string[]): string =>
    enumerated(stacks.map((stack) => plainText(stack, 40)));
  const quiet = reports.length > 0 && reports.every((report) => status(report) === NO_CHANGES);
  if (quiet) return `### No changes in ${names(reports.map(({ stack }) => stack))}`;
  // Kinds of the same stacks are said together: `Data loss and downtime in prod, security weakened in dev`.
  const worst = [
    ...Map.groupBy(verdicts(reports).slice(0, MOST_VERDICTS), ([, stacks]) => names(stacks)),
  ].map(([where, kinds], index) => {
    const text = enumerated(kinds.map(([title], at) => (at === 0 ? title : title.toLowerCase())));
    return `${index === 0 ? text : text.toLowerCase()} in ${where}`;
  });
  const parts = [
    ...(worst.length === 0 ? [] : [worst.join(", ")]),
    ...reports.map((report) => `${plainText(report.stack, 40)}: ${status(report)}`),
  ];
  return `### ${parts.join(" · ")}`;
}

const NO_CHANGES = "no changes";

function status({ failure, skipped, changes }: StackReport): string {
  if (failure !== undefined) return "preview failed";
  if (skipped !== undefined) return "not previewed";
  return changes === undefined ? "not compared" : stackText(changes);
}

/** ``koa-fargate at `1a2b3c4` · 2026-11-22 12:03 UTC · [run](...) · previewed`` */
export function metaLine(head: CommentHead, reports: readonly StackReport[]): string {
  const time = head.time.toISOString();
  return [
    `${plainText(head.project, 60)} at ${code(head.commit.slice(0, 7))}`,
    `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`,
    ...(isAddress(head.runUrl) ? [`[run](${head.runUrl})`] : []),
    ...sources(reports),
    ...(head.pending === true ? ["**previews are under way, and will stand here**"] : []),
  ].join(" · ");
}

/** Which kind of evidence each stack rests on, grouped. */
function sources(reports: readonly StackReport[]): string[] {
  const kinds = Map.groupBy(reports, source);
  return [...kinds].map(([kind, same]) =>
    kinds.size === 1
      ? kind
      : `${same.map(({ stack }) => plainText(stack, 40)).join(" and ")}: ${kind}`,
  );
}

function source({ changes, against, failure }: StackReport): string {
  if (changes === undefined && failure !== undefined) return "the preview failed";
  if (changes === undefined) return "neither previewed nor compared";
  if (changes.source === "preview") return "from `pulumi preview`";
  return `from the offline plans, compared with ${code(against ?? "the deployed revision", 60)}: the state of the cloud was not asked`;
}

/**
 * Says what failed or was left out, so that nobody takes an older or an offline result for a preview of this commit.
 * @param most lines of each error: the last ones, which tell the cause
 */
export function failures(
  { commit }: CommentHead,
  reports: readonly StackReport[],
  most: number,
): string {
  return reports
    .flatMap(({ stack, failure, skipped, changes }) => {
      const rest =
        changes === undefined
          ? "Nothing below is about this stack."
          : "What is said of it below comes from the offline plan.";
      if (failure === undefined)
        return skipped === undefined
          ? []
          : [
              quote([
                "[!CAUTION]",
                `**${plainText(stack, 40)} was not previewed** at ${code(commit.slice(0, 7))}: ${skipped}. ${rest}`,
              ]),
            ];
      const error = redact(failure.error).trim().split("\n");
      const shown = error.slice(-most).map((line) => line.slice(0, WIDTH));
      const cut = error.length > most ? [`(${counted(error.length - most, "line")} before)`] : [];
      return [
        quote([
          "[!CAUTION]",
          `**The preview of ${plainText(stack, 40)} failed** at ${code(commit.slice(0, 7))} with exit code ${failure.exitCode}. ${rest}`,
          ...fenced("text", [...cut, ...shown]).split("\n"),
        ]),
      ];
    })
    .join("\n\n");
}

const WIDTH = 400;

/** Lines as a block quote; GitHub makes an alert of one that starts with `[!CAUTION]`. */
export function quote(lines: readonly string[]): string {
  return lines.map((line) => `> ${line}`.trimEnd()).join("\n");
}
