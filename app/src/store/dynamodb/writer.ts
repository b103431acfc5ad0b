import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { TransactWriteItem } from "@aws-sdk/client-dynamodb";
import { TransactionCanceledException, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import type { UsageEvent } from "../../events/event.ts";
import { countEvents } from "../../events/event.ts";
import type { Backend } from "../service.ts";
import type { Table } from "./items.ts";
import { countKey, eventItem, logItem, memberItem, SLOTS } from "./items.ts";

/**
 * Each event is at most three actions, with its counter and its member, and the log is one: together no more than the 100
 * of a transaction (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html).
 */
export const MAX_EVENTS = 33;
const MAX_BACKOFF = 400;

/** Stores events of users of one shard in one transaction. */
export const writer =
  (table: Table): Backend["write"] =>
  async (events, shard, abortSignal) => {
    const known = new Set<UsageEvent>();
    for (let attempt = 0; known.size < events.length; attempt++) {
      const left = events.filter((event) => !known.has(event));
      try {
        // The SDK gives the command a ClientRequestToken and keeps it in its repetitions, so that a transaction whose
        // answer was lost is not carried out twice.
        const command = new TransactWriteItemsCommand({ TransactItems: plan(table, left, shard) });
        await table.client.send(command, { abortSignal });
        break;
      } catch (error) {
        const codes = cancellationCodes(error);
        const stored = left.filter((_, at) => codes[at] === "ConditionalCheckFailed");
        for (const event of stored) known.add(event);
        // Known ids alone are no reason to wait; another transaction on the same items, or throttling, is.
        if (stored.length > 0) continue;
        table.slot = randomInt(SLOTS);
        await backOff(attempt, abortSignal);
      }
    }
    return events.map((event) => !known.has(event));
  };

/** The transaction that stores events and counts them. Its first actions are the events, in their order. */
function plan(
  { name: TableName, slot }: Table,
  events: readonly UsageEvent[],
  shard: number,
): TransactWriteItem[] {
  const received = Date.now();
  const { counts, members } = countEvents(events);
  const putNew = events.map((event) => ({
    Put: {
      TableName,
      Item: eventItem(event, received),
      ConditionExpression: "attribute_not_exists(pk)",
    },
  }));
  const add = counts.map((count) => ({
    Update: {
      TableName,
      Key: countKey(count, shard, slot),
      UpdateExpression: "ADD #events :events, #errors :errors",
      ExpressionAttributeNames: { "#events": "events", "#errors": "errors" },
      ExpressionAttributeValues: {
        ":events": { N: String(count.events) },
        ":errors": { N: String(count.errors) },
      },
    },
  }));
  const ids = events.map(({ id }) => id);
  const put = [...members.map(memberItem), logItem(ids, received)];
  return [...putNew, ...add, ...put.map((Item) => ({ Put: { TableName, Item } }))];
}

/** Codes of cancellation for what others did, so that another attempt may succeed. */
const REPEATABLE =
  /^(None|ConditionalCheckFailed|TransactionConflict|ThrottlingError|ProvisionedThroughputExceeded)$/;

/** Why each action was refused. Throws the error when another attempt would not be better. */
function cancellationCodes(error: unknown): string[] {
  if (!(error instanceof TransactionCanceledException)) throw error;
  const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code ?? "None");
  if (codes.length === 0 || !codes.every((code) => REPEATABLE.test(code))) throw error;
  return codes;
}

/** Waits 0 to 25, 50, 100, ... 400 ms ("full jitter": callers that failed together do not come back together). */
export async function backOff(attempt: number, signal: AbortSignal): Promise<void> {
  const most = Math.min(MAX_BACKOFF, 25 * 2 ** attempt);
  await sleep(Math.random() * most, undefined, { signal });
}
