import type { Level } from "../../events/intervals.ts";

/** Number of "all features" in keys. */
export const ALL_FEATURES = 0;

const LEVELS: Readonly<Record<Level, number>> = { quarter: 0, hour: 1, day: 2 };
const BUCKETS = 2 ** 28;
/** Feature numbers lie below this. */
export const FEATURE_NUMBERS = 2 ** 20;

/**
 * One integer for a cell, so that tables are keyed by their row id, SQLite's fastest key: by feature or not, level,
 * interval since the epoch, feature number. Cells of neighbouring intervals are neighbours. Below 2^51.
 */
export function cellKey(level: Level, bucket: number, number: number): number {
  const kind = LEVELS[level] * 2 + (number === ALL_FEATURES ? 0 : 1);
  return (kind * BUCKETS + bucket) * FEATURE_NUMBERS + number;
}

/** Keys from `from` (included) to `to` (not included) of the intervals of a level. */
export function keyRange(
  level: Level,
  byFeature: boolean,
  from: number,
  to: number,
): readonly [number, number] {
  const kind = LEVELS[level] * 2 + (byFeature ? 1 : 0);
  return [(kind * BUCKETS + from) * FEATURE_NUMBERS, (kind * BUCKETS + to) * FEATURE_NUMBERS];
}

/** Feature number of a key. */
export function featureNumber(key: number): number {
  return key % FEATURE_NUMBERS;
}
