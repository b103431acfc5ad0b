import { redactedText } from "./redact.ts";
import { code, oneLine, plainText } from "./escape.ts";
import type { Cite } from "./links.ts";
import { block, type Line } from "./risk-lines.ts";
import { quote } from "./summary.ts";
import type { StackReport } from "./types.ts";
import type { Json } from "../../plan/types.ts";
import type { PropertyChange } from "../diff/types.ts";

/** Longest value of a configuration key, in characters. */
const VALUE = 60;

/** What an offline difference cannot show, said before it. */
export function packages(reports: readonly StackReport[]): string {
  const lines = reports.flatMap(({ stack, packages: text }) =>
    text === undefined ? [] : [{ stack, text: plainText(text).replace(/\.$/, "") }],
  );
  const [first] = block("Packages", lines, lines.length);
  return first === undefined ? "" : quote(["[!WARNING]", first]);
}

/**
 * Changed configuration values, cost, rollout and what has to be known of the comparison, a paragraph each.
 * @param most configuration values; the rest is counted, and in the details
 */
export function figures(reports: readonly StackReport[], cite: Cite, most: number): string {
  const of = (lines: (report: StackReport) => string[]): Line[] =>
    reports.flatMap((report) => lines(report).map((text) => ({ stack: report.stack, text })));
  const fact = (name: string) => (report: StackReport) =>
    (report.facts ?? []).filter((one) => one.name === name).map(({ text }) => plainText(text));
  const paragraphs: readonly [title: string, lines: Line[], most: number][] = [
    ["Configuration", of(({ config = [] }) => config.map((change) => value(change, cite))), most],
    ["Cost", of(fact("cost")), Infinity],
    ["Rollout", of(fact("rollout")), Infinity],
    [
      "Note",
      of(({ notes = [] }) => notes.map((note) => plainText(note).replace(/\.$/, ""))),
      Infinity,
    ],
  ];
  return paragraphs
    .map(([title, lines, cap]) => block(title, lines, cap).join("\n").trimEnd())
    .filter((text) => text !== "")
    .join("\n\n");
}

/** `` [`taskCpu`](...) `512` → `1024` `` */
function value({ path, before, after, source }: PropertyChange, cite: Cite): string {
  const shown = (of: Json | undefined): string =>
    of === undefined ? "not set" : code(oneLine(redactedText(path, of), VALUE), VALUE);
  const [old, young] = [shown(before), shown(after)];
  // Secrets and redacted values look alike before and after.
  // `["aws:region"]` is how Pulumi writes the path of a key with a namespace.
  const name = path.replace(/^\["([^"]+)"\]/, "$1");
  return `${cite(name, source)} ${old === young ? `${old}, changed` : `${old} → ${young}`}`;
}
