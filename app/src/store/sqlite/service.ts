import type { UsageEvent } from "../../events/event.ts";
import type {
  EventsService,
  EventsServiceOptions,
  SqliteOptions,
  SubmitStatus,
} from "../../events/service.ts";
import type { Backend, Question } from "../service.ts";
import { StoreService } from "../service.ts";
import { openForWriting } from "./database.ts";
import { ThreadClient } from "./thread-client.ts";

/** How long a commit waits for other processes, in ms. */
const BUSY_TIMEOUT = 4000;
/** A thread that waited for others tells the reason itself: it has this much longer. */
const MARGIN = 1000;
/** A probe may find a report under way, which has its own limit. */
const PROBE_READ_TIMEOUT = 8000;
/** One thread reads: another report would only wait there, with its time running. */
const REPORTS = 1;
/** Lookups on their way to the thread, which answers them one after the other. */
const LOOKUPS = 32;
/** A commit of a full group takes about 50 ms. */
const GROUP_SIZE = 2000;

/**
 * The embedded store: one writer and one reader, each in a thread of its own, off the event loop. A thread takes about
 * 20 MB, so that each is started by the first call that needs it.
 */
export function openSqliteService(
  store: SqliteOptions,
  options: EventsServiceOptions,
): EventsService {
  return openTunedService(store, options, BUSY_TIMEOUT);
}

/** As above, with another time to wait for other processes, in ms. */
export function openTunedService(
  store: SqliteOptions,
  options: EventsServiceOptions,
  busyTimeout: number,
): EventsService {
  // Refuses at the start what would fail with the first event; nothing is served yet that this could hold up.
  openForWriting(store.directory, busyTimeout).close();
  return new StoreService(new SqliteBackend(store.directory, busyTimeout), options);
}

class SqliteBackend implements Backend {
  readonly kind = "sqlite";
  readonly parallel = 1;
  readonly groupSize = GROUP_SIZE;
  readonly reports = REPORTS;
  readonly lookups = LOOKUPS;
  readonly #writer: ThreadClient;
  readonly #reader: ThreadClient;

  readonly #writeTimeout: number;

  constructor(directory: string, busyTimeout: number) {
    this.#writer = new ThreadClient({ storeThread: "writer", directory, busyTimeout });
    this.#reader = new ThreadClient({ storeThread: "reader", directory, busyTimeout });
    this.#writeTimeout = busyTimeout + MARGIN;
  }

  async write(events: readonly UsageEvent[]): Promise<readonly SubmitStatus[]> {
    const rows: (string | number | null)[] = [];
    for (const { id, name, user, feature, time, properties } of events) {
      rows.push(
        id,
        name,
        user,
        feature,
        time,
        properties === undefined ? null : JSON.stringify(properties),
      );
    }
    const accepted = (await this.#writer.call(
      { kind: "write", rows },
      this.#writeTimeout,
    )) as Uint8Array;
    return Array.from(accepted, (isNew) => (isNew === 1 ? "accepted" : "duplicate"));
  }

  read(question: Question, limit: number): Promise<unknown> {
    return this.#reader.call({ kind: "read", question }, limit);
  }

  async probeWrite(): Promise<void> {
    await this.#writer.call({ kind: "probe" }, this.#writeTimeout);
  }

  async probeRead(): Promise<void> {
    await this.#reader.call({ kind: "probe" }, PROBE_READ_TIMEOUT);
  }

  async close(): Promise<void> {
    await Promise.all([this.#writer.close(), this.#reader.close()]);
  }
}
