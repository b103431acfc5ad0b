import { enumerated } from "../../lib/words.ts";
import { plainText } from "./escape.ts";
import { foundIn, KINDS } from "./kinds.ts";
import type { Cite } from "./links.ts";
import { quote } from "./summary.ts";
import type { StackReport } from "./types.ts";

/** One line on one stack. */
export interface Line {
  stack: string;
  text: string;
}

/**
 * What a reviewer has to see first, as alerts of GitHub. Looks once, so that the result may be asked for in several
 * lengths.
 * @returns the lines, with at most so many of each kind; the rest is counted
 */
export function riskLines(reports: readonly StackReport[], cite: Cite): (most: number) => string {
  const found = reports.map((report) => ({ stack: report.stack, risks: foundIn(report) }));
  const kinds = KINDS.map(({ title, alert, sentences }) => ({
    title,
    alert,
    lines: found.flatMap(({ stack, risks: of }) =>
      of === undefined ? [] : sentences(of, cite).map((text) => ({ stack, text })),
    ),
  }));
  return (most) =>
    (["CAUTION", "WARNING"] as const)
      .flatMap((alert) => {
        const lines = kinds
          .filter((kind) => kind.alert === alert)
          .flatMap((kind) => block(kind.title, kind.lines, most));
        // The last block's empty line parts it from nothing.
        return lines.length === 0 ? [] : [quote([`[!${alert}]`, ...lines.slice(0, -1)])];
      })
      .join("\n\n");
}

/** A title and its lines as a list; one line stands beside the title. The same in several stacks is said once. */
export function block(title: string, lines: readonly Line[], most: number): string[] {
  const items = [...Map.groupBy(lines, ({ text }) => text)].map(
    ([text, same]) => `${enumerated(same.map(({ stack }) => plainText(stack, 40)))}: ${text}.`,
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
