/** Answer of the limiter for one request. */
export interface RateDecision {
  readonly allowed: boolean;
  /** Requests that may follow at once. */
  readonly remaining: number;
  /** Seconds until the whole quota is there again. */
  readonly resetSeconds: number;
  /** Seconds until the next request is allowed; 0 when this one was. */
  readonly retryAfterSeconds: number;
}

const WINDOW_MILLISECONDS = 60_000;

/** Sums of a clock with fractions are off by their last bit, which must not become a second or a request. */
const ROUNDING = 1e-6;

/**
 * Generic cell rate algorithm: every client may use its quota of a minute as a burst, and it refills evenly.
 * One number a client; a client whose quota is full again is forgotten.
 */
export class RateLimiter {
  readonly limit: number;
  readonly #interval: number;
  readonly #maxClients: number;
  readonly #fullAt = new Map<string, number>();

  /**
   * @param limitPerMinute requests a minute and client.
   * @param maxClients clients remembered; beyond it the longest unused are forgotten first.
   */
  constructor(limitPerMinute: number, maxClients = 50_000) {
    this.limit = limitPerMinute;
    this.#interval = WINDOW_MILLISECONDS / limitPerMinute;
    this.#maxClients = maxClients;
  }

  get clients(): number {
    return this.#fullAt.size;
  }

  /** Takes one request of `client` at `now` (milliseconds on any monotonic clock). */
  take(client: string, now: number): RateDecision {
    const fullAt = Math.max(this.#fullAt.get(client) ?? 0, now);
    const next = fullAt + this.#interval;
    const allowed = next - now <= WINDOW_MILLISECONDS + ROUNDING;
    const used = (allowed ? next : fullAt) - now;
    if (allowed) this.#remember(client, next, now);
    return {
      allowed,
      remaining: Math.max(0, Math.floor((WINDOW_MILLISECONDS - used + ROUNDING) / this.#interval)),
      resetSeconds: Math.ceil((used - ROUNDING) / 1000),
      retryAfterSeconds: allowed
        ? 0
        : Math.max(1, Math.ceil((next - now - WINDOW_MILLISECONDS - ROUNDING) / 1000)),
    };
  }

  #remember(client: string, fullAt: number, now: number): void {
    this.#fullAt.delete(client);
    this.#fullAt.set(client, fullAt);
    if (this.#fullAt.size <= this.#maxClients) return;
    for (const [key, value] of this.#fullAt) {
      if (value <= now || this.#fullAt.size > this.#maxClients) this.#fullAt.delete(key);
      else break;
    }
  }
}
