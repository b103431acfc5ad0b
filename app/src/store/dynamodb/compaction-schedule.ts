import { compact } from "./compactor.ts";
import { dayPartition } from "./keys.ts";
import type { Table } from "./table.ts";

export interface CompactionScheduleOptions {
  /** Commits to a partition after which it is compacted. @default 48 */
  readonly commits?: number;
  /** Time after which a partition with any commit is compacted, in ms. @default 10,000 */
  readonly interval?: number;
}

/** Remembers which partitions have deltas to fold, and folds them one after the other in the background. */
export class CompactionSchedule {
  readonly #table: Table;
  readonly #commits: number;
  readonly #interval: number;
  readonly #pending = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(table: Table, options: CompactionScheduleOptions = {}) {
    this.#table = table;
    this.#commits = options.commits ?? 48;
    this.#interval = options.interval ?? 10_000;
  }

  /** A commit added to these UTC days of a shard. */
  committed(shard: number, days: ReadonlySet<number>): void {
    for (const day of days) this.#add(dayPartition(day, shard), 1);
  }

  /** A report has found deltas that nobody folds: their task has ended. */
  found(partition: string): void {
    this.#add(partition, this.#commits);
  }

  /** Folds all that is known to be pending. */
  async run(): Promise<void> {
    this.#running ??= this.#compactAll().finally(() => {
      this.#running = undefined;
    });
    await this.#running;
  }

  /** Ends the background work; what is left is folded by others, or after the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #add(partition: string, commits: number): void {
    const pending = (this.#pending.get(partition) ?? 0) + commits;
    this.#pending.set(partition, pending);
    if (this.#closed) return;
    if (pending >= this.#commits) void this.run();
    else this.#timer ??= setTimeout(() => void this.run(), this.#interval).unref();
  }

  async #compactAll(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const partition of [...this.#pending.keys()]) {
      this.#pending.delete(partition);
      try {
        while (!this.#closed && (await compact(this.#table, partition)) > 0);
      } catch {
        // The store's state shows in commits and reports; deltas keep, and the next commit or report comes back to them.
      }
      if (this.#closed) return;
    }
  }
}
