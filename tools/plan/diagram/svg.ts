import { countable } from "../groups.ts";
import type { Plan } from "../types.ts";
import { diagram } from "./graph.ts";
import { ICONS, PLAIN_ICON } from "./icons.ts";
import { layout } from "./layout.ts";
import type { Arrow, Card, Layout, Point } from "./shapes.ts";

/** Hue of a box: what serves requests is blue, what holds data green, what watches or guards orange. */
const ACCENTS: Readonly<Record<string, string>> = {
  network: "net",
  "load-balancer": "run",
  edge: "run",
  service: "run",
  registry: "hold",
  storage: "hold",
};

/** The architecture as one SVG file: no script, font or image from elsewhere, for light and dark pages. */
export function svg(plan: Plan): string {
  const drawn = diagram(plan);
  const placed = layout(drawn);
  const { width, height, frame, cards, callers, arrows } = placed;
  const [w, h] = [Math.ceil(width), Math.ceil(height)];
  const subtitle = [
    drawn.region,
    `${countable(plan.resources).length} resources`,
    "drawn from the program's own graph",
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${w} ${h}" width="${w}" height="${h}" role="img" aria-label="${xml(`Architecture of ${drawn.project}, stack ${drawn.stack}`)}">`,
    `<style>${STYLE}</style>`,
    `<defs>${head("flow")}${head("support")}</defs>`,
    `<rect class="page" x="0.5" y="0.5" width="${w - 1}" height="${h - 1}" rx="12"/>`,
    `<text class="title" x="36" y="46">${xml(`${drawn.project} / ${drawn.stack}`)}</text>`,
    `<text class="fact" x="36" y="68">${xml(subtitle.filter((part) => part !== "").join("  ·  "))}</text>`,
    ...(frame === undefined ? [] : [framed(frame)]),
    ...arrows.filter(({ kind }) => kind === "support").map(line),
    ...arrows.filter(({ kind }) => kind === "flow").map(line),
    ...cards.map(boxed),
    ...(callers === undefined ? [] : [pill(callers)]),
    ...arrows.filter(({ label }) => label !== "").map((arrow) => text(arrow, frame)),
    "</svg>",
  ].join("\n");
}

const STYLE = `
text{font-family:ui-sans-serif,system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;fill:var(--ink)}
svg{--page:#ffffff;--edge:#d0d7de;--card:#ffffff;--frame:#f6f8fa;--ink:#1f2328;--soft:#59636e;--run:#0969da;--hold:#1a7f37;--net:#6e7781;--guard:#9a6700}
@media(prefers-color-scheme:dark){svg{--page:#0d1117;--edge:#3d444d;--card:#151b23;--frame:#10161e;--ink:#f0f6fc;--soft:#9198a1;--run:#4493f8;--hold:#3fb950;--net:#9198a1;--guard:#d29922}}
.page{fill:var(--page);stroke:var(--edge)}
.title{font-size:20px;font-weight:600}
.name{font-size:15px;font-weight:600}
.fact{font-size:12.5px;fill:var(--soft)}
.count{font-size:12px;font-weight:600;text-anchor:end;fill:var(--soft)}
.frame{fill:var(--frame);stroke:var(--net);stroke-dasharray:6 5}
.card{fill:var(--card);stroke:var(--edge)}
.run{--accent:var(--run)}.hold{--accent:var(--hold)}.net{--accent:var(--net)}.guard{--accent:var(--guard)}
.bar{fill:var(--accent)}
.icon{fill:none;stroke:var(--accent);stroke-width:1.6;stroke-linecap:round;stroke-linejoin:round}
.arrow{fill:none;stroke-linejoin:round}
.arrow.flow{stroke:var(--run);stroke-width:1.8}
.arrow.support{stroke:var(--guard);stroke-width:1.2;stroke-dasharray:4 4}
.head.flow{fill:var(--run)}.head.support{fill:var(--guard)}
.label{font-size:12px;text-anchor:middle;paint-order:stroke;stroke:var(--page);stroke-width:6px;stroke-linejoin:round}
.inside{stroke:var(--frame)}
.callers{fill:var(--run)}
.caller{font-size:13.5px;font-weight:600;text-anchor:middle;fill:var(--page)}
`.replaceAll("\n", "");

function head(kind: Arrow["kind"]): string {
  return `<marker id="${kind}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path class="head ${kind}" d="M0 0.500 10 5 0 9.500z"/></marker>`;
}

function accent(name: string): string {
  return ACCENTS[name] ?? "guard";
}

function framed({ name, count, lines, x, y, width, height }: Card): string {
  return [
    `<g class="net"><rect class="frame" x="${x}" y="${y}" width="${width}" height="${height}" rx="12"/>`,
    icon(name, x + 18, y + 15),
    `<text class="name" x="${x + 48}" y="${y + 30}">${xml(name)}</text>`,
    `<text class="count" x="${x + width - 18}" y="${y + 30}">${count}</text>`,
    ...lines.map(
      (line, index) =>
        `<text class="fact" x="${x + 48}" y="${y + 51 + index * 19}">${xml(line)}</text>`,
    ),
    "</g>",
  ].join("");
}

function boxed({ name, count, lines, x, y, width, height }: Card): string {
  return [
    `<g class="${accent(name)}"><rect class="card" x="${x}" y="${y}" width="${width}" height="${height}" rx="9"/>`,
    `<path class="bar" d="M${x} ${y + 9}a9 9 0 0 1 4-7.500v${height - 3}a9 9 0 0 1-4-7.500z"/>`,
    icon(name, x + 16, y + 12),
    `<text class="name" x="${x + 44}" y="${y + 27}">${xml(name)}</text>`,
    `<text class="count" x="${x + width - 14}" y="${y + 27}">${count}</text>`,
    ...lines.map(
      (line, index) =>
        `<text class="fact" x="${x + 18}" y="${y + 54 + index * 19}">${xml(line)}</text>`,
    ),
    "</g>",
  ].join("");
}

function icon(name: string, x: number, y: number): string {
  return `<path class="icon" transform="translate(${x} ${y})" d="${ICONS[name] ?? PLAIN_ICON}"/>`;
}

function pill({ text: name, x, y, width, height }: NonNullable<Layout["callers"]>): string {
  return `<rect class="callers" x="${x}" y="${y}" width="${width}" height="${height}" rx="${height / 2}"/><text class="caller" x="${x + width / 2}" y="${y + height / 2 + 5}">${xml(name)}</text>`;
}

function line({ points, kind }: Arrow): string {
  return `<path class="arrow ${kind}" marker-end="url(#${kind})" d="${rounded(points)}"/>`;
}

/** A label has the colour of its ground around it, so that its arrow seems to pass behind. */
function text({ label, at }: Arrow, frame: Card | undefined): string {
  const inside =
    frame !== undefined &&
    at.x > frame.x &&
    at.x < frame.x + frame.width &&
    at.y > frame.y &&
    at.y < frame.y + frame.height;
  return `<text class="label${inside ? " inside" : ""}" x="${round(at.x)}" y="${round(at.y + 4)}">${xml(label)}</text>`;
}

const RADIUS = 9;

/** The way with its corners rounded. */
function rounded(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  const parts = [`M${round(first.x)} ${round(first.y)}`];
  rest.forEach((corner, index) => {
    const [before, next] = [points[index], rest[index + 1]];
    if (before === undefined || next === undefined) {
      parts.push(`L${round(corner.x)} ${round(corner.y)}`);
      return;
    }
    const [into, out] = [towards(corner, before), towards(corner, next)];
    parts.push(
      `L${round(into.x)} ${round(into.y)}Q${round(corner.x)} ${round(corner.y)} ${round(out.x)} ${round(out.y)}`,
    );
  });
  return parts.join("");
}

/** The point on the way from a corner to another point at which the corner's curve begins. */
function towards(corner: Point, other: Point): Point {
  const [dx, dy] = [other.x - corner.x, other.y - corner.y];
  const length = Math.hypot(dx, dy);
  if (length === 0) return corner;
  const share = Math.min(RADIUS, length / 2) / length;
  return { x: corner.x + dx * share, y: corner.y + dy * share };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function xml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
