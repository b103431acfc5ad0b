import { randomInt } from "node:crypto";
import type { TransactWriteItem } from "@aws-sdk/client-dynamodb";
import {
  DynamoDBClient,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { countEvents, type UsageEvent } from "../../events/event.ts";
import { createStore, type Backend } from "../service.ts";
import type { Store, StoreConfig } from "../store.ts";
import type { Table } from "./items.ts";
import {
  backOff,
  countKey,
  eventItem,
  logItem,
  memberItem,
  SHARDS,
  shardOf,
  SLOTS,
} from "./items.ts";
import { reader } from "./reader.ts";

/**
 * Each event is at most three actions, with its counter and its member, and the log is one: together no more than the 100
 * of a transaction (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html).
 */
const MAX_EVENTS = 33;
/** Attempts of the SDK at one call. */
const ATTEMPTS = 5;
/** Connections for all that is under way at once: a call that waited for one would spend its time limit with it. */
const AGENT = { maxSockets: 256 };
/** Errors of the SDK or of AWS that no waiting changes. */
const PERMANENT =
  /^(ResourceNotFound|AccessDenied|UnrecognizedClient|Validation)Exception$|^CredentialsProviderError$/;

/**
 * The store for many tasks: everything in one DynamoDB table; region and credentials are found by the SDK's own chain.
 * Rejects when the table does not exist or may not be used; one that does not answer is waited for, not ready.
 */
export async function openDynamoDbStore(config: StoreConfig): Promise<Store> {
  const { tableName: name = "", dynamodbEndpoint: endpoint, storeTimeoutSeconds = 5 } = config;
  const client = new DynamoDBClient({
    maxAttempts: ATTEMPTS,
    requestHandler: {
      connectionTimeout: 1000,
      // An answer that is lost leaves time for another attempt.
      requestTimeout: (storeTimeoutSeconds * 1000) / 3,
      throwOnRequestTimeout: true,
      httpAgent: AGENT,
      httpsAgent: AGENT,
    },
    ...(endpoint !== undefined && { endpoint }),
  });
  const table = { client, name };
  const reads = reader(table);
  let failure: unknown;
  const store = createStore(
    {
      kind: "dynamodb",
      // Transactions of one process never meet over a user or a counter.
      lanes: SHARDS,
      laneOf: ({ user }) => shardOf(user),
      batchSize: MAX_EVENTS,
      ...reads,
      write: writer(table),
      // The key of no event.
      ping: (signal) =>
        reads.event("", signal).catch((error: unknown) => {
          failure = error;
          throw error;
        }),
      close: () => {
        client.destroy();
        return Promise.resolve();
      },
    },
    config,
  );
  if ((await store.ready()) || !(failure instanceof Error) || !PERMANENT.test(failure.name))
    return store;
  await store.close();
  throw new Error(`The table ${name} cannot be used: ${failure.name}: ${failure.message}`, {
    cause: failure,
  });
}

/** Stores events of users of one shard in one transaction. */
const writer =
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
        await backOff(attempt, abortSignal);
      }
    }
    return events.map((event) => !known.has(event));
  };

/** The transaction that stores events and counts them. Its first actions are the events, in their order. */
function plan(
  { name: TableName }: Table,
  events: readonly UsageEvent[],
  shard: number,
): TransactWriteItem[] {
  const received = Date.now();
  // Another one at each attempt.
  const slot = randomInt(SLOTS);
  const { counts, members } = countEvents(events);
  const ConditionExpression = "attribute_not_exists(pk)";
  const putNew = events.map((event) => ({
    Put: { TableName, Item: eventItem(event, received), ConditionExpression },
  }));
  const n = (value: number) => ({ N: String(value) });
  const add = counts.map((count) => ({
    Update: {
      TableName,
      Key: countKey(count, shard, slot),
      UpdateExpression: "ADD #events :events, #errors :errors",
      ExpressionAttributeNames: { "#events": "events", "#errors": "errors" },
      ExpressionAttributeValues: { ":events": n(count.events), ":errors": n(count.errors) },
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
