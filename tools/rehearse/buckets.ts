import { percentile } from "./metrics.ts";
import type { Mark, Rehearsal, Sample } from "./result.ts";
import type { VersionName } from "./versions.ts";

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
  /** 99th percentile of the answer time in milliseconds; absent without an answer. */
  p99: Partial<Record<VersionName, number>>;
}

/** First and last moment of the picture: a little before the deployment and after it. */
export function extent({ samples, seconds }: Rehearsal): { from: number; to: number } {
  const first = samples[0]?.at ?? 0;
  const last = samples.at(-1)?.at ?? seconds;
  return { from: Math.min(0, first), to: Math.max(seconds, last) };
}

export function buckets(rehearsal: Rehearsal, count: number): Bucket[] {
  const { from, to } = extent(rehearsal);
  const width = (to - from) / count;
  const slices: Sample[][] = Array.from({ length: count }, () => []);
  for (const sample of rehearsal.samples)
    slices[Math.min(count - 1, Math.floor((sample.at - from) / width))]?.push(sample);
  return slices.map((samples, index) => {
    const start = from + index * width;
    const good = (version: VersionName): number =>
      samples.filter((sample) => sample.version === version && !sample.failed).length;
    return {
      from: start,
      to: start + width,
      old: good("old"),
      fresh: good("new"),
      failed: samples.filter(({ failed }) => failed).length,
      newShare:
        samples.length === 0
          ? undefined
          : samples.filter(({ version }) => version === "new").length / samples.length,
      mark: markAt(rehearsal, start + width / 2),
      p99: { ...latency(samples, "old"), ...latency(samples, "new") },
    };
  });
}

function latency(
  samples: readonly Sample[],
  version: VersionName,
): Partial<Record<VersionName, number>> {
  const times = samples.filter((sample) => sample.version === version).map(({ ms }) => ms);
  return times.length === 0 ? {} : { [version]: percentile(times, 99) };
}

function markAt({ marks, seconds }: Rehearsal, at: number): Mark | undefined {
  if (at < 0 || at > seconds) return undefined;
  return marks.findLast((mark) => mark.at <= at);
}
