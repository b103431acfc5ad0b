import { setImmediate } from "node:timers/promises";
import type { UsageEvent } from "../events/event.ts";
import { QueueFull, type AddResult } from "./store.ts";

export interface BatchQueueOptions {
  /** Most events that may wait, those being written included. */
  readonly limit: number;
  /** Most events that are written together. */
  readonly batchSize: number;
  /** Batches that are written at the same time, one in each lane. */
  readonly lanes: number;
  /** Lane of an event, below `lanes`: what would get into each other's way goes into the same one. */
  readonly laneOf: (event: UsageEvent) => number;
  /** Commits events with distinct ids, and tells which were new. */
  readonly write: (events: readonly UsageEvent[], lane: number) => Promise<readonly boolean[]>;
}

type Entry = PromiseWithResolvers<boolean> & { readonly event: UsageEvent };

/** Holds events while a commit runs, and then commits them together: under load one commit pays for many requests. */
export class BatchQueue {
  readonly #options: BatchQueueOptions;
  readonly #waiting: readonly Entry[][];
  /** What writes a lane, while it has entries. */
  readonly #running = new Map<number, Promise<void>>();
  /** Events a second of the last commits, for `Retry-After`. */
  #rate = 1000;
  /** Events that wait or are being written. */
  depth = 0;

  constructor(options: BatchQueueOptions) {
    this.#options = options;
    this.#waiting = Array.from({ length: options.lanes }, () => []);
  }

  /** Resolves after the commit. Rejects with `QueueFull`, before anything is stored, or with what `write` threw. */
  async add(events: readonly UsageEvent[]): Promise<AddResult> {
    const { limit, laneOf } = this.#options;
    if (this.depth + events.length > limit) {
      const detail = `${this.depth} events wait for the store, at most ${limit} may.`;
      throw new QueueFull(detail, Math.min(30, Math.max(1, Math.ceil(this.depth / this.#rate))));
    }
    // The first of several events with one id is the one that counts.
    const first = new Map(events.map(({ id }, at) => [id, at] as const).reverse());
    this.depth += first.size;
    const isNew = await Promise.all(
      events.map(
        async (event, at) => first.get(event.id) === at && (await this.#push(event, laneOf(event))),
      ),
    );
    const accepted = isNew.filter(Boolean).length;
    const statuses = isNew.map((is) => (is ? "accepted" : "duplicate"));
    return { accepted, duplicates: events.length - accepted, statuses };
  }

  /** Resolves when nothing waits any more. */
  async drained(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  #push(event: UsageEvent, lane: number): Promise<boolean> {
    const entry = { event, ...Promise.withResolvers<boolean>() };
    this.#waiting[lane]?.push(entry);
    if (!this.#running.has(lane)) this.#running.set(lane, this.#run(lane));
    return entry.promise;
  }

  async #run(lane: number): Promise<void> {
    const waiting = this.#waiting[lane] ?? [];
    // After this turn of the loop, so that requests that arrived together share the commit.
    await setImmediate();
    while (waiting.length > 0) {
      let batch = takeBatch(waiting, this.#options.batchSize);
      const events = batch.map(({ event }) => event);
      const begin = performance.now();
      try {
        const isNew = await this.#options.write(events, lane);
        const rate = (batch.length * 1000) / Math.max(1, performance.now() - begin);
        this.#rate = this.#rate * 0.8 + rate * 0.2;
        for (const [at, { resolve }] of batch.entries()) resolve(isNew[at] === true);
      } catch (error) {
        // What waits behind would fail the same way, one time limit after the other.
        batch = batch.concat(waiting.splice(0));
        for (const { reject } of batch) reject(error);
      }
      this.depth -= batch.length;
    }
    this.#running.delete(lane);
  }
}

/** The first events with distinct ids: the same id of another request waits for the next batch. */
function takeBatch(waiting: Entry[], size: number): Entry[] {
  const ids = new Set<string>();
  for (const { event } of waiting) {
    if (ids.size === size || ids.has(event.id)) break;
    ids.add(event.id);
  }
  return waiting.splice(0, ids.size);
}
