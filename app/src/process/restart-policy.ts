export interface RestartOptions {
  /** Deaths within the window beyond which it is a crash loop. Default 5. */
  readonly maxDeaths?: number;
  /** Default one minute. */
  readonly windowMilliseconds?: number;
  /** Pause before the first restart; doubles with every death in the window. Default 100 ms. */
  readonly firstDelayMilliseconds?: number;
  /** Default 5 s. */
  readonly maxDelayMilliseconds?: number;
}

/** Decides what follows the death of a worker: a restart after a pause that doubles, or the end of the task. */
export class RestartPolicy {
  readonly #options: Required<RestartOptions>;
  #deaths: number[] = [];
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
  died(now: number): number | "give-up" {
    const { maxDeaths, windowMilliseconds, firstDelayMilliseconds, maxDelayMilliseconds } =
      this.#options;
    this.#deaths = [...this.#deaths.filter((time) => time > now - windowMilliseconds), now];
    if (this.#deaths.length > maxDeaths) return "give-up";
    this.#restarts += 1;
    return Math.min(maxDelayMilliseconds, firstDelayMilliseconds * 2 ** (this.#deaths.length - 1));
  }
}
