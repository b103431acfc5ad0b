import { shortType } from "../diff/boxes.ts";
import { counted } from "../../lib/words.ts";
import { isHarmless } from "../diff/risk/risks.ts";
import { UNKNOWN, type PropertyChange, type ResourceChange } from "../diff/types.ts";
import type { Json } from "../../plan/types.ts";
import { fenced, longestRun, oneLine, plainText } from "./escape.ts";
import { redact, redactedText } from "./redact.ts";
import type { StackReport } from "./types.ts";

/** Longest value, in characters. */
const VALUE = 160;

export interface Details {
  text: string;
  /** Resources that found no room. */
  left: number;
}

/**
 * The property changes of one stack, collapsed. Cut between resources where they do not fit.
 * @param room characters that there are
 */
export function details(
  { stack, changes, config }: StackReport,
  room: number,
): Details | undefined {
  const resources = changes?.resources ?? [];
  const values = config ?? [];
  if (resources.length === 0 && values.length === 0) return undefined;
  // Rendered one by one: where there are thousands, most find no room anyway.
  const blocks: (() => string[])[] = [
    ...(values.length === 0
      ? []
      : [() => ["@@ configuration @@", ...values.flatMap(propertyLines)]]),
    ...resources.map((change) => () => resourceLines(change)),
  ];
  const [head, foot] = [
    `<details><summary>${summary(stack, resources)}</summary>\n\n`,
    "\n\n</details>",
  ];
  const kept: string[] = [];
  let used = head.length + foot.length + FRAME;
  let longest = 0;
  for (const block of blocks) {
    const text = block().join("\n");
    // The fence is longer than any run of backticks that it holds, twice.
    const fence = Math.max(longest, longestRun(text));
    const more = text.length + 1 + 2 * (fence - longest);
    if (used + more > room) break;
    used += more;
    longest = fence;
    kept.push(text);
  }
  const left = blocks.length - kept.length;
  if (kept.length === 0) return { text: "", left };
  const rest =
    left === 0 ? [] : [`  ... and ${counted(left, "more resource")}, left out for length`];
  return { text: `${head}${fenced("diff", [...kept, ...rest])}${foot}`, left };
}

/** Fences, language, line breaks and the line that counts what is left out. */
const FRAME = 100;

function summary(stack: string, resources: readonly ResourceChange[]): string {
  const properties = resources.reduce((sum, change) => sum + change.properties.length, 0);
  const changed = properties === 1 ? ", 1 property" : `, ${properties} properties`;
  return `${plainText(stack, 40)}: ${counted(resources.length, "resource")}${properties === 0 ? "" : changed}`;
}

function resourceLines(change: ResourceChange): string[] {
  const { type, name, box, operation, properties } = change;
  const what = isHarmless(change) ? "new revision" : operation;
  const title = `${what} ${oneLine(redact(name), 80)} (${oneLine(shortType(type), 80)})`;
  if (operation === "create") return [`+ ${oneLine(box, 40)}: ${title}`];
  if (operation === "delete") return [`- ${oneLine(box, 40)}: ${title}`];
  // Any change of a task definition is a new revision: there is nothing to warn of.
  const lines = properties.flatMap((property) =>
    propertyLines(isHarmless(change) ? { ...property, replaces: false } : property),
  );
  return [
    `@@ ${oneLine(box, 40)}: ${title} @@`,
    ...(lines.length > 0 ? lines : ["  only values that are secret or that the provider computes"]),
  ];
}

function propertyLines({ path, before, after, replaces }: PropertyChange): string[] {
  const place = oneLine(redact(path), 120);
  const forces = replaces ? "   (forces the replacement)" : "";
  const [old, young] = [
    before === undefined ? undefined : shown(path, before),
    after === undefined ? undefined : shown(path, after),
  ];
  // Secrets and redacted values look alike before and after.
  if (old !== undefined && old === young) return [`! ${place}: ${old}, changed${forces}`];
  if (old !== undefined && after === UNKNOWN) return [`! ${place}: ${old} → (${UNKNOWN})${forces}`];
  return [
    ...(old === undefined ? [] : [`- ${place}: ${old}${young === undefined ? forces : ""}`]),
    ...(young === undefined ? [] : [`+ ${place}: ${young}${forces}`]),
  ];
}

function shown(path: string, value: Json): string {
  const text = redactedText(path, value);
  return text === UNKNOWN ? `(${UNKNOWN})` : oneLine(text, VALUE);
}
