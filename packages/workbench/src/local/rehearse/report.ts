import { clockTime, counted, duration, timeAxis } from "../../lib/words.ts";
import { assumedRules } from "../../plan/rollout/assumptions.ts";
import { percentile } from "./metrics.ts";
import {
  type Mark,
  type Rehearsal,
  type Sample,
  type VersionCounts,
  counts,
  share,
  verdict,
} from "./result.ts";
import type { Fault } from "./versions.ts";

/** Columns of the time axis. */
const WIDTH = 64;

const FAULT_WORDS: Readonly<Record<Fault, string>> = {
  crash: "a new version that crashes at its start",
  "crash-later": "a new version that crashes after it was healthy",
  "500": "a new version that answers 500",
  slow: "a new version that answers slowly",
  hang: "a new version that never answers",
  reset: "a new version that resets connections",
  "never-healthy": "a new version that never passes a health check",
};

/** The whole report for a terminal. */
export function report(rehearsal: Rehearsal): string {
  const { project, stack, inputs, bad, clients, rate, factor, requests } = rehearsal;
  const version = bad === undefined ? "a good new version" : FAULT_WORDS[bad];
  return [
    `${project} / ${stack}   ${inputs.strategy}, ${version}`,
    ending(rehearsal),
    `${clients} clients, ${rate} requests a second of ${requests.join(", ")}; time x${factor}`,
    "",
    ...rehearsal.happenings.map(({ at, text }) => `${clockTime(at).padStart(7)}  ${text}`),
    "",
    ...chart(rehearsal),
    "",
    ...table(rehearsal),
    "",
    ...conclusions(rehearsal),
  ].join("\n");
}

function ending({ outcome, seconds, cause }: Rehearsal): string {
  switch (outcome) {
    case "completed":
      return `completed after ${duration(seconds)}`;
    case "rolled-back":
      return `rolled back after ${duration(seconds)} (${cause ?? "no cause"})`;
    case "unfinished":
      return `not finished after ${duration(seconds)}`;
  }
}

/** The requests of one slice of the time axis. Seconds of the stack. */
export interface Bucket {
  from: number;
  to: number;
  /** Good answers of each version, and failures of both. */
  old: number;
  fresh: number;
  failed: number;
  /** Share of the answers that the new version gave, well or not, from 0 to 1; absent without an answer. */
  newShare: number | undefined;
  /** State at the middle of the slice; absent before the deployment and after it. */
  mark: Mark | undefined;
}

/** The time axis in equal slices, from a little before the deployment to a little after it. */
export function buckets({ samples, marks, seconds }: Rehearsal, count: number): Bucket[] {
  const from = Math.min(0, samples[0]?.at ?? 0);
  const to = Math.max(seconds, samples.at(-1)?.at ?? seconds);
  const width = (to - from) / count;
  const slices: Sample[][] = Array.from({ length: count }, () => []);
  for (const sample of samples)
    slices[Math.min(count - 1, Math.floor((sample.at - from) / width))]?.push(sample);
  return slices.map((slice, index) => {
    const start = from + index * width;
    const middle = start + width / 2;
    const by = counts(slice);
    return {
      from: start,
      to: start + width,
      old: by.old.requests - by.old.failed,
      fresh: by.new.requests - by.new.failed,
      failed: by.all.failed,
      newShare: by.all.requests === 0 ? undefined : by.new.requests / by.all.requests,
      mark: middle < 0 || middle > seconds ? undefined : marks.findLast(({ at }) => at <= middle),
    };
  });
}

const LEVELS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

/** Traffic, requests, failures and tasks over one time axis. */
function chart(rehearsal: Rehearsal): string[] {
  const columns = buckets(rehearsal, WIDTH);
  const most = Math.max(1, ...columns.map(({ old, fresh, failed }) => old + fresh + failed));
  const tasks = Math.max(1, ...rehearsal.marks.flatMap(({ old, fresh }) => [old, fresh]));
  const line = (name: string, value: (bucket: Bucket) => number): string =>
    `${name.padEnd(13)}${columns.map((bucket) => level(value(bucket))).join("")}`;
  return [
    line("new, planned", ({ mark }) => (mark?.percent ?? 0) / 100),
    line("new, served", ({ newShare }) => newShare ?? 0),
    line("requests", ({ old, fresh, failed }) => (old + fresh + failed) / most),
    line("failed", ({ failed }) => failed / most),
    line("tasks, old", ({ mark }) => (mark?.old ?? 0) / tasks),
    line("tasks, new", ({ mark }) => (mark?.fresh ?? 0) / tasks),
    `${"".padEnd(13)}${timeAxis(columns[0]?.from ?? 0, columns.at(-1)?.to ?? 0, WIDTH)}`,
  ];
}

/** The lowest bar stands for anything above nothing. */
function level(part: number): string {
  if (part === 0) return " ";
  return LEVELS[Math.min(LEVELS.length, Math.max(1, Math.round(part * LEVELS.length))) - 1] ?? " ";
}

/** Requests, failures and answer times by version. */
function table(rehearsal: Rehearsal): string[] {
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
    samples.filter((sample) => (version ?? sample.version) === sample.version).map(({ ms }) => ms);
  return [
    `${"".padEnd(13)}${"requests".padStart(9)}${"failed".padStart(18)}${"p50".padStart(10)}${"p99".padStart(10)}`,
    row("old version", by.old, times("old")),
    row("new version", by.new, times("new")),
    ...(by.none.requests === 0 ? [] : [row("no target", by.none, times("none"))]),
    row("all", by.all, times()),
  ];
}

/** What it means, what it rests on, and what differs from the stack. */
function conclusions(rehearsal: Rehearsal): string[] {
  const { inputs, stack, seen, differences } = rehearsal;
  const rules = assumedRules(inputs.strategy).map(({ id }) => id);
  const basis =
    rules.length === 0
      ? "no assumed ECS rule"
      : `${counted(rules.length, "assumed ECS rule")}: ${rules.join(", ")} (npm run plan -- ${stack} --assumptions)`;
  return [
    ...results(rehearsal),
    ...(seen.refused === 0
      ? []
      : [
          `refused   ${seen.refused} requests with a 4xx, such as the app's own rate limit: lower --rate`,
        ]),
    `rests on  ${basis}`,
    ...differences.map((text, index) => (index === 0 ? "differs" : "").padEnd(10) + text),
  ];
}

function results(rehearsal: Rehearsal): string[] {
  const { bad, seen, firstTrafficAt } = rehearsal;
  const { failedPercent, allowedPercent, lostSeconds, allowedSeconds, good } = verdict(rehearsal);
  if (bad === undefined)
    return [
      `result    ${seen.failed} of ${seen.sent} requests failed: ${good ? "as it should be" : "a good version has to complete and to lose none"}`,
    ];
  const share =
    firstTrafficAt === undefined
      ? "no request reached the new version"
      : `${failedPercent.toFixed(1)} of 100 requests failed while the bad version served any; ${allowedPercent >= 100 ? "the strategy sets no limit" : `the strategy lets at most ${allowedPercent} fail`}`;
  // What the plan computes is about wrong answers; tasks that take no requests lose none.
  const computed =
    firstTrafficAt !== undefined && Number.isFinite(allowedSeconds)
      ? ` (the plan says ${duration(allowedSeconds)} at most)`
      : "";
  return [
    `result    ${share}; ${good ? "rolled back in time" : "more than the plan says"}`,
    `lost      ${seen.failed} requests, as many as arrive in ${duration(lostSeconds)}${computed}`,
  ];
}

const percent = (value: number): string =>
  `${value === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} %`;

const milliseconds = (value: number): string =>
  value === 0 ? "-" : `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
