import { UsageError } from "../../lib/command-line.ts";
import { list, number, ofType, record, scalar, text, type Values } from "../../plan/plan-reader.ts";
import type { Json, Plan } from "../../plan/types.ts";
import { dashboardMetrics, widgetsOf } from "./body.ts";
import { sample } from "./sample.ts";

/** Width and height of a graph, in units of its own. */
const [WIDTH, HEIGHT] = [400, 150];
const COLOURS = ["#2563eb", "#ea580c", "#16a34a", "#9333ea", "#4b5563", "#0891b2", "#ca8a04"];
const LIMIT = "#dc2626";

const escaped = (value: string): string =>
  value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/**
 * The dashboards of a plan as one page, before they exist: every widget at its place in CloudWatch's grid of 24 columns, with sample data.
 * @throws UsageError where the stack has none
 */
export function dashboardPage(plan: Plan): string {
  const dashboards = ofType(plan, "aws:cloudwatch/dashboard:Dashboard");
  if (dashboards.length === 0) throw new UsageError(`${plan.stack} has no dashboard.`);
  const names = alarmNames(plan);
  const sections = dashboards.map((dashboard) => {
    const widgets = widgetsOf(dashboard).map((one) => widget(one, names));
    return `<h1>${escaped(text(dashboard.inputs["dashboardName"]) ?? dashboard.name)}</h1>\n<main>\n${widgets.join("\n")}\n</main>`;
  });
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${escaped(`${plan.project} / ${plan.stack}`)}</title>
<style>
body { margin: 1rem; font: 13px/1.4 system-ui, sans-serif; color: #1f2937; background: #f3f4f6; }
h1 { margin: 0.5rem 0; font-size: 1.3rem; } h2 { margin: 0; font-size: 1.05rem; } h3 { margin: 0; font-size: 0.9rem; }
main { display: grid; grid-template-columns: repeat(24, minmax(0, 1fr)); grid-auto-rows: 40px; gap: 8px; }
main > * { padding: 6px 10px; overflow: hidden; background: #fff; border: 1px solid #d1d5db; border-radius: 4px; box-sizing: border-box; display: flex; flex-direction: column; }
main > .text { background: none; border: none; justify-content: end; padding: 0 2px; }
svg { flex: 1; min-height: 0; width: 100%; } ul { margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 0 12px; list-style: none; }
li { white-space: nowrap; } .alarm li { padding: 2px 8px; background: #dcfce7; border-radius: 3px; } code { overflow-wrap: anywhere; color: #6b7280; }
</style>
<p>Sample data: what CloudWatch will show once the stack is there.</p>
${sections.join("\n")}
</html>`;
}

/** Alarms of the plan by their ARN. */
const alarmNames = (plan: Plan): ReadonlyMap<string, string> =>
  new Map(
    plan.resources.flatMap(({ type, name, outputs }) =>
      type.endsWith("Alarm") ? [[text(outputs["arn"]) ?? "", name] as const] : [],
    ),
  );

function widget(of: Values, alarms: ReadonlyMap<string, string>): string {
  const { type, x, y, width, height } = of;
  const properties = record(of["properties"]);
  // Without a place CloudWatch puts it beside the one before, and so does the grid.
  const at = (from: Json | undefined, size: number): string =>
    typeof from === "number" ? `${from + 1} / span ${size}` : `span ${size}`;
  const place = `grid-column: ${at(x, number(width) ?? 6)}; grid-row: ${at(y, number(height) ?? 6)}`;
  const kind = text(type) ?? "";
  return `<section class="${escaped(kind)}" style="${place}">${contents(kind, properties, alarms)}</section>`;
}

function contents(kind: string, properties: Values, alarms: ReadonlyMap<string, string>): string {
  const title = `<h3>${escaped(text(properties["title"]) ?? "")}</h3>`;
  const items = (texts: readonly string[]): string =>
    `<ul>${texts.map((item) => `<li>${item}</li>`).join("")}</ul>`;
  switch (kind) {
    case "text": {
      const [, heading, rest = ""] =
        /^(#*)\s*(.*)$/s.exec(text(properties["markdown"]) ?? "") ?? [];
      return heading === "" ? `<p>${escaped(rest)}</p>` : `<h2>${escaped(rest)}</h2>`;
    }
    case "alarm":
      return `${title}${items(list(properties["alarms"]).map((arn) => escaped(`${alarms.get(text(arn) ?? "") ?? text(arn) ?? ""}: OK`)))}`;
    case "log":
      return `${title}<code>${escaped(text(properties["query"]) ?? "")}</code>`;
    default: {
      const shown = seriesOf(properties);
      const legend = (mark: string, colour: string, name: string): string =>
        `<span style="color: ${colour}">${mark}</span> ${escaped(name)}`;
      return `${title}${graph(shown, properties)}${items([
        ...shown.map((name, index) =>
          legend("&#9632;", COLOURS[index % COLOURS.length] ?? "", name),
        ),
        ...limitsOf(properties).map((limit) => legend("&#9476;", LIMIT, limit)),
      ])}`;
    }
  }
}

/** Names of the series that a graph shows. */
function seriesOf(properties: Values): string[] {
  return dashboardMetrics(properties).flatMap((metric) => {
    const shown = record(metric.at(-1));
    if (shown["visible"] === false) return [];
    const name = [shown["label"], metric[1], shown["id"], shown["expression"]]
      .map(text)
      .find(Boolean);
    return [name ?? ""];
  });
}

/** Lines that a graph is held against, such as `objective 99.9`. */
const limitsOf = (properties: Values): string[] =>
  list(record(properties["annotations"])["horizontal"]).map((limit) => {
    const { label, value } = record(limit);
    return `${text(label) ?? ""} ${scalar(value)}`;
  });

function graph(names: readonly string[], properties: Values): string {
  const lines = names.map((name, index) => {
    const points = sample(`${text(properties["title"]) ?? ""} ${name}`, index).map(
      (value, step, { length }) =>
        `${((WIDTH * step) / (length - 1)).toFixed(1)},${(HEIGHT * (1 - value)).toFixed(1)}`,
    );
    return `<polyline points="${points.join(" ")}" fill="none" stroke="${COLOURS[index % COLOURS.length] ?? ""}" stroke-width="1.5"/>`;
  });
  const marks = limitsOf(properties).map(
    () =>
      `<line x1="0" x2="${WIDTH}" y1="${HEIGHT - 8}" y2="${HEIGHT - 8}" stroke="${LIMIT}" stroke-dasharray="4"/>`,
  );
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none">${lines.join("")}${marks.join("")}</svg>`;
}
