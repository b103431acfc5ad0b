/** Event loop delay from which the process refuses work and is no longer ready for traffic. */
const MAX_EVENT_LOOP_DELAY_MILLISECONDS = 1000;

const INTERVAL_MILLISECONDS = 200;

/** Watches how late timers fire: the time by which a request waits before any code of ours runs. */
export class EventLoop {
  #expected = performance.now() + INTERVAL_MILLISECONDS;
  #delay = 0;
  readonly #timer: NodeJS.Timeout;

  /** @param onSample told of the delay in milliseconds, five times a second. */
  constructor(onSample: (delayMilliseconds: number) => void) {
    this.#timer = setInterval(() => {
      const now = performance.now();
      this.#delay = Math.max(0, now - this.#expected);
      this.#expected = now + INTERVAL_MILLISECONDS;
      onSample(this.#delay);
    }, INTERVAL_MILLISECONDS).unref();
  }

  /** The delay at the last sample, or the present one when the next sample is late already. */
  get delayMilliseconds(): number {
    return Math.max(this.#delay, performance.now() - this.#expected);
  }

  get isLate(): boolean {
    return this.delayMilliseconds > MAX_EVENT_LOOP_DELAY_MILLISECONDS;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
