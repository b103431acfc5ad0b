import { isFirst } from "../diff/counts.ts";
import { permissionSentences, riskSentences } from "../diff/risk/sentences.ts";
import { risks, type PlannedInputs, type Risks } from "../diff/risk/risks.ts";
import { code, plainText } from "./escape.ts";
import { redact } from "./redact.ts";
import { quote } from "./summary.ts";
import type { StackReport } from "./types.ts";

/** One line on one stack. */
interface Line {
  stack: string;
  text: string;
}

/** Kinds of risk in the order of the comment: what cannot be undone first. */
const KINDS: readonly [
  title: string,
  alert: "CAUTION" | "WARNING",
  sentences: (risks: Risks) => string[],
][] = [
  ["Data loss", "CAUTION", ({ dataLoss }) => riskSentences(dataLoss, mark)],
  ["Downtime", "CAUTION", ({ downtime }) => riskSentences(downtime, mark)],
  [
    "Permissions",
    "WARNING",
    ({ permissions }) => permissions.flatMap((found) => permissionSentences(found, mark)),
  ],
  ["Newly public", "WARNING", ({ exposure }) => riskSentences(exposure, mark)],
];

const mark = (text: string): string => code(redact(text), 120);

/**
 * What a reviewer has to see first, as alerts of GitHub. Looks once, so that the result may be asked for in several
 * lengths.
 * @returns the lines, with at most so many of each kind; the rest is counted
 */
export function riskLines(reports: readonly StackReport[]): (most: number) => string {
  const found = reports.map((report) => ({ stack: report.stack, risks: risksOf(report) }));
  const kinds = KINDS.map(([title, alert, sentences]) => ({
    title,
    alert,
    lines: found.flatMap(({ stack, risks: of }) =>
      of === undefined ? [] : sentences(of).map((text) => ({ stack, text })),
    ),
  }));
  return (most) => {
    const alerts = (["CAUTION", "WARNING"] as const).flatMap((alert) => {
      const lines = kinds
        .filter((kind) => kind.alert === alert)
        .flatMap((kind) => block(kind.title, kind.lines, most));
      // The last block's empty line parts it from nothing.
      return lines.length === 0 ? [] : [quote([`[!${alert}]`, ...lines.slice(0, -1)])];
    });
    return [...alerts, ...facts(reports), ...notes(reports)].join("\n\n");
  };
}

function risksOf({ changes, plan }: StackReport): Risks | undefined {
  if (changes === undefined) return undefined;
  const planned: PlannedInputs = new Map(plan?.resources.map(({ urn, inputs }) => [urn, inputs]));
  const found = risks(changes, planned);
  // Whatever a new stack allows is new: its policies are read in the code, not here.
  return isFirst(changes) ? { ...found, permissions: [] } : found;
}

/** A title and its lines as a list; one line stands beside the title. The same in several stacks is said once. */
function block(title: string, lines: readonly Line[], most: number): string[] {
  const items = [...Map.groupBy(lines, ({ text }) => text)].map(
    ([text, same]) => `${same.map(({ stack }) => plainText(stack, 40)).join(" and ")}: ${text}.`,
  );
  const [only] = items;
  if (only === undefined) return [];
  if (items.length === 1) return [`**${title}** · ${only}`, ""];
  const rest = items.length - most;
  return [
    `**${title}**`,
    ...items.slice(0, most).map((item) => `- ${item}`),
    ...(rest > 0 ? [`- and ${rest} more.`] : []),
    "",
  ];
}

/** `**Cost** · prod: 276.24 USD a month idle (+7.30).` */
function facts(reports: readonly StackReport[]): string[] {
  return (["cost", "rollout"] as const).flatMap((wanted) => {
    const lines = reports.flatMap(({ stack, facts: all = [] }) =>
      all
        .filter(({ name }) => name === wanted)
        .map(({ text }) => ({ stack, text: plainText(text) })),
    );
    const title = wanted === "cost" ? "Cost" : "Rollout";
    return lines.length === 0 ? [] : [block(title, lines, lines.length).join("\n").trimEnd()];
  });
}

function notes(reports: readonly StackReport[]): string[] {
  const lines = reports.flatMap((report) =>
    (report.notes ?? []).map((note) => ({
      stack: report.stack,
      text: plainText(note).replace(/\.$/, ""),
    })),
  );
  return lines.length === 0 ? [] : [block("Note", lines, lines.length).join("\n").trimEnd()];
}
