import { setTimeout as sleep } from "node:timers/promises";
import { compact } from "./compactor.ts";
import { dayPartition } from "./keys.ts";
import type { Table } from "./table.ts";

export interface CompactionScheduleOptions {
  /** Commits to a partition after which it is compacted. @default 48 */
  readonly commits?: number;
  /** Time after which a partition with any commit is compacted, in ms. @default 60,000 */
  readonly interval?: number;
  /** Age at which a delta belongs to a task that has ended, in ms. @default 180,000 */
  readonly abandonedAfter?: number;
}

/** How long `close` waits for the call that a fold is at; a slow table repeats one for seconds. */
const CLOSE_MILLISECONDS = 500;

/** Remembers which partitions have deltas to fold, and folds them one after the other in the background. */
export class CompactionSchedule {
  readonly #table: Table;
  readonly #commits: number;
  readonly #interval: number;
  readonly #abandonedAfter: number;
  readonly #pending = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(table: Table, options: CompactionScheduleOptions = {}) {
    this.#table = table;
    this.#commits = options.commits ?? 48;
    this.#interval = options.interval ?? 60_000;
    this.#abandonedAfter = options.abandonedAfter ?? 180_000;
  }

  /** A commit added to these UTC days of a shard. */
  committed(shard: number, days: ReadonlySet<number>): void {
    for (const day of days) this.#add(dayPartition(day, shard), 1);
  }

  /** A report has found deltas of a partition, the oldest of them received at `oldest` (ms). */
  found(partition: string, oldest: number): void {
    if (oldest < Date.now() - this.#abandonedAfter) this.#add(partition, this.#commits);
  }

  /** Folds all that is known to be pending. */
  async run(): Promise<void> {
    if (this.#closed) return;
    this.#running ??= this.#compactAll().finally(() => {
      this.#running = undefined;
    });
    await this.#running;
  }

  /**
   * Ends the background work; what is left is folded by others, or after the next start. A fold ends with the call that
   * it is at, which is not waited for when the table is slow: whether it arrives or not, each delta is counted once.
   */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await Promise.race([this.#running, sleep(CLOSE_MILLISECONDS, undefined, { ref: false })]);
  }

  #add(partition: string, commits: number): void {
    const pending = (this.#pending.get(partition) ?? 0) + commits;
    this.#pending.set(partition, pending);
    if (pending >= this.#commits) void this.run();
    else this.#wait();
  }

  #wait(): void {
    if (this.#closed) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.run();
    }, this.#interval).unref();
  }

  async #compactAll(): Promise<void> {
    for (const partition of [...this.#pending.keys()]) {
      if (this.#closed) return;
      this.#pending.delete(partition);
      if (!(await this.#compactOne(partition))) this.#pending.set(partition, 1);
    }
    // Commits of the meantime, and what could not be folded.
    if (this.#pending.size > 0) this.#wait();
  }

  /** True when the partition is clean. */
  async #compactOne(partition: string): Promise<boolean> {
    try {
      for (;;) {
        const result = await compact(this.#table, partition, () => this.#closed);
        if (result !== "folded") return result === "clean";
        if (this.#closed) return false;
      }
    } catch {
      // The state of the store shows in commits and reports. Deltas keep, and count as they are.
      return false;
    }
  }
}
