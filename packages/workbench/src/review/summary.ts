import { COST_SECTION } from "./cost/view.ts";
import { describe } from "./describe.ts";
import { EXPOSURE_SECTION } from "./exposure.ts";
import { countable, groups } from "./groups.ts";
import { ROLLOUT_SECTION } from "./rollout-section.ts";
import { counted } from "../lib/words.ts";
import { PLAIN, type Section, type Style } from "./section.ts";
import type { Plan } from "../plan/types.ts";

/** What the summary shows below the groups, in this order; a section without lines is left out. */
export const SECTIONS: readonly Section[] = [
  COST_SECTION,
  ROLLOUT_SECTION,
  EXPOSURE_SECTION,
  { name: "warnings", lines: ({ warnings }) => warnings },
  { name: "guessed", lines: ({ notes = [] }) => shortened(notes) },
];

/** Lines of what a plan guessed; the rest stands in the plan as JSON. */
const NOTES = 10;

function shortened(notes: readonly string[]): string[] {
  if (notes.length <= NOTES) return [...notes];
  return [...notes.slice(0, NOTES - 1), `${notes.length - NOTES + 1} more in --json`];
}

/** Flags that show more, as the last line names them. */
const MORE =
  "--tree  --cost  --rollout  --assumptions  --diagram  --dashboard  --against main  --json";

/** `koa-fargate / prod   eu-west-1   132 resources   planned in 0.8 s, offline` */
export function header(plan: Plan, seconds: number, style: Style = PLAIN): string {
  const region = plan.config["aws:region"];
  return [
    style("title", `${plan.project} / ${plan.stack}`),
    typeof region === "string" ? region : "no region",
    contents(plan),
    `planned in ${seconds.toFixed(1)} s, offline`,
  ].join("   ");
}

/** `12 resources`, `12 resources + 1 component not looked into`. */
function contents({ resources }: Plan): string {
  const opaque = resources.filter((resource) => resource.opaque === true).length;
  const own = counted(countable(resources).length, "resource");
  return opaque === 0 ? own : `${own} + ${counted(opaque, "component")} not looked into`;
}

/** The plan on one screen: header, a line for each box of the architecture, sections. */
export function summary(
  plan: Plan,
  seconds: number,
  style: Style = PLAIN,
  sections: readonly Section[] = SECTIONS,
): string {
  const isShown = ({ type }: { type: string }) => !type.startsWith("pulumi:");
  const boxes = groups(plan).filter(({ resources }) => resources.some(isShown));
  const filled = sections
    .map(({ name, lines }) => ({ name, lines: lines(plan) }))
    .filter(({ lines }) => lines.length > 0);
  const width = Math.max(0, ...[...boxes, ...filled].map(({ name }) => name.length));
  const digits = Math.max(1, ...boxes.map(({ count }) => String(count).length));
  return [
    header(plan, seconds, style),
    "",
    ...boxes.map((box) =>
      `${style("name", box.name.padEnd(width))}  ${String(box.count).padStart(digits)}   ${describe(box)}`.trimEnd(),
    ),
    ...(filled.length > 0 ? [""] : []),
    ...filled.flatMap(({ name, lines }) =>
      lines.map((line, index) => {
        const title = (index === 0 ? name : "").padEnd(width);
        return `${name === "warnings" ? style("warning", title) : style("name", title)}  ${line}`;
      }),
    ),
    "",
    style("hint", `more: ${MORE}`),
  ].join("\n");
}
