import type { Count } from "../../events/counting.ts";
import { daysOf, includes } from "../../events/day.ts";
import type { StoredEvent } from "../../events/event.ts";
import { NumberSet } from "../../events/number-set.ts";
import type { Figures, FiguresQuery } from "../../events/reports.ts";
import type { EventPage, ListQuery } from "../store.ts";
import { InvalidCursor } from "../store.ts";
import {
  dayPartition,
  eventKey,
  FIGURES,
  isCount,
  LOG,
  SHARDS,
  text,
  toCount,
  toEvent,
  toMember,
} from "./items.ts";
import type { Item, Table } from "./table.ts";

/** Queries of one report on their way at the same time. */
const PARALLEL_QUERIES = 16;
/** Commits that are read at a time: a page needs few, since a commit has up to about 50 events. */
const COMMITS_PER_READ = 20;

/** Events in the order of their commits, newest first. A cursor is the last one's `<commit>_<place in it>`. */
export async function listEvents(
  table: Table,
  { limit, cursor = "~_0" }: ListQuery,
  signal: AbortSignal,
): Promise<EventPage> {
  const [, to, place] = /^(\d{15}-[a-z0-9-]+|~)_(\d{1,3})$/.exec(cursor) ?? [];
  if (to === undefined) throw new InvalidCursor();
  const entries: { readonly id: string; readonly cursor: string }[] = [];
  const range = { from: "0", to, newestFirst: COMMITS_PER_READ };
  for await (const { Items = [] } of table.query(LOG, range, signal)) {
    for (const commit of Items) {
      const name = text(commit, "sk");
      for (const [at, { S: id = "" }] of (commit["ids"]?.L ?? []).entries())
        if (name !== to || at > Number(place))
          entries.push({ id, cursor: `${name}_${String(at)}` });
    }
    if (entries.length > limit) break;
  }
  const page = entries.slice(0, limit);
  const keys = page.map(({ id }) => eventKey(id));
  const events = (await table.batchGet(keys, signal)).map(toEvent);
  const places = new Map(page.map(({ id }, at) => [id, at]));
  const placeOf = ({ id }: StoredEvent): number => places.get(id) ?? 0;
  events.sort((a, b) => placeOf(a) - placeOf(b));
  const last = page.at(-1);
  return entries.length <= limit || last === undefined
    ? { events }
    : { events, nextCursor: last.cursor };
}

/** Counts from the items of each day, in one pass. */
export async function readFigures(
  table: Table,
  { counts: ofCounts, users, byFeature }: FiguresQuery,
  signal: AbortSignal,
): Promise<Figures> {
  const counts: Count[] = [];
  const numbers = new Map<string, number>();
  const ofAll = users.map((range) => ({ range, set: new NumberSet() }));
  const ofEach = byFeature.map((range) => ({ range, sets: new Map<string, NumberSet>() }));
  const days = new Set([ofCounts, ...users, ...byFeature].flatMap(daysOf));
  await readDays(table, days, signal, (day, item) => {
    if (isCount(item)) {
      if (includes(ofCounts, day)) counts.push(toCount(day, item));
      return;
    }
    const { user, feature } = toMember(day, item);
    const number = numbers.get(user) ?? numbers.size;
    numbers.set(user, number);
    for (const { range, set } of ofAll) if (includes(range, day)) set.add(number);
    for (const { range, sets } of ofEach)
      if (includes(range, day))
        sets.set(feature, (sets.get(feature) ?? new NumberSet()).add(number));
  });
  return {
    counts,
    users: ofAll.map(({ set }) => set.size),
    byFeature: ofEach.map(
      ({ sets }) => new Map([...sets].map(([feature, { size }]) => [feature, size])),
    ),
  };
}

/** Hands over the items of all shards of the days, in no order. */
async function readDays(
  table: Table,
  days: Iterable<number>,
  signal: AbortSignal,
  take: (day: number, item: Item) => void,
): Promise<void> {
  const parts = [...days]
    .flatMap((day) => Array.from({ length: SHARDS }, (_, shard) => ({ day, shard })))
    .values();
  const work = async (): Promise<void> => {
    for (const { day, shard } of parts) {
      for await (const { Items = [] } of table.query(dayPartition(day, shard), FIGURES, signal))
        for (const item of Items) take(day, item);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_QUERIES }, work));
}
