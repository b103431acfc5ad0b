import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { formatDate } from "../../events/date-time.ts";
import type { Level } from "../../events/intervals.ts";

/**
 * Items of the table, by `pk` and `sk`:
 *
 *     event#<id>            event                    an event; its absence is the condition under which it counts
 *     user#<user>           day#<date>               runs of the user's events in a UTC day
 *     log#<shard>           <received>#<commit>      ids of one commit, for listing
 *     day#<date>#<shard>    0#<commit>               delta of one commit: what it adds to counters and sets of users
 *                           1#counts                 counters of the day: deltas that were folded
 *                           2#<set>                  set of users of an interval, all features or one
 *
 * No item is written by every commit: a commit writes its own delta, so that commits of many tasks never wait for, or
 * cancel, each other over a counter. The compactor folds deltas into the counters of their shard.
 * Reports read a day in the order of `sk`: a delta that is folded meanwhile is found again in what comes later.
 */
export type Key = Readonly<Record<"pk" | "sk", AttributeValue.SMember>>;

/** Items of a day and of the log are spread over so many partition keys, each good for 1,000 write units a second. */
export const SHARDS = 4;

export const DELTA_PREFIX = "0#";
export const COUNTS = "1#counts";

const LEVEL_CODES: Readonly<Record<Level, string>> = { day: "a", hour: "b", quarter: "c" };

export function key(pk: string, sk: string): Key {
  return { pk: { S: pk }, sk: { S: sk } };
}

export function eventKey(id: string): Key {
  return key(`event#${id}`, "event");
}

export function userDayKey(user: string, day: number): Key {
  return key(`user#${user}`, `day#${formatDate(day)}`);
}

export function logPartition(shard: number): string {
  return `log#${String(shard)}`;
}

export function dayPartition(day: number, shard: number): string {
  return `day#${formatDate(day)}#${String(shard)}`;
}

/** Begin of the sort keys of sets: the ones of all features come before those of one feature. */
export function setPrefix(level: Level, byFeature: boolean): string {
  return `2#${LEVEL_CODES[level]}${byFeature ? "1" : "0"}#`;
}

/** Sort key of a set; `bucket` is counted from the begin of the UTC day, `feature` "" stands for all. */
export function setSortKey(level: Level, bucket: number, feature: string): string {
  return `${setPrefix(level, feature !== "")}${String(bucket).padStart(2, "0")}#${feature}`;
}
