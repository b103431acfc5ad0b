/** A task that served this long before it ended was no failed start. Milliseconds of stack time. */
export const SETTLED_MS = 10_000;

const LONGEST_DELAY_MS = 60_000;

/**
 * Milliseconds to wait before the next start after so many failed starts in a row: at once after
 * the first, then 1 s, 2 s, 4 s, ... up to a minute. ECS delays only tasks that never reached
 * RUNNING (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html)
 * and restarts crashing ones without pause; a developer's machine is spared that.
 */
export function restartDelayMs(failedStarts: number): number {
  if (failedStarts <= 1) return 0;
  return Math.min(LONGEST_DELAY_MS, 1000 * 2 ** (failedStarts - 2));
}

/**
 * Failed tasks at which a deployment is given up: half the desired count, at least 3, at most 200,
 * as the deployment circuit breaker of ECS counts
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html).
 */
export function failureThreshold(desiredCount: number): number {
  return Math.min(200, Math.max(3, Math.ceil(desiredCount * 0.5)));
}
