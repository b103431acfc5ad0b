import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Backend } from "../service.ts";
import { StoreService } from "../service.ts";
import type { Store, StoreConfig } from "../store.ts";
import { eventKey, SHARDS, shardOf, toEvent } from "./items.ts";
import { listEvents, readFigures } from "./reader.ts";
import { Table } from "./table.ts";
import { Writer } from "./writer.ts";

/** Attempts of the SDK at one call. */
const ATTEMPTS = 5;
/** Connections for all that is under way at once: a call that waited for one would spend its time limit with it. */
const AGENT = { maxSockets: 256 };
/** Asked for to learn whether the table answers: the key of no event. */
const NO_EVENT = eventKey("");
/** Errors of the SDK or of AWS that no waiting changes. */
const PERMANENT =
  /^(ResourceNotFound|AccessDenied|UnrecognizedClient|Validation)Exception$|^CredentialsProviderError$/;

/**
 * The store for many tasks: everything in one DynamoDB table; region and credentials are found by the SDK's own chain.
 * Rejects when the table does not exist or may not be used; one that does not answer is waited for, not ready.
 */
export async function openDynamoDbStore(config: StoreConfig): Promise<Store> {
  const { tableName = "", dynamodbEndpoint, storeTimeoutSeconds = 5 } = config;
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
    ...(dynamodbEndpoint === undefined ? {} : { endpoint: dynamodbEndpoint }),
  });
  const table = new Table(client, tableName);
  const writer = new Writer(table);
  let failure: unknown;
  const backend: Backend = {
    kind: "dynamodb",
    // Transactions of one process never meet over a user or a counter.
    lanes: SHARDS,
    laneOf: ({ user }) => shardOf(user),
    batchSize: 100,
    write: (events, lane, signal) => writer.write(events, lane, signal),
    event: async (id, signal) => {
      const item = await table.get(eventKey(id), signal);
      return item === undefined ? undefined : toEvent(item);
    },
    list: (query, signal) => listEvents(table, query, signal),
    figures: (query, signal) => readFigures(table, query, signal),
    ping: (signal) =>
      table.get(NO_EVENT, signal).catch((error: unknown) => {
        failure = error;
        throw error;
      }),
    close: () => {
      table.close();
      return Promise.resolve();
    },
  };
  const store = new StoreService(backend, config);
  const ready = await store.ready();
  if (ready || !(failure instanceof Error) || !PERMANENT.test(failure.name)) return store;
  await store.close();
  throw new Error(`The table ${tableName} cannot be used: ${failure.name}: ${failure.message}`, {
    cause: failure,
  });
}
