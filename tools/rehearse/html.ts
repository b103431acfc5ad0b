import { buckets, extent, type Bucket } from "./buckets.ts";
import { duration } from "../plan/rollout/duration.ts";
import { clockTime } from "../plan/rollout/duration.ts";
import { conclusions, conditions, ending, milliseconds, percent, title } from "./report.ts";
import { percentile } from "./metrics.ts";
import { counts, share, type Rehearsal } from "./result.ts";
import { STYLE } from "./style.ts";
import type { VersionName } from "./versions.ts";

const LEFT = 64;
const RIGHT = 20;
const WIDTH = 1080;
const PLOT = WIDTH - LEFT - RIGHT;
const SLICES = 120;
/** The measured share needs more requests a point to be calm. */
const SHARE_SLICES = 40;

interface Frame {
  rehearsal: Rehearsal;
  slices: readonly Bucket[];
  /** Horizontal place of a moment. */
  x: (at: number) => number;
}

/** A page with everything in it: the rehearsal as a picture, its numbers and its timeline. Needs no network. */
export function page(rehearsal: Rehearsal): string {
  const { from, to } = extent(rehearsal);
  const frame: Frame = {
    rehearsal,
    slices: buckets(rehearsal, SLICES),
    x: (at) => LEFT + ((at - from) / (to - from)) * PLOT,
  };
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title(rehearsal))}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header>
<h1>${escape(title(rehearsal, " · "))}</h1>
<p class="ending ${rehearsal.outcome}">${escape(ending(rehearsal))}</p>
<p class="muted">${escape(conditions(rehearsal))}</p>
</header>
${picture(frame)}
<div class="columns">
<section><h2>Requests</h2>${requestTable(rehearsal)}
<dl>${conclusions(rehearsal)
    .map(({ name, text }) => `<dt>${name}</dt><dd>${escape(text)}</dd>`)
    .join("")}</dl></section>
<section><h2>What happened</h2><ol class="timeline">${rehearsal.happenings
    .map(
      ({ at, kind, text }) =>
        `<li class="${kind}"><time>${clockTime(at)}</time> ${escape(text)}</li>`,
    )
    .join("")}</ol></section>
</div>
</main>
</body>
</html>
`;
}

/** All panels below each other, over one time axis. */
function picture(frame: Frame): string {
  const { rehearsal, slices } = frame;
  const rates = slices.map(({ old, fresh, failed }) => old + fresh + failed);
  const slowest = Math.max(1, ...slices.flatMap(({ p99 }) => Object.values(p99)));
  const tasks = Math.max(1, ...rehearsal.marks.map(({ old, fresh }) => Math.max(old, fresh)));
  const panels = [
    panel("Share of the new version", "", 110, 100, "%", (y) => shares(frame, y)),
    panel("Requests", "", 130, Math.max(1, ...rates), "", (y) => requests(frame, y)),
    panel("Answer time, 99th percentile", "", 110, slowest, "ms", (y) => latencies(frame, y)),
    panel("Running tasks", "", 80, tasks, "", (y) => taskSteps(frame, y)),
  ];
  let top = 46;
  const drawn = panels.map((draw) => {
    const { svg, height } = draw(top);
    top += height;
    return svg;
  });
  const bottom = top - 22;
  return `<svg viewBox="0 0 ${WIDTH} ${bottom + 34}" role="img" aria-label="${escape(`${title(rehearsal)}: ${ending(rehearsal)}`)}">
${stages(frame, bottom)}
${drawn.join("\n")}
${markers(frame, bottom)}
${timeAxis(frame, bottom)}
</svg>
${legend(rehearsal)}`;
}

type Scale = (value: number) => number;

/** A titled plot with its largest value as the upper mark. */
function panel(
  name: string,
  className: string,
  height: number,
  most: number,
  unit: string,
  draw: (y: Scale) => string,
): (top: number) => { svg: string; height: number } {
  return (top) => {
    const base = top + 18 + height;
    const y: Scale = (value) => base - (value / most) * height;
    const mark = (value: number): string => {
      const text = `${value >= 10 ? Math.round(value) : Number(value.toFixed(1))}${unit === "" ? "" : ` ${unit}`}`;
      return `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${round(y(value))}" y2="${round(y(value))}"/><text class="mark" x="${LEFT - 8}" y="${round(y(value) + 4)}">${text}</text>`;
    };
    return {
      svg: `<g class="${className}"><text class="title" x="${LEFT}" y="${top + 8}">${name}</text>${[0, most].map(mark).join("")}${draw(y)}</g>`,
      height: height + 18 + 30,
    };
  };
}

function shares({ rehearsal, x }: Frame, y: Scale): string {
  const got = buckets(rehearsal, SHARE_SLICES)
    .filter(({ newShare }) => newShare !== undefined)
    .map(
      ({ from, to, newShare = 0 }) => `${round(x((from + to) / 2))},${round(y(100 * newShare))}`,
    );
  const planned = steps(rehearsal, x, (mark) => y(mark.percent), y(0));
  return `<path class="area new" d="${planned} V${round(y(0))} H${round(x(0))} Z"/><path class="line new" d="${planned}"/><polyline class="got" points="${got.join(" ")}"/>`;
}

function requests({ slices, x }: Frame, y: Scale): string {
  return slices
    .map((slice) => {
      const left = x(slice.from);
      const width = Math.max(0.5, x(slice.to) - left - 0.6);
      let sum = 0;
      const bar = (className: string, value: number): string => {
        if (value === 0) return "";
        const [low, high] = [y(sum), y(sum + value)];
        sum += value;
        return `<rect class="${className}" x="${round(left)}" y="${round(high)}" width="${round(width)}" height="${round(low - high)}"/>`;
      };
      return bar("old", slice.old) + bar("new", slice.fresh) + bar("failed", slice.failed);
    })
    .join("");
}

function latencies({ slices, x }: Frame, y: Scale): string {
  const line = (version: VersionName): string => {
    const points = slices
      .filter(({ p99 }) => p99[version] !== undefined)
      .map(({ from, to, p99 }) => `${round(x((from + to) / 2))},${round(y(p99[version] ?? 0))}`);
    return `<polyline class="line ${version}" points="${points.join(" ")}"/>`;
  };
  return line("old") + line("new");
}

function taskSteps({ rehearsal, x }: Frame, y: Scale): string {
  const line = (className: string, count: (mark: Rehearsal["marks"][number]) => number): string =>
    `<path class="line ${className}" d="${steps(rehearsal, x, (mark) => y(count(mark)))}"/>`;
  return line("old wide", ({ old }) => old) + line("new", ({ fresh }) => fresh);
}

/** A line that keeps its height until the next mark. */
function steps(
  { marks, seconds }: Rehearsal,
  x: (at: number) => number,
  y: (mark: Rehearsal["marks"][number]) => number,
  start?: number,
): string {
  const points = marks.map((mark) => `H${round(x(mark.at))} V${round(y(mark))}`);
  const [first] = marks;
  const from = start ?? (first === undefined ? 0 : y(first));
  return `M${round(x(0))},${round(from)} ${points.join(" ")} H${round(x(seconds))}`;
}

const STAGE_NAMES = {
  SCALE_UP: "scale up",
  PRODUCTION_TRAFFIC_SHIFT: "traffic shift",
  CLEAN_UP: "clean up",
  ROLLING: "tasks replaced",
  ALARM_BAKE: "alarms watched",
  ROLLBACK: "rollback",
  DONE: "",
} as const;

/** Bands behind all panels, one for each stage and part of the traffic. */
function stages({ rehearsal, x }: Frame, bottom: number): string {
  const { marks, seconds } = rehearsal;
  const bands = marks
    .filter(
      (mark, index) =>
        index === 0 ||
        marks[index - 1]?.stage !== mark.stage ||
        (mark.stage === "PRODUCTION_TRAFFIC_SHIFT" && marks[index - 1]?.percent !== mark.percent),
    )
    .map((mark, index, all) => {
      const left = x(index === 0 ? 0 : mark.at);
      const width = x(all[index + 1]?.at ?? seconds) - left;
      const name =
        mark.stage === "PRODUCTION_TRAFFIC_SHIFT" ? `${mark.percent} %` : STAGE_NAMES[mark.stage];
      // Narrow bands leave their names to the timeline.
      const label =
        width < name.length * 6.5
          ? ""
          : `<text class="stage" x="${round(left + width / 2)}" y="26">${name}</text>`;
      return `<rect class="band ${mark.stage} ${index % 2 === 0 ? "even" : "odd"}" x="${round(left)}" y="12" width="${round(width)}" height="${round(bottom - 12)}"/>${label}`;
    });
  return bands.join("");
}

function markers({ rehearsal, x }: Frame, bottom: number): string {
  return rehearsal.happenings
    .filter(({ kind }) => kind === "rollback")
    .map(
      ({ at, text }) =>
        `<line class="rollback" x1="${round(x(at))}" x2="${round(x(at))}" y1="12" y2="${bottom}"><title>${escape(text)}</title></line>`,
    )
    .join("");
}

function timeAxis({ rehearsal, x }: Frame, bottom: number): string {
  const { from, to } = extent(rehearsal);
  const step =
    [10, 30, 60, 120, 300, 600, 1200, 3600, 7200].find((size) => (to - from) / size <= 12) ?? 14400;
  const first = Math.ceil(from / step) * step;
  const moments = Array.from(
    { length: Math.floor((to - first) / step) + 1 },
    (_, index) => first + index * step,
  );
  return moments
    .map(
      (at) =>
        `<text class="axis" x="${round(x(at))}" y="${bottom + 18}">${at < 0 ? `-${clockTime(-at)}` : clockTime(at)}</text>`,
    )
    .join("");
}

function legend({ seconds, factor }: Rehearsal): string {
  return `<p class="legend"><span class="old">old version</span><span class="new">new version</span><span class="failed">failed</span><span class="muted">dotted: measured share. Time of the stack: ${duration(seconds)}, here ${duration(seconds / factor)}.</span></p>`;
}

function requestTable({ samples }: Rehearsal): string {
  const by = counts(samples);
  const row = (name: string, key: keyof typeof by): string => {
    const cells = by[key];
    if (key === "none" && cells.requests === 0) return "";
    const times = samples
      .filter(({ version }) => key === "all" || version === key)
      .map(({ ms }) => ms);
    const failed = cells.failed === 0 ? "0" : `${cells.failed} (${percent(share(cells))})`;
    return `<tr><th scope="row">${name}</th><td>${cells.requests}</td><td class="${cells.failed === 0 ? "" : "bad"}">${failed}</td><td>${milliseconds(percentile(times, 50))}</td><td>${milliseconds(percentile(times, 99))}</td></tr>`;
  };
  return `<table><thead><tr><th></th><th>requests</th><th>failed</th><th>p50</th><th>p99</th></tr></thead><tbody>${row("old version", "old")}${row("new version", "new")}${row("no target", "none")}${row("all", "all")}</tbody></table>`;
}

const round = (value: number): string => String(Number(value.toFixed(1)));

function escape(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
