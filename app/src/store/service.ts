import type { DayRange } from "../events/day.ts";
import type { StoredEvent, UsageEvent } from "../events/event.ts";
import type { FeaturesQuery, Figures, FiguresQuery, KpisQuery } from "../events/reports.ts";
import { computeActivity, computeFeatures, computeKpis } from "../events/reports.ts";
import type { BatchQueueOptions } from "./queue.ts";
import { BatchQueue } from "./queue.ts";
import type { EventPage, ListQuery, Store, StoreConfig, StoreStats } from "./store.ts";
import { InvalidCursor, QueueFull, StoreUnavailable } from "./store.ts";

/** What differs between the stores. Calls reject when their signal is aborted. */
export interface Backend extends Pick<BatchQueueOptions, "batchSize" | "lanes" | "laneOf"> {
  readonly kind: StoreStats["kind"];
  /** Commits events with distinct ids, and tells which were new. Rejects when it is not known that all are stored. */
  write(
    events: readonly UsageEvent[],
    lane: number,
    signal: AbortSignal,
  ): Promise<readonly boolean[]>;
  event(id: string, signal: AbortSignal): Promise<StoredEvent | undefined>;
  list(query: ListQuery, signal: AbortSignal): Promise<EventPage>;
  figures(query: FiguresQuery, signal: AbortSignal): Promise<Figures>;
  /** Resolves when the store can be used. */
  ping(signal: AbortSignal): Promise<unknown>;
  close(): Promise<void>;
}

const QUEUE_LIMIT = 20_000;
const TIMEOUT_SECONDS = 5;
/** Most reads under way: a report takes much of a thread, or of a table's capacity. */
const MAX_READS = 64;
const PING_TIMEOUT = 2000;
const PING_INTERVAL = 1000;

/** A store on top of what differs: queue, time limits, state. */
export class StoreService implements Store {
  readonly #backend: Backend;
  readonly #config: StoreConfig;
  readonly #queue: BatchQueue;
  readonly #queueLimit: number;
  readonly #timeout: number;
  #reads = 0;
  #failure: string | undefined;
  #since = Date.now();
  #ping: { readonly at: number; readonly ok: Promise<boolean> } | undefined;
  #closing: Promise<void> | undefined;

  constructor(backend: Backend, config: StoreConfig) {
    this.#backend = backend;
    this.#config = config;
    this.#queueLimit = config.queueLimit ?? QUEUE_LIMIT;
    this.#timeout = (config.storeTimeoutSeconds ?? TIMEOUT_SECONDS) * 1000;
    this.#queue = new BatchQueue({
      limit: this.#queueLimit,
      batchSize: backend.batchSize,
      lanes: backend.lanes,
      laneOf: (event) => backend.laneOf(event),
      write: (events, lane) =>
        this.#call(this.#timeout, true, (signal) => backend.write(events, lane, signal)),
    });
  }

  readonly add: Store["add"] = async (events) => {
    this.#checkOpen();
    return this.#queue.add(events);
  };

  readonly event = (id: string): Promise<StoredEvent | undefined> =>
    this.#read((signal) => this.#backend.event(id, signal));

  readonly list = (query: ListQuery): Promise<EventPage> =>
    this.#read((signal) => this.#backend.list(query, signal));

  readonly activity = (range: DayRange): ReturnType<Store["activity"]> =>
    this.#read((signal) => computeActivity((needs) => this.#backend.figures(needs, signal), range));

  readonly features = (query: FeaturesQuery): ReturnType<Store["features"]> =>
    this.#read((signal) => computeFeatures((needs) => this.#backend.figures(needs, signal), query));

  readonly kpis = (query: KpisQuery): ReturnType<Store["kpis"]> =>
    this.#read((signal) => computeKpis((needs) => this.#backend.figures(needs, signal), query));

  async ready(): Promise<boolean> {
    if (this.#closing !== undefined) return false;
    const now = performance.now();
    if (this.#ping === undefined || now - this.#ping.at >= PING_INTERVAL) {
      const ping = this.#call(PING_TIMEOUT, true, (signal) => this.#backend.ping(signal));
      const answered = ping.then(
        () => true,
        () => false,
      );
      this.#ping = { at: now, ok: answered };
    }
    return this.#ping.ok;
  }

  stats(): StoreStats {
    return {
      kind: this.#backend.kind,
      state: this.#failure === undefined ? "ok" : "down",
      since: this.#since,
      queueDepth: this.#queue.depth,
      queueLimit: this.#queueLimit,
      ...(this.#failure === undefined ? {} : { reason: this.#failure }),
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#queue.drained().then(() => this.#backend.close());
    return this.#closing;
  }

  async #read<T>(read: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#checkOpen();
    if (this.#reads >= MAX_READS)
      throw new QueueFull(`${String(this.#reads)} reads wait for the store.`);
    this.#reads++;
    try {
      return await this.#call(this.#timeout, false, read);
    } finally {
      this.#reads--;
    }
  }

  /** Bounds a call and keeps account of its outcome. A read that takes too long says nothing about the store. */
  async #call<T>(
    milliseconds: number,
    lateIsDown: boolean,
    call: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const signal = AbortSignal.timeout(milliseconds);
    try {
      const answer = await call(signal);
      this.#outcome(undefined);
      return answer;
    } catch (error) {
      // The caller's mistake says nothing about the store.
      if (error instanceof InvalidCursor) throw error;
      const reason = signal.aborted
        ? `it did not answer within ${String(milliseconds)} ms`
        : reasonOf(error);
      if (lateIsDown || !signal.aborted) this.#outcome(reason);
      throw new StoreUnavailable(`The store did not take the call: ${reason}`, { cause: error });
    }
  }

  #outcome(failure: string | undefined): void {
    const changed = (failure === undefined) !== (this.#failure === undefined);
    this.#failure = failure;
    if (!changed) return;
    this.#since = Date.now();
    this.#config.onStateChange?.(this.stats());
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw new StoreUnavailable("The store is closed.");
  }
}

/** Node gives some errors of connections a code alone. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  return error.message === "" ? (code ?? error.name) : error.message;
}
