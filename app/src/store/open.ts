import type { EventsService, EventsServiceOptions } from "../events/service.ts";

/** Opens the store that the options name. Resolves when it may be used; rejects when its files or table cannot be. */
export async function openEventsService(options: EventsServiceOptions): Promise<EventsService> {
  const { store } = options;
  // Imported on demand: a process on SQLite never pays for the AWS SDK, and the other way round.
  if (store.kind === "sqlite") {
    const { openSqliteService } = await import("./sqlite/service.ts");
    return openSqliteService(store, options);
  }
  const { openDynamoDbService } = await import("./dynamodb/service.ts");
  return openDynamoDbService(store, options);
}
