import type { UsageEvent } from "../events/event.ts";
import type { AddResult, AddStatus } from "./store.ts";
import { QueueFull } from "./store.ts";

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

interface Entry {
  readonly event: UsageEvent;
  readonly settle: (isNew: boolean) => void;
  readonly fail: (error: unknown) => void;
}

interface Lane {
  entries: Entry[];
  running: boolean;
}

/** Holds events while a commit runs, and then commits them together: under load one commit pays for many requests. */
export class BatchQueue {
  readonly #options: BatchQueueOptions;
  readonly #lanes: readonly Lane[];
  #depth = 0;
  /** Events a second of the last commits, for `Retry-After`. */
  #rate = 1000;
  #drained: (() => void)[] = [];

  constructor(options: BatchQueueOptions) {
    this.#options = options;
    this.#lanes = Array.from({ length: options.lanes }, () => ({ entries: [], running: false }));
  }

  /** Events that wait or are being written. */
  get depth(): number {
    return this.#depth;
  }

  /** Resolves after the commit. Rejects with `QueueFull`, before anything is stored, or with what `write` threw. */
  add(events: readonly UsageEvent[]): Promise<AddResult> {
    const { limit, laneOf } = this.#options;
    if (this.#depth + events.length > limit) {
      const detail = `${String(this.#depth)} events wait for the store, at most ${String(limit)} may.`;
      const seconds = Math.min(30, Math.max(1, Math.ceil(this.#depth / this.#rate)));
      return Promise.reject(new QueueFull(detail, seconds));
    }
    const statuses = new Array<AddStatus>(events.length).fill("duplicate");
    // The first of several events with one id is the one that counts.
    const first = new Map([...events.entries()].reverse().map(([at, { id }]) => [id, at]));
    let [left, accepted] = [first.size, 0];
    if (left === 0) return Promise.resolve({ accepted, duplicates: 0, statuses });
    this.#depth += left;
    const { promise, resolve, reject } = Promise.withResolvers<AddResult>();
    for (const [at, event] of events.entries()) {
      if (first.get(event.id) !== at) continue;
      const settle = (isNew: boolean): void => {
        if (isNew) statuses[at] = "accepted";
        accepted += Number(isNew);
        if (--left === 0) resolve({ accepted, duplicates: events.length - accepted, statuses });
      };
      this.#push(laneOf(event), { event, settle, fail: reject });
    }
    return promise;
  }

  /** Resolves when nothing waits any more. */
  async drained(): Promise<void> {
    if (this.#depth > 0) await new Promise<void>((resolve) => this.#drained.push(resolve));
  }

  #push(number: number, entry: Entry): void {
    const lane = this.#lanes[number];
    if (lane === undefined) throw new RangeError(`There is no lane ${String(number)}.`);
    lane.entries.push(entry);
    if (lane.running) return;
    lane.running = true;
    // After this turn of the loop, so that requests that arrived together share the commit.
    setImmediate(() => void this.#run(lane, number));
  }

  async #run(lane: Lane, number: number): Promise<void> {
    while (lane.entries.length > 0) {
      const batch = takeBatch(lane, this.#options.batchSize);
      const begin = performance.now();
      try {
        const isNew = await this.#options.write(
          batch.map(({ event }) => event),
          number,
        );
        const rate = (batch.length * 1000) / Math.max(1, performance.now() - begin);
        this.#rate = this.#rate * 0.8 + rate * 0.2;
        for (const [at, { settle }] of batch.entries()) settle(isNew[at] === true);
        this.#depth -= batch.length;
      } catch (error) {
        // What waits behind would fail the same way, one time limit after the other.
        const failed = batch.concat(lane.entries.splice(0));
        for (const { fail } of failed) fail(error);
        this.#depth -= failed.length;
      }
    }
    lane.running = false;
    if (this.#depth > 0) return;
    for (const resolve of this.#drained.splice(0)) resolve();
  }
}

/** The first events with distinct ids: the same id of another request waits for the next batch. */
function takeBatch(lane: Lane, size: number): Entry[] {
  const batch: Entry[] = [];
  const ids = new Set<string>();
  while (batch.length < size) {
    const next = lane.entries[batch.length];
    if (next === undefined || ids.has(next.event.id)) break;
    ids.add(next.event.id);
    batch.push(next);
  }
  lane.entries.splice(0, batch.length);
  return batch;
}
