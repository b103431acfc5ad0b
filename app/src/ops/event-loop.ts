/** Watches how late timers fire: the time by which a request waits before any code of ours runs. */
export class EventLoopMonitor {
  readonly #intervalMilliseconds: number;
  readonly #now: () => number;
  readonly #onSample: ((delayMilliseconds: number) => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #expected = 0;
  #delay = 0;

  constructor(
    options: {
      readonly intervalMilliseconds?: number;
      readonly now?: () => number;
      readonly onSample?: (delayMilliseconds: number) => void;
    } = {},
  ) {
    this.#intervalMilliseconds = options.intervalMilliseconds ?? 200;
    this.#now = options.now ?? (() => performance.now());
    this.#onSample = options.onSample;
  }

  /** The delay at the last sample, or the present one when the next sample is late already. */
  get delayMilliseconds(): number {
    if (this.#timer === undefined) return 0;
    return Math.max(this.#delay, this.#now() - this.#expected);
  }

  start(): void {
    if (this.#timer !== undefined) return;
    this.#expected = this.#now() + this.#intervalMilliseconds;
    this.#timer = setInterval(() => {
      this.sample();
    }, this.#intervalMilliseconds).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#delay = 0;
  }

  /** Takes one sample; called by the timer. */
  sample(): void {
    const now = this.#now();
    this.#delay = Math.max(0, now - this.#expected);
    this.#expected = now + this.#intervalMilliseconds;
    this.#onSample?.(this.#delay);
  }
}
