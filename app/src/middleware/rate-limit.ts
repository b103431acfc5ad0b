const MINUTE = 60_000;
/** Sums of a clock with fractions are off by their last bit, which must not become a second or a request. */
const ROUNDING = 1e-6;

/**
 * Generic cell rate algorithm: every client may use its quota of a minute as a burst, and it refills evenly. One number a
 * client; the longest unused are forgotten beyond `maxClients`.
 */
export class RateLimiter {
  readonly #interval: number;
  readonly #maxClients: number;
  readonly #fullAt = new Map<string, number>();

  constructor(limitPerMinute: number, maxClients = 50_000) {
    this.#interval = MINUTE / limitPerMinute;
    this.#maxClients = maxClients;
  }

  get clients(): number {
    return this.#fullAt.size;
  }

  /**
   * Takes one request of `client` at `now` (milliseconds on any monotonic clock).
   * @returns requests that may follow at once, seconds until the whole quota is there again, and seconds until the next
   * request is allowed: 0 when this one was.
   */
  take(client: string, now: number) {
    const fullAt = Math.max(this.#fullAt.get(client) ?? 0, now);
    const over = fullAt + this.#interval - now - MINUTE - ROUNDING;
    const used = (over > 0 ? fullAt : fullAt + this.#interval) - now;
    if (over <= 0) {
      this.#fullAt.delete(client);
      this.#fullAt.set(client, now + used);
      if (this.#fullAt.size > this.#maxClients)
        this.#fullAt.delete(this.#fullAt.keys().next().value ?? "");
    }
    return {
      remaining: Math.max(0, Math.floor((MINUTE - used + ROUNDING) / this.#interval)),
      resetSeconds: Math.ceil((used - ROUNDING) / 1000),
      waitSeconds: over > 0 ? Math.max(1, Math.ceil(over / 1000)) : 0,
    };
  }
}
