import type { PropertyValue, StoredEvent } from "../../events/event.ts";
import type { ListQuery } from "../../events/queries.ts";
import type { EventPage } from "../../events/service.ts";
import { decodeCursor, encodeCursor } from "../cursor.ts";
import { eventKey, logPartition, SHARDS } from "./keys.ts";
import type { Item, Table } from "./table.ts";

/** Commits read from each shard at a time: a page needs few, since a commit has up to about 50 events. */
const COMMITS_PER_READ = 20;
/** Sorts after every commit. */
const NEWEST = "~";

/** Position of the event that a page ended with: its commit, and its place there. */
type Position = readonly [commit: string, place: number];

interface Entry {
  readonly commit: string;
  readonly place: number;
  readonly id: string;
}

export async function readEvent(table: Table, id: string): Promise<StoredEvent | undefined> {
  const item = await table.get(eventKey(id));
  return item === undefined ? undefined : toEvent(item);
}

/** Events in the order of their commits, newest first; those of one commit in no certain order. */
export async function listEvents(table: Table, { limit, cursor }: ListQuery): Promise<EventPage> {
  const after = cursor === undefined ? undefined : decodeCursor(cursor, isPosition);
  const shards = Array.from({ length: SHARDS }, (_, shard) =>
    readShard(table, shard, limit + 1, after),
  );
  const entries = (await Promise.all(shards)).flat().sort(newestFirst);
  const page = entries.slice(0, limit);
  const events = await readEvents(table, page);
  const last = page.at(-1);
  if (entries.length <= limit || last === undefined) return { events };
  return { events, nextCursor: encodeCursor([last.commit, last.place] satisfies Position) };
}

/** At least the next `count` events of a shard, if it has so many. */
async function readShard(
  table: Table,
  shard: number,
  count: number,
  after: Position | undefined,
): Promise<Entry[]> {
  const entries: Entry[] = [];
  let to = after?.[0] ?? NEWEST;
  for (;;) {
    const range = { from: "0", to, limit: COMMITS_PER_READ, descending: true };
    const items = await table.query(logPartition(shard), range);
    // Every read but the first begins with the commit that the one before ended with.
    const seen = entries.at(-1)?.commit;
    for (const item of items) {
      const commit = item["sk"]?.S ?? "";
      if (commit === seen) continue;
      const ids = item["ids"]?.S?.split(" ") ?? [];
      const begin = commit === after?.[0] ? after[1] + 1 : 0;
      for (const [place, id] of ids.entries())
        if (place >= begin) entries.push({ commit, place, id });
    }
    to = items.at(-1)?.["sk"]?.S ?? "";
    if (items.length < COMMITS_PER_READ || entries.length >= count) return entries;
  }
}

async function readEvents(table: Table, entries: readonly Entry[]): Promise<StoredEvent[]> {
  const items = await table.batchGet(entries.map(({ id }) => eventKey(id)));
  const events = new Map(items.map((item) => [item["pk"]?.S, toEvent(item)]));
  return entries.flatMap(({ id }) => events.get(eventKey(id).pk.S) ?? []);
}

function toEvent(item: Item): StoredEvent {
  const properties = item["properties"]?.S;
  return {
    id: (item["pk"]?.S ?? "").slice("event#".length),
    name: item["name"]?.S ?? "",
    user: item["user"]?.S ?? "",
    feature: item["feature"]?.S ?? "",
    time: Number(item["time"]?.N),
    ...(properties === undefined
      ? {}
      : { properties: JSON.parse(properties) as Record<string, PropertyValue> }),
    received: Number(item["received"]?.N),
  };
}

function newestFirst(a: Entry, b: Entry): number {
  if (a.commit === b.commit) return a.place - b.place;
  return a.commit < b.commit ? 1 : -1;
}

function isPosition(position: unknown): position is Position {
  if (!Array.isArray(position) || position.length !== 2) return false;
  const [commit, place] = position as unknown[];
  return (
    typeof commit === "string" && /^\d{15}#[a-z0-9-]+$/.test(commit) && Number.isSafeInteger(place)
  );
}
