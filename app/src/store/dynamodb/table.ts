import { setTimeout as sleep } from "node:timers/promises";
import type { AttributeValue, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  BatchGetItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import type { TransactWriteItem } from "@aws-sdk/client-dynamodb";
import type { Key } from "./keys.ts";

export type Item = Record<string, AttributeValue>;

/** Sort keys from one to another, both included; a page at a time, ascending unless `descending`. */
export interface SortKeyRange {
  readonly from: string;
  readonly to: string;
  readonly limit?: number;
  readonly descending?: boolean;
}

export interface TableOptions {
  /** Time limit of one call, in ms. @default 1500 */
  readonly callTimeout?: number;
  /** Time after which a call is not repeated any more, in ms. @default 4000 */
  readonly deadline?: number;
  /** Gives up all calls when it is aborted. */
  readonly signal?: AbortSignal;
}

const MAX_BACKOFF = 400;
/** Most keys of one BatchGetItem (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html). */
const BATCH_GET_LIMIT = 100;

/**
 * Calls to one table. Each call has a time limit; throttled, failed and unanswered ones are repeated with growing,
 * random waits until a deadline. A transaction keeps its token when it is repeated, so that one whose answer was lost
 * is not carried out twice.
 */
export class Table {
  readonly #client: DynamoDBClient;
  readonly #name: string;
  readonly #options: TableOptions;
  readonly #callTimeout: number;
  readonly #deadline: number;

  constructor(client: DynamoDBClient, name: string, options: TableOptions = {}) {
    this.#client = client;
    this.#name = name;
    this.#options = options;
    this.#callTimeout = options.callTimeout ?? 1500;
    this.#deadline = options.deadline ?? 4000;
  }

  /** The same table for calls that have so long together, in ms. */
  within(limit: number): Table {
    const signal = AbortSignal.timeout(limit);
    return new Table(this.#client, this.#name, { ...this.#options, signal });
  }

  async get(itemKey: Key, attempts?: number): Promise<Item | undefined> {
    const command = new GetItemCommand({
      TableName: this.#name,
      Key: itemKey,
      ConsistentRead: true,
    });
    const { Item: item } = await this.#retry(
      (abortSignal) => this.#client.send(command, { abortSignal }),
      attempts,
    );
    return item;
  }

  /** Items of any number of keys, in no order; those that do not exist are left out. */
  async batchGet(keys: readonly Key[]): Promise<Item[]> {
    const items: Item[] = [];
    for (let at = 0; at < keys.length; at += BATCH_GET_LIMIT) {
      await this.#batchGet(keys.slice(at, at + BATCH_GET_LIMIT), items);
    }
    return items;
  }

  async #batchGet(keys: readonly Key[], items: Item[]): Promise<void> {
    const deadline = Date.now() + this.#deadline;
    let left: Item[] = [...keys];
    for (let attempt = 0; left.length > 0; attempt++) {
      const command = new BatchGetItemCommand({
        RequestItems: { [this.#name]: { Keys: left, ConsistentRead: true } },
      });
      const answer = await this.#retry((abortSignal) =>
        this.#client.send(command, { abortSignal }),
      );
      items.push(...(answer.Responses?.[this.#name] ?? []));
      left = answer.UnprocessedKeys?.[this.#name]?.Keys ?? [];
      if (left.length === 0) return;
      if (Date.now() > deadline)
        throw new Error(`DynamoDB left ${String(left.length)} keys unread: it is throttled.`);
      await backOff(attempt);
    }
  }

  /** All items of a range, or the first `limit` of them. */
  async query(pk: string, range: SortKeyRange): Promise<Item[]> {
    const items: Item[] = [];
    let start: Item | undefined;
    do {
      const command: QueryCommand = new QueryCommand({
        TableName: this.#name,
        KeyConditionExpression: "pk = :pk AND sk BETWEEN :from AND :to",
        ExpressionAttributeValues: {
          ":pk": { S: pk },
          ":from": { S: range.from },
          ":to": { S: range.to },
        },
        ConsistentRead: true,
        ScanIndexForward: range.descending !== true,
        ...(range.limit === undefined ? {} : { Limit: range.limit - items.length }),
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      });
      const page = await this.#retry((abortSignal) => this.#client.send(command, { abortSignal }));
      items.push(...(page.Items ?? []));
      start = page.LastEvaluatedKey;
    } while (start !== undefined && items.length < (range.limit ?? Infinity));
    return items;
  }

  /**
   * Puts an item unless another writer has changed it since it was read with `version`. Tells whether it did. A lost
   * answer may be told as a refusal; callers take a refusal as "read again".
   */
  async putVersion(item: Item, version: number): Promise<boolean> {
    const command = new PutItemCommand({ TableName: this.#name, ...versioned(item, version) });
    try {
      await this.#retry((abortSignal) => this.#client.send(command, { abortSignal }));
      return true;
    } catch (error) {
      if (nameOf(error) === "ConditionalCheckFailedException") return false;
      throw error;
    }
  }

  /** Writes all or nothing; `token` (1 to 36 characters) names the transaction for its repetitions. */
  async transact(
    actions: readonly TransactAction[],
    token: string,
    attempts?: number,
  ): Promise<void> {
    const command = new TransactWriteItemsCommand({
      TransactItems: actions.map((action) => this.#action(action)),
      ClientRequestToken: token,
    });
    await this.#retry((abortSignal) => this.#client.send(command, { abortSignal }), attempts);
  }

  close(): void {
    this.#client.destroy();
  }

  /** Repeats a call that may succeed later. Throws its last error at the deadline. */
  async #retry<T>(call: (signal: AbortSignal) => Promise<T>, attempts = Infinity): Promise<T> {
    const deadline = Date.now() + this.#deadline;
    for (let attempt = 0; ; attempt++) {
      try {
        return await call(this.#callSignal());
      } catch (error) {
        this.#options.signal?.throwIfAborted();
        if (!isTransient(error) || attempt + 1 >= attempts || Date.now() > deadline) throw error;
      }
      await backOff(attempt);
    }
  }

  #callSignal(): AbortSignal {
    const { signal } = this.#options;
    const own = AbortSignal.timeout(this.#callTimeout);
    return signal === undefined ? own : AbortSignal.any([own, signal]);
  }

  #action(action: TransactAction): TransactWriteItem {
    const TableName = this.#name;
    switch (action.kind) {
      case "put":
        return { Put: { TableName, Item: action.item } };
      case "put-new":
        return {
          Put: { TableName, Item: action.item, ConditionExpression: "attribute_not_exists(pk)" },
        };
      case "put-version":
        return { Put: { TableName, ...versioned(action.item, action.version) } };
      case "delete":
        return {
          Delete: { TableName, Key: action.key, ConditionExpression: "attribute_exists(pk)" },
        };
      case "put-over":
        return { Put: { TableName, Item: action.item, ...unchanged(action.spans) } };
      case "check":
        return { ConditionCheck: { TableName, Key: action.key, ...unchanged(action.spans) } };
    }
  }
}

export type TransactAction =
  | { readonly kind: "put"; readonly item: Item }
  /** Only when there is none. */
  | { readonly kind: "put-new"; readonly item: Item }
  /** Only when the item there has this version; 0: when there is none. */
  | { readonly kind: "put-version"; readonly item: Item; readonly version: number }
  /** Only when it is there. */
  | { readonly kind: "delete"; readonly key: Key }
  /** Only when the item there has these spans; undefined: when there is none. */
  | { readonly kind: "put-over"; readonly item: Item; readonly spans: Uint8Array | undefined }
  | { readonly kind: "check"; readonly key: Key; readonly spans: Uint8Array | undefined };

function versioned(
  item: Item,
  version: number,
): Pick<PutItemInput, "Item" | "ConditionExpression"> {
  return {
    Item: { ...item, version: { N: String(version + 1) } },
    ...(version === 0
      ? { ConditionExpression: "attribute_not_exists(pk)" }
      : {
          ConditionExpression: "#version = :version",
          ExpressionAttributeNames: { "#version": "version" },
          ExpressionAttributeValues: { ":version": { N: String(version) } },
        }),
  };
}

type PutItemInput = ConstructorParameters<typeof PutItemCommand>[0];
type Condition = Pick<
  PutItemInput,
  "ConditionExpression" | "ExpressionAttributeNames" | "ExpressionAttributeValues"
> & { ConditionExpression: string };

function unchanged(spans: Uint8Array | undefined): Condition {
  if (spans === undefined) return { ConditionExpression: "attribute_not_exists(pk)" };
  return {
    ConditionExpression: "#spans = :spans",
    ExpressionAttributeNames: { "#spans": "spans" },
    ExpressionAttributeValues: { ":spans": { B: spans } },
  };
}

/** Waits 0 to 25, 50, 100, ... 400 ms ("full jitter": callers that failed together do not come back together). */
export async function backOff(attempt: number): Promise<void> {
  await sleep(Math.random() * Math.min(MAX_BACKOFF, 25 * 2 ** attempt));
}

const TRANSIENT = new Set([
  "TransactionInProgressException",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "ThrottlingException",
  "LimitExceededException",
]);

/** Throttled, failed on the other side, or never answered. */
function isTransient(error: unknown): boolean {
  if (TRANSIENT.has(nameOf(error))) return true;
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  return status === undefined ? !isConfiguration(error) : status >= 500;
}

/** Errors that the SDK raises before it calls: no repetition helps. */
function isConfiguration(error: unknown): boolean {
  return nameOf(error) === "CredentialsProviderError" || error instanceof TypeError;
}

export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "";
}
