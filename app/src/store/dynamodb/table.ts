import { setTimeout as sleep } from "node:timers/promises";
import type { AttributeValue, DynamoDBClient, TransactWriteItem } from "@aws-sdk/client-dynamodb";
import {
  BatchGetItemCommand,
  GetItemCommand,
  paginateQuery,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";

export type Item = Record<string, AttributeValue>;

/** Sort keys from one to another, both included: in ascending order, or the newest first in pages of a size. */
export interface SortKeyRange {
  readonly from: string;
  readonly to: string;
  readonly newestFirst?: number;
}

/** Most keys of one BatchGetItem (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html). */
const BATCH_GET_LIMIT = 100;
const MAX_BACKOFF = 400;

/** Calls to one table. The SDK repeats what was throttled, failed or never answered; the signal ends all attempts. */
export class Table {
  readonly #client: DynamoDBClient;
  readonly name: string;

  constructor(client: DynamoDBClient, name: string) {
    this.#client = client;
    this.name = name;
  }

  async get(key: Item, abortSignal: AbortSignal): Promise<Item | undefined> {
    const command = new GetItemCommand({ TableName: this.name, Key: key, ConsistentRead: true });
    return (await this.#client.send(command, { abortSignal })).Item;
  }

  /** Items of any number of keys, in no order; those that do not exist are left out. */
  async batchGet(keys: readonly Item[], abortSignal: AbortSignal): Promise<Item[]> {
    const items: Item[] = [];
    const waiting = [...keys];
    for (let attempt = 0; waiting.length > 0;) {
      const request = { Keys: waiting.splice(0, BATCH_GET_LIMIT), ConsistentRead: true };
      const command = new BatchGetItemCommand({ RequestItems: { [this.name]: request } });
      const answer = await this.#client.send(command, { abortSignal });
      items.push(...(answer.Responses?.[this.name] ?? []));
      const unprocessed = answer.UnprocessedKeys?.[this.name]?.Keys ?? [];
      waiting.push(...unprocessed);
      if (unprocessed.length > 0) await backOff(attempt++, abortSignal);
    }
    return items;
  }

  /** Items of a partition, page by page. */
  query(
    pk: string,
    { from, to, newestFirst }: SortKeyRange,
    abortSignal: AbortSignal,
  ): AsyncIterable<{ readonly Items?: Item[] | undefined }> {
    const input = {
      TableName: this.name,
      KeyConditionExpression: "pk = :pk AND sk BETWEEN :from AND :to",
      ExpressionAttributeValues: { ":pk": { S: pk }, ":from": { S: from }, ":to": { S: to } },
      ConsistentRead: true,
      ScanIndexForward: newestFirst === undefined,
      Limit: newestFirst,
    };
    return paginateQuery({ client: this.#client }, input, { abortSignal });
  }

  /**
   * Writes all or nothing. The SDK gives the command a ClientRequestToken and keeps it in its repetitions, so that a
   * transaction whose answer was lost is not carried out twice.
   */
  async transact(actions: TransactWriteItem[], abortSignal: AbortSignal): Promise<void> {
    const command = new TransactWriteItemsCommand({ TransactItems: actions });
    await this.#client.send(command, { abortSignal });
  }

  close(): void {
    this.#client.destroy();
  }
}

/** Waits 0 to 25, 50, 100, ... 400 ms ("full jitter": callers that failed together do not come back together). */
export async function backOff(attempt: number, signal: AbortSignal): Promise<void> {
  const most = Math.min(MAX_BACKOFF, 25 * 2 ** attempt);
  await sleep(Math.random() * most, undefined, { signal });
}
