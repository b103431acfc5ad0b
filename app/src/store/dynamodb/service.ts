import type { DynamoDbOptions, EventsService, EventsServiceOptions } from "../../events/service.ts";

export function openDynamoDbService(
  store: DynamoDbOptions,
  options: EventsServiceOptions,
): Promise<EventsService> {
  return Promise.reject(new Error(`in work: ${store.tableName} ${String(options.queueLimit)}`));
}
