import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { AttributeValue, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DAY, formatDay } from "../../events/day.ts";
import type { Count, Member, StoredEvent, UsageEvent } from "../../events/event.ts";
import { MAX_AGE_DAYS } from "../../events/event.ts";

/** The SDK repeats what was throttled, failed or never answered; a signal ends all attempts. */
export interface Table {
  readonly client: DynamoDBClient;
  readonly name: string;
}

export type Item = Record<string, AttributeValue>;

/**
 * Items of the table, by `pk` and `sk`. A layout has a prefix of its own: items of the one before `v2` are not read.
 *
 *     v2#event#<id>            event                      an event as JSON; its absence is the condition under which it counts
 *     v2#log                   <received>-<uuid>          ids of one commit, for listing
 *     v2#day#<date>#<shard>    count#<feature>#<slot>     counters of a feature on a UTC day, added to by commits
 *                              user#<user>#<feature>      the user used the feature on the day
 *
 * Events and log expire; what reports are made of stays.
 */
const PREFIX = "v2#";

/** Partitions over which the users of a day are spread, each good for 1,000 write units a second. */
export const SHARDS = 4;
/** Counters of a feature in a shard: transactions that add to different ones do not get into each other's way. */
export const SLOTS = 8;

/** Ids outlive the age at which events are refused by a day, for clocks that differ between tasks. */
const KEPT = (MAX_AGE_DAYS + 1) * DAY;

const MAX_BACKOFF = 400;

/** Must stay as it is: it says where a user's items are. */
export function shardOf(user: string): number {
  let hash = 0;
  for (let at = 0; at < user.length; at++) hash = (Math.imul(hash, 31) + user.charCodeAt(at)) | 0;
  return (hash >>> 0) % SHARDS;
}

export const text = (item: Item, name: string): string => item[name]?.S ?? "";
const key = (pk: string, sk: string): Item => ({ pk: { S: pk }, sk: { S: sk } });
/** Seconds since the epoch, as DynamoDB's time to live reads them. */
const expires = (time: number): Item => ({
  expires: { N: String(Math.ceil((time + KEPT) / 1000)) },
});

export const eventKey = (id: string): Item => key(`${PREFIX}event#${id}`, "event");
export const eventItem = (event: UsageEvent, received: number): Item => ({
  ...eventKey(event.id),
  event: { S: JSON.stringify({ ...event, received } satisfies StoredEvent) },
  ...expires(event.time),
});
export const toEvent = (item: Item): StoredEvent => JSON.parse(text(item, "event")) as StoredEvent;

export const LOG = `${PREFIX}log`;
export const logItem = (ids: string[], received: number): Item => ({
  // 15 digits keep the order of numbers in the order of texts.
  ...key(LOG, `${String(received).padStart(15, "0")}-${randomUUID()}`),
  ids: { L: ids.map((id) => ({ S: id })) },
  ...expires(received),
});

export const dayPartition = (day: number, shard: number): string =>
  `${PREFIX}day#${formatDay(day)}#${shard}`;
/** Sort keys of everything that reports are made of: `$` is the sign after `#`. */
export const FIGURES = { from: "count#", to: "user$" };

export const countKey = ({ day, feature }: Count, shard: number, slot: number): Item =>
  key(dayPartition(day, shard), `count#${feature}#${slot}`);
export const memberItem = ({ day, feature, user }: Member): Item =>
  key(dayPartition(day, shardOf(user)), `user#${user}#${feature}`);

/** What an item of a day says: a counter, or a member. */
export function toFigure(day: number, item: Item): Count | Member {
  const sk = text(item, "sk");
  const [, counted = ""] = sk.split("#");
  const { events, errors } = item;
  if (events) return { day, feature: counted, events: Number(events.N), errors: Number(errors?.N) };
  // A user may have the sign, a feature has not.
  const at = sk.lastIndexOf("#");
  return { day, user: sk.slice("user#".length, at), feature: sk.slice(at + 1) };
}

/** Waits 0 to 25, 50, 100, ... 400 ms ("full jitter": callers that failed together do not come back together). */
export async function backOff(attempt: number, signal: AbortSignal): Promise<void> {
  const most = Math.min(MAX_BACKOFF, 25 * 2 ** attempt);
  await sleep(Math.random() * most, undefined, { signal });
}
