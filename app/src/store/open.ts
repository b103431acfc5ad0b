import { openDynamoDbStore } from "./dynamodb/store.ts";
import type { Store, StoreConfig } from "./store.ts";

/** Opens the store that the configuration names. Rejects, with one sentence, when its folder or table cannot be used. */
export const openStore = async (config: StoreConfig): Promise<Store> =>
  // A bundle holds whole what it imports on demand: not so the AWS SDK, of which most is never called.
  config.store === "sqlite"
    ? (await import("./sqlite/store.ts")).openSqliteStore(config)
    : openDynamoDbStore(config);
