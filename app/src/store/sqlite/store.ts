import type { Backend } from "../service.ts";
import { StoreService } from "../service.ts";
import type { Store, StoreConfig } from "../store.ts";
import { InvalidCursor } from "../store.ts";
import { openDatabase } from "./database.ts";
import { StoreThread } from "./thread.ts";

/** The embedded store: one database on a local disk. Throws when it cannot be opened. */
export function openSqliteStore(config: StoreConfig): Store {
  // Refuses at the start what would fail with the first event; nothing is served yet that this could hold up.
  openDatabase(config.dataDir).close();
  const thread = new StoreThread(config.dataDir);
  const backend: Backend = {
    kind: "sqlite",
    lanes: 1,
    batchSize: 1000,
    laneOf: () => 0,
    write: (events, _lane, signal) => thread.call("write", [events], signal),
    event: (id, signal) => thread.call("event", [id], signal),
    list: async ({ limit, cursor }, signal) => {
      if (cursor !== undefined && !/^\d{1,15}$/.test(cursor)) throw new InvalidCursor();
      return thread.call("list", [limit, cursor === undefined ? cursor : Number(cursor)], signal);
    },
    figures: (query, signal) => thread.call("figures", [query], signal),
    ping: (signal) => thread.call("ping", [], signal),
    close: () => thread.close(),
  };
  return new StoreService(backend, config);
}
