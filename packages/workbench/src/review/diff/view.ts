import { KINDS } from "../comment/kinds.ts";
import { redact, redactedText } from "../comment/redact.ts";
import { oneLine } from "../comment/escape.ts";
import { PLAIN, type Style } from "../section.ts";
import type { Json } from "../../plan/types.ts";
import { compareBoxes, shortType } from "./boxes.ts";
import { countsOf, countsText, shownOperation, stackText } from "./counts.ts";
import type { PlanDifference } from "./difference.ts";
import { imageChange } from "./image.ts";
import { isHarmless, risks } from "./risk/risks.ts";
import type { PropertyChange, ResourceChange } from "./types.ts";

/** Longest value, in characters. */
const VALUE = 60;
const SIGNS = { create: "+", update: "~", replace: "!", delete: "-" } as const;

/**
 * The difference for a terminal: risks first, then what changes, component by component.
 * @param seconds that it took
 */
export function differenceView(
  found: PlanDifference,
  seconds: number,
  style: Style = PLAIN,
): string {
  const { changes, against } = found;
  const short = against.commit.slice(0, 7);
  const title = [
    style("title", `${changes.project} / ${changes.stack}`),
    `working tree against ${against.commit.startsWith(against.ref) ? short : `${against.ref} (${short})`}`,
    stackText(changes),
    `planned in ${seconds.toFixed(1)} s, offline`,
  ].join("   ");
  const sections = [...riskSections(found), ...factSections(found)].filter(
    ([, lines]) => lines.length > 0,
  );
  const width = Math.max(0, ...sections.map(([name]) => name.length));
  const head = sections.flatMap(([name, lines, warns]) =>
    lines.map((line, index) => {
      const left = (index === 0 ? name : "").padEnd(width);
      return `${style(warns ? "warning" : "name", left)}  ${line}`;
    }),
  );
  return [title, head.join("\n"), ...boxes(changes.resources, style)]
    .filter((part) => part !== "")
    .join("\n\n");
}

type Section = readonly [name: string, lines: string[], warns: boolean];

function riskSections({ changes, moves = [] }: PlanDifference): Section[] {
  const found = { ...risks(changes), moves };
  const mark = (text: string): string => oneLine(redact(text), 120);
  return KINDS.map(({ name, sentences }) => [name, sentences(found, mark), true]);
}

function factSections({ changes, facts, notes, packages }: PlanDifference): Section[] {
  const image = imageChange(changes);
  return [
    ["packages", packages === undefined ? [] : [packages], true],
    ...facts.map(({ name, text }): Section => [name, [text], false]),
    ["image", image === undefined ? [] : [`${image.before ?? "none"} -> ${image.after}`], false],
    ["config", changes.config.map(propertyLine), false],
    ["note", notes, true],
  ];
}

function boxes(resources: readonly ResourceChange[], style: Style): string[] {
  return [...new Set(resources.map(({ box }) => box))].sort(compareBoxes).map((box) => {
    const inside = resources.filter((change) => change.box === box);
    const counts = countsText(countsOf(inside));
    return [
      `${style("name", box)}  ${counts === "" ? "new image" : counts}`,
      ...inside.flatMap(resourceLines),
    ].join("\n");
  });
}

function resourceLines(change: ResourceChange): string[] {
  const { type, name, properties, operation } = change;
  const harmless = isHarmless(change);
  const mark = harmless ? "  [new revision]" : operation === "replace" ? "  [replaced]" : "";
  return [
    `  ${SIGNS[shownOperation(change)]} ${shortType(type)} ${oneLine(redact(name), 120)}${mark}`,
    ...properties.map((property) => {
      const replaces = property.replaces && !harmless;
      return `      ${propertyLine({ ...property, replaces })}`;
    }),
  ];
}

/** `path  before -> after  (forces the replacement)` */
function propertyLine({ path, before, after, replaces }: PropertyChange): string {
  const from = before === undefined ? "not set" : shown(path, before);
  const to = after === undefined ? "not set" : shown(path, after);
  return `${oneLine(redact(path), 120)}  ${from} -> ${to}${replaces ? "  (forces the replacement)" : ""}`;
}

function shown(path: string, value: Json): string {
  return oneLine(redactedText(path, value), VALUE);
}
