import { StoreUnavailableError } from "../events/errors.ts";

export type CircuitState = "ok" | "degraded" | "down";

export interface CircuitOptions {
  /** Failures in a row that open the circuit. @default 2 */
  readonly threshold?: number;
  /** Time between two probes while open, in ms. @default 1000 */
  readonly probeInterval?: number;
  /** Resolves when the store answers again. Must have a time limit of its own. */
  readonly probe: () => Promise<void>;
  /**
   * Ask the probe before failures in a row open the circuit: for calls that may also fail for what they ask, such as a
   * report that takes too long. @default false
   */
  readonly confirm?: boolean;
  readonly onChange: (state: CircuitState, reason: string | undefined) => void;
}

/**
 * Circuit breaker: after failures in a row calls are refused at once, so that a store that hangs does not hold requests,
 * while a probe looks for recovery. One success closes it.
 */
export class Circuit {
  readonly #options: CircuitOptions;
  #failures = 0;
  #state: CircuitState = "ok";
  #reason: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #confirming = false;

  constructor(options: CircuitOptions) {
    this.#options = options;
  }

  get state(): CircuitState {
    return this.#state;
  }

  get reason(): string | undefined {
    return this.#reason;
  }

  /** Throws `StoreUnavailableError` while open. */
  check(): void {
    if (this.#state !== "down") return;
    throw new StoreUnavailableError(`The store is down: ${this.#reason ?? "unknown reason"}`);
  }

  /** Calls the store and keeps account of the outcome. Every failure becomes a `StoreUnavailableError`. */
  async run<T>(call: () => Promise<T>): Promise<T> {
    this.check();
    try {
      const value = await call();
      this.success();
      return value;
    } catch (error) {
      this.failure(error);
      throw unavailable(error);
    }
  }

  success(): void {
    this.#failures = 0;
    // A straggler that succeeds does not close an open circuit: the probe decides.
    if (this.#state === "degraded") this.#change("ok", undefined);
  }

  failure(error: unknown): void {
    this.#failures++;
    if (this.#state === "down") return;
    const enough = this.#failures >= this.#threshold;
    if (enough && this.#options.confirm !== true) {
      this.open(error);
      return;
    }
    this.#change("degraded", messageOf(error));
    if (enough) void this.#confirm();
  }

  /** Refuses calls from now on, until a probe succeeds. */
  open(error: unknown): void {
    if (this.#state === "down") return;
    this.#change("down", messageOf(error));
    this.#scheduleProbe();
  }

  /** Ends the probes. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  get #threshold(): number {
    return this.#options.threshold ?? 2;
  }

  async #confirm(): Promise<void> {
    if (this.#confirming) return;
    this.#confirming = true;
    try {
      await this.#options.probe();
      this.#failures = 0;
    } catch (error) {
      // A call that succeeded meanwhile says more than a probe that did not.
      if (!this.#closed && this.#failures >= this.#threshold) this.open(error);
    } finally {
      this.#confirming = false;
    }
  }

  #scheduleProbe(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => void this.#probe(), this.#options.probeInterval ?? 1000);
    this.#timer.unref();
  }

  async #probe(): Promise<void> {
    try {
      await this.#options.probe();
    } catch (error) {
      this.#reason = messageOf(error);
      this.#scheduleProbe();
      return;
    }
    if (this.#closed) return;
    this.#failures = 0;
    this.#change("ok", undefined);
  }

  #change(state: CircuitState, reason: string | undefined): void {
    const changed = state !== this.#state;
    this.#state = state;
    this.#reason = reason;
    if (changed) this.#options.onChange(state, reason);
  }
}

/** The error as callers of the service see it. */
export function unavailable(error: unknown): StoreUnavailableError {
  if (error instanceof StoreUnavailableError) return error;
  return new StoreUnavailableError(`The store did not take the call: ${messageOf(error)}`, {
    cause: error,
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
