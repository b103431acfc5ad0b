export interface RestartOptions {
  /** Deaths of one slot within the window beyond which it is a crash loop. Default 5. */
  readonly maxDeaths?: number;
  /** Default one minute. */
  readonly windowMilliseconds?: number;
  /** Pause before the first restart; doubles with every death of the slot in the window. Default 100 ms. */
  readonly firstDelayMilliseconds?: number;
  /** Default 5 s. */
  readonly maxDelayMilliseconds?: number;
}

/**
 * Decides what follows the death of a worker: a restart after a pause that doubles, or the end of the task. Each slot (a
 * worker and those that replace it) counts for itself: what ends every worker once, such as a bad request or a lack of
 * memory, is no crash loop, however many workers there are.
 */
export class RestartPolicy {
  readonly #options: Required<RestartOptions>;
  readonly #deaths = new Map<number, number[]>();
  #restarts = 0;

  constructor(options: RestartOptions = {}) {
    this.#options = {
      maxDeaths: 5,
      windowMilliseconds: 60_000,
      firstDelayMilliseconds: 100,
      maxDelayMilliseconds: 5000,
      ...options,
    };
  }

  /** Restarts granted since the start. */
  get restarts(): number {
    return this.#restarts;
  }

  /** @returns milliseconds to wait before the restart, or "give-up" in a crash loop. */
  died(slot: number, now: number): number | "give-up" {
    const { maxDeaths, windowMilliseconds, firstDelayMilliseconds, maxDelayMilliseconds } =
      this.#options;
    const recent = this.#deaths.get(slot)?.filter((time) => time > now - windowMilliseconds) ?? [];
    recent.push(now);
    this.#deaths.set(slot, recent);
    if (recent.length > maxDeaths) return "give-up";
    this.#restarts += 1;
    return Math.min(maxDelayMilliseconds, firstDelayMilliseconds * 2 ** (recent.length - 1));
  }
}
