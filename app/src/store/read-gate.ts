import { StoreBusyError } from "../events/errors.ts";

/** A report reads much, a lookup (an event, a page of them) little. */
export type ReadSize = "report" | "lookup";

export interface ReadGateOptions {
  /** Most reports under way. */
  readonly reports: number;
  /** Most lookups under way. */
  readonly lookups: number;
  /** Most reads of either size that wait. */
  readonly waiting: Readonly<Record<ReadSize, number>>;
  /** How long a read may wait, in ms. */
  readonly patience: number;
}

interface Waiting {
  readonly key: string;
  readonly answer: Promise<unknown>;
  readonly start: () => void;
}

/**
 * Bounds the reads that are under way and those that wait, so that many slow reports make callers wait or come back, not
 * the store fail. Lookups do not wait for reports.
 */
export class ReadGate {
  readonly #options: ReadGateOptions;
  readonly #running: Record<ReadSize, number> = { report: 0, lookup: 0 };
  readonly #waiting: Readonly<Record<ReadSize, Waiting[]>> = { report: [], lookup: [] };

  constructor(options: ReadGateOptions) {
    this.#options = options;
  }

  /**
   * Starts `call` when there is room. Rejects with `StoreBusyError` when too many wait, or it has waited for too long.
   * `question` is what is asked: calls that wait with an equal one, as JSON, share the first one's answer. One that is
   * under way is not shared, because it may not see what its caller was told is stored.
   */
  run<T>(size: ReadSize, question: unknown, call: () => Promise<T>): Promise<T> {
    if (this.#hasRoom(size)) return this.#start(size, call);
    const key = JSON.stringify(question);
    const queue = this.#waiting[size];
    const same = queue.find((waiting) => waiting.key === key);
    if (same !== undefined) return same.answer as Promise<T>;
    const limit = this.#options.waiting[size];
    if (queue.length >= limit) {
      return Promise.reject(
        this.#busy(
          `${String(queue.length)} reads wait for the store, at most ${String(limit)} do.`,
        ),
      );
    }
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const { patience } = this.#options;
    const timer = setTimeout(() => {
      queue.splice(queue.indexOf(waiting), 1);
      reject(this.#busy(`The read has waited for the store for ${String(patience)} ms.`));
    }, patience);
    const waiting: Waiting = {
      key,
      answer: promise,
      start: () => {
        clearTimeout(timer);
        resolve(this.#start(size, call));
      },
    };
    queue.push(waiting);
    return promise;
  }

  #hasRoom(size: ReadSize): boolean {
    const { reports, lookups } = this.#options;
    return this.#running[size] < (size === "report" ? reports : lookups);
  }

  async #start<T>(size: ReadSize, call: () => Promise<T>): Promise<T> {
    this.#running[size]++;
    try {
      return await call();
    } finally {
      this.#running[size]--;
      this.#waiting[size].shift()?.start();
    }
  }

  /** By then those that wait have been answered or refused. */
  #busy(message: string): StoreBusyError {
    return new StoreBusyError(message, Math.max(1, Math.ceil(this.#options.patience / 1000)));
  }
}
