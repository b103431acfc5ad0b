import type { StoredEvent, UsageEvent } from "../events/event.ts";
import type { Figures, FiguresQuery, ReadFigures } from "../events/reports.ts";
import { computeActivity, computeFeatures, computeKpis } from "../events/reports.ts";
import { BatchQueue, type BatchQueueOptions } from "./queue.ts";
import type { EventPage, ListQuery, Store, StoreConfig, StoreStats } from "./store.ts";
import { InvalidCursor, QueueFull, StoreUnavailable } from "./store.ts";

/** What differs between the stores. Nobody waits for a call after its signal is aborted. */
export interface Backend extends Pick<BatchQueueOptions, "batchSize" | "lanes" | "laneOf"> {
  readonly kind: StoreStats["kind"];
  /** Commits events with distinct ids, and tells which were new. Rejects when it is not known that all are stored. */
  write(events: readonly UsageEvent[], lane: number, signal: AbortSignal): Promise<boolean[]>;
  event(id: string, signal: AbortSignal): Promise<StoredEvent | undefined>;
  list(query: ListQuery, signal: AbortSignal): Promise<EventPage>;
  figures(query: FiguresQuery, signal: AbortSignal): Promise<Figures>;
  /** Resolves when the store can be used. */
  ping(signal: AbortSignal): Promise<unknown>;
  close(): Promise<void>;
}

/** Most reads under way: a report takes much of a thread, or of a table's capacity. */
const MAX_READS = 64;
const PING_TIMEOUT = 2000;
const PING_INTERVAL = 1000;

/** A store on top of what differs: queue, time limits, state. */
export function createStore(backend: Backend, config: StoreConfig): Store {
  const { queueLimit = 20_000, storeTimeoutSeconds = 5 } = config;
  const timeout = storeTimeoutSeconds * 1000;
  let reads = 0;
  let [failure, since]: [string | undefined, number] = [undefined, Date.now()];
  let [ready, askedAt] = [Promise.resolve(false), -Infinity];
  let closing: Promise<void> | undefined;

  const stats = (): StoreStats => ({
    kind: backend.kind,
    state: failure === undefined ? "ok" : "down",
    since,
    queueDepth: queue.depth,
    queueLimit,
    ...(failure !== undefined && { reason: failure }),
  });

  const outcome = (reason?: string): void => {
    if ((reason === undefined) !== (failure === undefined)) since = Date.now();
    failure = reason;
  };

  /** Bounds a call and keeps account of its outcome. A read that takes too long says nothing about the store. */
  const bounded = async <T>(
    milliseconds: number,
    lateIsDown: boolean,
    call: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    const abort = new AbortController();
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      reject(new Error(`it did not answer within ${milliseconds} ms`));
      abort.abort();
    }, milliseconds);
    try {
      const answer = await Promise.race([call(abort.signal), late]);
      outcome();
      return answer;
    } catch (error) {
      // The caller's mistake says nothing about the store.
      if (error instanceof InvalidCursor) throw error;
      const reason = reasonOf(error);
      if (lateIsDown || !abort.signal.aborted) outcome(reason);
      throw new StoreUnavailable(`The store did not take the call: ${reason}`, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  };

  const checkOpen = (): void => {
    if (closing !== undefined) throw new StoreUnavailable("The store is closed.");
  };

  const read = async <T>(call: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    checkOpen();
    if (reads >= MAX_READS) throw new QueueFull(`${reads} reads wait for the store.`);
    reads++;
    try {
      return await bounded(timeout, false, call);
    } finally {
      reads--;
    }
  };
  const report = <T>(compute: (figures: ReadFigures) => Promise<T>): Promise<T> =>
    read((signal) => compute((query) => backend.figures(query, signal)));

  const queue = new BatchQueue({
    ...backend,
    limit: queueLimit,
    write: (events, lane) =>
      bounded(timeout, true, (signal) => backend.write(events, lane, signal)),
  });

  return {
    async add(events) {
      checkOpen();
      return queue.add(events);
    },
    event: (id) => read((signal) => backend.event(id, signal)),
    list: (query) => read((signal) => backend.list(query, signal)),
    activity: (range) => report((figures) => computeActivity(figures, range)),
    features: (query) => report((figures) => computeFeatures(figures, query)),
    kpis: (query) => report((figures) => computeKpis(figures, query)),
    async ready() {
      if (closing !== undefined) return false;
      if (performance.now() - askedAt >= PING_INTERVAL) {
        askedAt = performance.now();
        ready = bounded(PING_TIMEOUT, true, (signal) => backend.ping(signal)).then(
          () => true,
          () => false,
        );
      }
      return ready;
    },
    stats,
    close: () => (closing ??= queue.drained().then(() => backend.close())),
  };
}

/** Node gives some errors of connections a code alone. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  return error.message === "" ? (code ?? error.name) : error.message;
}
