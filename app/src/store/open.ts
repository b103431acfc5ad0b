import type { Store, StoreConfig } from "./store.ts";

/** Opens the store that the configuration names. Rejects, with one sentence, when its folder or table cannot be used. */
export const openStore = async (config: StoreConfig): Promise<Store> =>
  // Each on demand: the AWS SDK takes a quarter of the start of a process that has no use for it.
  config.store === "sqlite"
    ? (await import("./sqlite/store.ts")).openSqliteStore(config)
    : (await import("./dynamodb/store.ts")).openDynamoDbStore(config);
