import { QUARTER } from "./zone.ts";

/**
 * Session: a run of one user's events in which each follows the one before within 30 minutes. It counts in the quarter
 * hour of its first event. Events may come in any order: one that falls between two sessions joins them, one that comes
 * before a session moves its begin; the counters are corrected by what the event changed.
 */
export const SESSION_GAP = 30 * 60_000;

const DAY = 86_400_000;
const SPAN_BYTES = 8;

/** Runs of one user's events in one UTC day: `[first, last, first, last, ...]` in ms since the epoch, ascending. */
export type Spans = readonly number[];

/** Looks up the runs of a UTC day (days since the epoch); empty when the user was not active. */
export type SpansOf = (day: number) => Spans;

export interface SessionChange {
  /** UTC day of the event. */
  readonly day: number;
  /** New runs of that day; absent when the event changed none. */
  readonly spans?: Spans;
  /** Corrections: quarter hour (since the epoch) and +1 or -1. */
  readonly starts: readonly (readonly [quarter: number, delta: 1 | -1])[];
  /** Neighbouring days whose runs the result depends on. */
  readonly reads: readonly number[];
}

const NOTHING: readonly [] = [];

/** Folds one event of a user into the runs of its day. */
export function addActivity(time: number, spansOf: SpansOf): SessionChange {
  const day = Math.floor(time / DAY);
  const before = spansOf(day);
  const after = insert(before, time);
  if (after === before) return { day, starts: NOTHING, reads: NOTHING };

  const begin = day * DAY;
  const reads: number[] = [];
  const first = after[0] ?? time;
  const last = after.at(-1) ?? time;
  // The day before matters only when the first event of the day changed and lies within reach of it; likewise the day after.
  let previousLast: number | undefined;
  if (first !== before[0] && first < begin + SESSION_GAP) {
    reads.push(day - 1);
    previousLast = spansOf(day - 1).at(-1);
  }
  let nextFirst: number | undefined;
  if (last !== before.at(-1) && last >= begin + DAY - SESSION_GAP) {
    reads.push(day + 1);
    nextFirst = spansOf(day + 1)[0];
  }
  const starts = difference(
    startsOf(before, previousLast, nextFirst),
    startsOf(after, previousLast, nextFirst),
  );
  return { day, spans: after, starts, reads };
}

/** Begins of the sessions of a day and of the next day's first run. */
function startsOf(
  spans: Spans,
  previousLast: number | undefined,
  nextFirst: number | undefined,
): number[] {
  const starts: number[] = [];
  let last = previousLast;
  for (let at = 0; at < spans.length; at += 2) {
    const first = spans[at] ?? 0;
    if (last === undefined || first - last > SESSION_GAP) starts.push(first);
    last = spans[at + 1];
  }
  if (nextFirst !== undefined && (last === undefined || nextFirst - last > SESSION_GAP))
    starts.push(nextFirst);
  return starts;
}

function difference(before: readonly number[], after: readonly number[]): SessionChange["starts"] {
  const changes = new Map<number, number>();
  for (const start of before) bump(changes, Math.floor(start / QUARTER), -1);
  for (const start of after) bump(changes, Math.floor(start / QUARTER), 1);
  return [...changes].filter((change): change is [number, 1 | -1] => change[1] !== 0);
}

function bump(counts: Map<number, number>, key: number, delta: number): void {
  counts.set(key, (counts.get(key) ?? 0) + delta);
}

/** Runs with one more event; the same array when the event lies inside a run. */
function insert(spans: Spans, time: number): Spans {
  // From the end: events mostly come in the order of their times.
  let after = spans.length;
  while (after > 0 && (spans[after - 2] ?? 0) > time) after -= 2;
  const last = after > 0 ? (spans[after - 1] ?? 0) : undefined;
  if (last !== undefined && time <= last) return spans;
  const joinsLeft = last !== undefined && time - last <= SESSION_GAP;
  const next = spans[after];
  const joinsRight = next !== undefined && next - time <= SESSION_GAP;
  const left = spans.slice(0, joinsLeft ? after - 1 : after);
  const right = spans.slice(joinsRight ? after + 1 : after);
  const middle = [...(joinsLeft ? [] : [time]), ...(joinsRight ? [] : [time])];
  return [...left, ...middle, ...right];
}

/** Two 32-bit numbers a run: ms of its first and last event since the day's begin, big-endian. */
export function encodeSpans(spans: Spans, day: number): Uint8Array {
  const bytes = new Uint8Array((spans.length / 2) * SPAN_BYTES);
  const view = new DataView(bytes.buffer);
  spans.forEach((time, index) => {
    view.setUint32(index * 4, time - day * DAY);
  });
  return bytes;
}

export function decodeSpans(bytes: Uint8Array, day: number): Spans {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const spans: number[] = [];
  for (let at = 0; at < bytes.byteLength; at += 4) spans.push(day * DAY + view.getUint32(at));
  return spans;
}
