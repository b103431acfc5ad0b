import { assumedRules } from "../plan/rollout/assumptions.ts";
import { clockTime, duration } from "../plan/rollout/duration.ts";
import { buckets, extent, type Bucket } from "./buckets.ts";
import { percentile } from "./metrics.ts";
import { counts, share, type Rehearsal, type VersionCounts } from "./result.ts";
import { verdict } from "./verdict.ts";
import type { Fault } from "./versions.ts";

/** Columns of the time axis. */
const WIDTH = 64;

const FAULT_WORDS: Readonly<Record<Fault, string>> = {
  crash: "a new version that crashes at its start",
  "500": "a new version that answers 500",
  slow: "a new version that answers slowly",
  "never-healthy": "a new version that never passes a health check",
};

/** What was rehearsed, in words. */
export function title({ project, stack, inputs, bad }: Rehearsal, gap = "   "): string {
  const version = bad === undefined ? "a good new version" : FAULT_WORDS[bad];
  return `${project} / ${stack}${gap}${inputs.strategy}, ${version}`;
}

/** How it ended, in words. */
export function ending({ outcome, seconds, cause }: Rehearsal): string {
  switch (outcome) {
    case "completed":
      return `completed after ${duration(seconds)}`;
    case "rolled-back":
      return `rolled back after ${duration(seconds)} (${cause ?? "no cause"})`;
    case "unfinished":
      return `not finished after ${duration(seconds)}`;
  }
}

/** The conditions: load, compression, requests. */
export function conditions({ clients, rate, factor, requests }: Rehearsal): string {
  return `${clients} clients, ${rate} requests a second of ${requests.join(", ")}; time x${factor}`;
}

/** The whole report for a terminal. */
export function report(rehearsal: Rehearsal): string {
  return [
    title(rehearsal),
    ending(rehearsal),
    conditions(rehearsal),
    "",
    ...rehearsal.happenings.map(({ at, text }) => `${clockTime(at).padStart(7)}  ${text}`),
    "",
    ...chart(rehearsal),
    "",
    ...table(rehearsal),
    "",
    ...conclusions(rehearsal).map(({ name, text }) => `${name.padEnd(10)}${text}`),
  ].join("\n");
}

const LEVELS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

/** Traffic, requests, failures and tasks over one time axis. */
export function chart(rehearsal: Rehearsal): string[] {
  const columns = buckets(rehearsal, WIDTH);
  const most = Math.max(1, ...columns.map(({ old, fresh, failed }) => old + fresh + failed));
  const tasks = Math.max(1, ...rehearsal.marks.flatMap(({ old, fresh }) => [old, fresh]));
  const line = (name: string, value: (bucket: Bucket) => number): string =>
    `${name.padEnd(13)}${columns.map((bucket) => level(value(bucket))).join("")}`;
  const { from, to } = extent(rehearsal);
  return [
    line("new, planned", ({ mark }) => (mark?.percent ?? 0) / 100),
    line("new, got", ({ newShare }) => newShare ?? 0),
    line("requests", ({ old, fresh, failed }) => (old + fresh + failed) / most),
    line("failed", ({ failed }) => failed / most),
    line("tasks, old", ({ mark }) => (mark?.old ?? 0) / tasks),
    line("tasks, new", ({ mark }) => (mark?.fresh ?? 0) / tasks),
    `${"".padEnd(13)}${axis(from, to)}`,
  ];
}

/** The lowest bar stands for anything above nothing. */
function level(part: number): string {
  if (part === 0) return " ";
  return LEVELS[Math.min(LEVELS.length, Math.max(1, Math.round(part * LEVELS.length))) - 1] ?? " ";
}

function axis(from: number, to: number): string {
  const mark = (part: number): string => {
    const at = from + part * (to - from);
    return at < 0 ? `-${clockTime(-at)}` : clockTime(at);
  };
  return [0, 0.25, 0.5, 0.75].map((part) => mark(part).padEnd(WIDTH / 4)).join("") + mark(1);
}

/** Requests, failures and answer times by version. */
export function table(rehearsal: Rehearsal): string[] {
  const { samples } = rehearsal;
  const by = counts(samples);
  const row = (name: string, cells: VersionCounts, times: readonly number[]): string =>
    [
      name.padEnd(13),
      String(cells.requests).padStart(9),
      `${cells.failed}${cells.failed === 0 ? "" : ` (${percent(share(cells))})`}`.padStart(18),
      milliseconds(percentile(times, 50)).padStart(10),
      milliseconds(percentile(times, 99)).padStart(10),
    ].join("");
  const times = (version?: string): number[] =>
    samples
      .filter((sample) => version === undefined || sample.version === version)
      .map(({ ms }) => ms);
  return [
    `${"".padEnd(13)}${"requests".padStart(9)}${"failed".padStart(18)}${"p50".padStart(10)}${"p99".padStart(10)}`,
    row("old version", by.old, times("old")),
    row("new version", by.new, times("new")),
    ...(by.none.requests === 0 ? [] : [row("no target", by.none, times("none"))]),
    row("all", by.all, times()),
  ];
}

/** One line of the conclusions. */
export interface Conclusion {
  /** Empty where it goes on from the line before. */
  name: string;
  text: string;
}

/** What it means, what it rests on, and what differs from the stack. */
export function conclusions(rehearsal: Rehearsal): Conclusion[] {
  const { inputs, stack, seen } = rehearsal;
  const rules = assumedRules(inputs.strategy).map(({ id }) => id);
  return [
    ...results(rehearsal),
    ...(seen.refused === 0
      ? []
      : [
          {
            name: "refused",
            text: `${seen.refused} requests with a 4xx, such as the app's own rate limit: lower --rate`,
          },
        ]),
    {
      name: "rests on",
      text:
        rules.length === 0
          ? "no assumed ECS rule"
          : `${rules.length} assumed ECS rule${rules.length === 1 ? "" : "s"}: ${rules.join(", ")} (npm run plan -- ${stack} --assumptions)`,
    },
    ...rehearsal.differences.map((text, index) => ({ name: index === 0 ? "differs" : "", text })),
  ];
}

function results(rehearsal: Rehearsal): Conclusion[] {
  const { bad, seen, firstTrafficAt } = rehearsal;
  const { failedPercent, allowedPercent, lostSeconds, allowedSeconds, good } = verdict(rehearsal);
  if (bad === undefined)
    return [
      {
        name: "result",
        text: `${seen.failed} of ${seen.sent} requests failed: ${good ? "as it should be" : "a good version has to complete and to lose none"}`,
      },
    ];
  const share =
    firstTrafficAt === undefined
      ? "no request reached the new version"
      : `${percent(failedPercent)} of the requests failed between its first one and the rollback, ${allowedPercent >= 100 ? "and the strategy sets no limit" : `and the strategy allows ${allowedPercent} %`}`;
  // What the plan computes is about wrong answers; tasks that take no requests lose none.
  const computed =
    firstTrafficAt !== undefined && Number.isFinite(allowedSeconds)
      ? ` (the plan computes ${duration(allowedSeconds)} at worst)`
      : "";
  return [
    { name: "result", text: `${share}; ${good ? "rolled back in bounds" : "out of bounds"}` },
    {
      name: "lost",
      text: `${seen.failed} requests, as many as ${duration(lostSeconds)} of all traffic${computed}`,
    },
  ];
}

export const percent = (value: number): string =>
  `${value === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} %`;

export const milliseconds = (value: number): string =>
  value === 0 ? "-" : `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
