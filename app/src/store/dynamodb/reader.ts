import { BatchGetItemCommand, GetItemCommand, paginateQuery } from "@aws-sdk/client-dynamodb";
import type { Count, Member, StoredEvent } from "../../events/event.ts";
import { daysOf, includes } from "../../events/day.ts";
import type { Backend } from "../service.ts";
import { InvalidCursor } from "../store.ts";
import type { Item, Table } from "./items.ts";
import {
  backOff,
  dayPartition,
  eventKey,
  FIGURES,
  LOG,
  SHARDS,
  text,
  toEvent,
  toFigure,
} from "./items.ts";

/** Queries of one report on their way at the same time. */
const PARALLEL_QUERIES = 16;
/** Commits that are read at a time: a page needs few, since a commit has up to 33 events. */
const COMMITS_PER_READ = 20;
/** Most keys of one BatchGetItem (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html). */
const BATCH_GET_LIMIT = 100;

/** Reads of one table. */
export const reader = (table: Table): Pick<Backend, "event" | "list" | "figures"> => ({
  async event(id, abortSignal) {
    const { client, name: TableName } = table;
    const command = new GetItemCommand({ TableName, Key: eventKey(id), ConsistentRead: true });
    const { Item } = await client.send(command, { abortSignal });
    return Item && toEvent(Item);
  },

  /** Events in the order of their commits, newest first. A cursor is the last one's `<commit>_<place in it>`. */
  async list({ limit, cursor = "~_0" }, signal) {
    const [, to, place] = /^(\d{15}-[a-z0-9-]+|~)_(\d{1,3})$/.exec(cursor) ?? [];
    if (to === undefined) throw new InvalidCursor();
    const entries: { readonly id: string; readonly cursor: string }[] = [];
    for await (const commit of query(table, LOG, { from: "0", to }, signal, COMMITS_PER_READ)) {
      const name = text(commit, "sk");
      for (const [at, { S: id = "" }] of (commit["ids"]?.L ?? []).entries())
        if (name !== to || at > Number(place)) entries.push({ id, cursor: `${name}_${at}` });
      if (entries.length > limit) break;
    }
    const page = entries.slice(0, limit);
    const found = await readEvents(table, page, signal);
    const events = page.flatMap(({ id }) => found.get(id) ?? []);
    const last = page.at(-1);
    return entries.length <= limit || !last ? { events } : { events, nextCursor: last.cursor };
  },

  /** Counts from the items of each day, in one pass. */
  async figures({ counts: ofCounts, users, byFeature }, signal) {
    const counts: Count[] = [];
    const ofAll = users.map((range) => ({ range, set: new Set<string>() }));
    const ofEach = byFeature.map((range) => ({ range, sets: new Map<string, Set<string>>() }));
    const parts = [...new Set([ofCounts, ...users, ...byFeature].flatMap(daysOf))]
      .flatMap((day) => Array.from({ length: SHARDS }, (_, shard) => ({ day, shard })))
      .values();
    const take = (day: number, figure: Count | Member): void => {
      if ("events" in figure) {
        if (includes(ofCounts, day)) counts.push(figure);
        return;
      }
      const { user, feature } = figure;
      for (const { range, set } of ofAll) if (includes(range, day)) set.add(user);
      for (const { range, sets } of ofEach)
        if (includes(range, day)) sets.set(feature, (sets.get(feature) ?? new Set()).add(user));
    };
    const work = async (): Promise<void> => {
      for (const { day, shard } of parts)
        for await (const item of query(table, dayPartition(day, shard), FIGURES, signal))
          take(day, toFigure(day, item));
    };
    await Promise.all(Array.from({ length: PARALLEL_QUERIES }, work));
    return {
      counts,
      users: ofAll.map(({ set }) => set.size),
      byFeature: ofEach.map(({ sets }) => new Map([...sets].map(([of, { size }]) => [of, size]))),
    };
  },
});

/** Events by their ids; those that do not exist are left out. */
async function readEvents(
  { client, name }: Table,
  entries: readonly { readonly id: string }[],
  abortSignal: AbortSignal,
): Promise<Map<string, StoredEvent>> {
  const events = new Map<string, StoredEvent>();
  const waiting = entries.map(({ id }) => eventKey(id));
  for (let attempt = 0; waiting.length > 0;) {
    const request = { Keys: waiting.splice(0, BATCH_GET_LIMIT), ConsistentRead: true };
    const command = new BatchGetItemCommand({ RequestItems: { [name]: request } });
    const { Responses, UnprocessedKeys } = await client.send(command, { abortSignal });
    for (const event of (Responses?.[name] ?? []).map(toEvent)) events.set(event.id, event);
    const unprocessed = UnprocessedKeys?.[name]?.Keys ?? [];
    waiting.push(...unprocessed);
    if (unprocessed.length > 0) await backOff(attempt++, abortSignal);
  }
  return events;
}

/** Items of a partition with sort keys from one to another: ascending, or the newest first in pages of a size. */
async function* query(
  { client, name: TableName }: Table,
  pk: string,
  { from, to }: { readonly from: string; readonly to: string },
  abortSignal: AbortSignal,
  newestFirst?: number,
): AsyncGenerator<Item> {
  const input = {
    TableName,
    KeyConditionExpression: "pk = :pk AND sk BETWEEN :from AND :to",
    ExpressionAttributeValues: { ":pk": { S: pk }, ":from": { S: from }, ":to": { S: to } },
    ConsistentRead: true,
    ScanIndexForward: newestFirst === undefined,
    Limit: newestFirst,
  };
  for await (const { Items = [] } of paginateQuery({ client }, input, { abortSignal }))
    yield* Items;
}
