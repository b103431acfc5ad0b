import type { WorkerStatus } from "../ops/status.ts";

/** How long the primary waits for the answers of its workers; a stalled one is left out. */
const ROUND_MILLISECONDS = 1000;

/** One question to all workers for their state; ends with the last answer or after a second. */
export class StatusRound {
  readonly #waiting: Set<number>;
  readonly #answers = new Map<number, WorkerStatus>();
  readonly #timer: NodeJS.Timeout;
  #done: ((answers: WorkerStatus[]) => void) | undefined;

  constructor(
    workers: readonly number[],
    done: (answers: WorkerStatus[]) => void,
    milliseconds = ROUND_MILLISECONDS,
  ) {
    this.#waiting = new Set(workers);
    this.#done = done;
    this.#timer = setTimeout(() => {
      this.#end();
    }, milliseconds);
  }

  answer(worker: number, status: WorkerStatus): void {
    if (this.#waiting.has(worker)) this.#answers.set(worker, status);
    this.gone(worker);
  }

  /** The worker will not answer any more. */
  gone(worker: number): void {
    this.#waiting.delete(worker);
    if (this.#waiting.size === 0) this.#end();
  }

  #end(): void {
    clearTimeout(this.#timer);
    const done = this.#done;
    this.#done = undefined;
    done?.([...this.#answers.entries()].sort(([a], [b]) => a - b).map(([, status]) => status));
  }
}
