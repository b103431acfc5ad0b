import type { RangeQuery } from "./queries.ts";
import { localDay, QUARTER, QUARTERS_PER_DAY, zoneOffset } from "./zone.ts";

/** Lengths of the intervals in which counters and sets of users are kept, in UTC. */
export type Level = "quarter" | "hour" | "day";

/** Quarter hours in an interval of a level. */
export const LEVEL_QUARTERS: Readonly<Record<Level, number>> = {
  quarter: 1,
  hour: 4,
  day: QUARTERS_PER_DAY,
};

/** Quarter hours since the epoch: `from` is included, `to` is not. */
export interface QuarterRange {
  readonly from: number;
  readonly to: number;
}

/** Intervals of one level, counted since the epoch: `from` is included, `to` is not. */
export interface Piece {
  readonly level: Level;
  readonly from: number;
  readonly to: number;
}

export interface Interval extends QuarterRange {
  /** Begin as RFC 3339 with the zone's offset. */
  readonly start: string;
}

const HOUR_MS = 3_600_000;
/** Offsets of time zones lie between -12 and +14 hours. */
const FARTHEST_EAST = 14 * 4;
const FARTHEST_WEST = 12 * 4;

/**
 * Cuts a range into the fewest intervals: whole days where it holds them, hours and quarter hours at its ends. This is
 * what makes a report for any time zone exact without one counter for each zone.
 */
export function cut(
  range: QuarterRange,
  levels: readonly Level[] = ["day", "hour", "quarter"],
): Piece[] {
  const [level, ...finer] = levels;
  if (level === undefined || range.from >= range.to) return [];
  const size = LEVEL_QUARTERS[level];
  const from = Math.ceil(range.from / size);
  const to = Math.floor(range.to / size);
  if (from >= to) return cut(range, finer);
  return [
    ...cut({ from: range.from, to: from * size }, finer),
    { level, from, to },
    ...cut({ from: to * size, to: range.to }, finer),
  ];
}

/** The quarter hours of calendar days in a zone. */
export function dayRange(timeZone: string, fromDay: number, toDay: number): QuarterRange {
  return { from: dayBegin(timeZone, fromDay), to: dayBegin(timeZone, toDay + 1) };
}

/** One interval for each calendar day of the range. */
export function days(query: RangeQuery): Interval[] {
  const intervals: Interval[] = [];
  let from = dayBegin(query.timeZone, query.fromDay);
  for (let day = query.fromDay; day <= query.toDay; day++) {
    const to = dayBegin(query.timeZone, day + 1);
    // A zone that crossed the date line has skipped a day.
    if (to > from) intervals.push({ from, to, start: startOf(query.timeZone, from) });
    from = to;
  }
  return intervals;
}

/** One interval for each hour of the zone's clock; the hour that a clock repeats in autumn comes twice. */
export function hours(query: RangeQuery): Interval[] {
  const intervals: Interval[] = [];
  for (const day of days(query)) {
    const first = zoneOffset(query.timeZone, day.from * QUARTER);
    const steady = first === zoneOffset(query.timeZone, (day.to - 1) * QUARTER);
    let from = day.from;
    let offset = first;
    for (let quarter = day.from + 1; quarter < day.to; quarter++) {
      const next = steady ? first : zoneOffset(query.timeZone, quarter * QUARTER);
      if (next === offset && (quarter * QUARTER + next) % HOUR_MS !== 0) continue;
      intervals.push({ from, to: quarter, start: format(from * QUARTER, offset) });
      from = quarter;
      offset = next;
    }
    intervals.push({ from, to: day.to, start: format(from * QUARTER, offset) });
  }
  return intervals;
}

/** First quarter hour of a calendar day: not always midnight, since some zones set their clocks at midnight. */
function dayBegin(timeZone: string, day: number): number {
  const midnight = day * QUARTERS_PER_DAY;
  if (timeZone === "UTC") return midnight;
  let low = midnight - FARTHEST_EAST;
  let high = midnight + FARTHEST_WEST;
  const offset = zoneOffset(timeZone, low * QUARTER);
  // On nearly every day no clock is set around its begin.
  if (offset === zoneOffset(timeZone, high * QUARTER) && offset % QUARTER === 0)
    return midnight - offset / QUARTER;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (localDay(timeZone, middle * QUARTER) >= day) high = middle;
    else low = middle + 1;
  }
  return low;
}

function startOf(timeZone: string, quarter: number): string {
  return format(quarter * QUARTER, zoneOffset(timeZone, quarter * QUARTER));
}

function format(time: number, offset: number): string {
  return new Date(time + offset).toISOString().slice(0, 19) + formatOffset(offset);
}

function formatOffset(offset: number): string {
  if (offset === 0) return "Z";
  const minutes = Math.floor(Math.abs(offset) / 60_000);
  const pair = (value: number): string => String(value).padStart(2, "0");
  return `${offset < 0 ? "-" : "+"}${pair(Math.floor(minutes / 60))}:${pair(minutes % 60)}`;
}
