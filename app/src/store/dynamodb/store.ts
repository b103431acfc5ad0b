import { randomInt } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { createStore } from "../service.ts";
import type { Store, StoreConfig } from "../store.ts";
import { SHARDS, shardOf, SLOTS } from "./items.ts";
import { reader } from "./reader.ts";
import { MAX_EVENTS, writer } from "./writer.ts";

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
  const table = { client, name, slot: randomInt(SLOTS) };
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
