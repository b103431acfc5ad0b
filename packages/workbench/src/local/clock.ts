import { setTimeout as wait } from "node:timers/promises";

/**
 * Time of the stack's settings. With a factor of 60 a minute of the stack passes in a second of
 * this machine, so that waits shrink; what processes really do keeps its real duration.
 */
export interface Clock {
  readonly factor: number;
  /** Milliseconds of stack time since the clock was made. */
  now(): number;
  /** Waits `ms` of stack time; resolves early, without error, when `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Real milliseconds to grant real work that has `ms` of stack time. */
  patience(ms: number): number;
}

/** A process needs its real time to answer: no compression makes a limit shorter than this. */
const SHORTEST_PATIENCE_MS = 1000;

/** Node fires at once when a delay does not fit 32 bits. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** @throws RangeError when `factor` is not a number above zero. */
export function createClock(factor = 1): Clock {
  if (!(factor > 0)) throw new RangeError(`time factor is ${String(factor)}, but must be above 0.`);
  const start = performance.now();
  return {
    factor,
    now: () => (performance.now() - start) * factor,
    sleep: async (ms, signal) => {
      const delay = Math.min(Math.max(0, ms / factor), LONGEST_TIMER_MS);
      // Waits that belong to no live task or listener must not keep the process alive.
      await wait(delay, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
    },
    patience: (ms) => Math.max(ms / factor, Math.min(ms, SHORTEST_PATIENCE_MS)),
  };
}
