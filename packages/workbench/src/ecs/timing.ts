/** How long a deployment may take, from the settings of the service itself. */
import { duration as exactDuration } from "../lib/words.ts";
import type { EcsStrategy } from "./deployment.ts";

/** Settings of a live service that decide how long a deployment takes. */
export interface Timing {
  strategy: EcsStrategy;
  desired: number;
  bakeMinutes: number;
  canaryBakeMinutes: number;
  stepPercent: number;
  stepBakeMinutes: number;
  /** Whether alarms watch the deployment; ECS then adds a bake time of its own to a rolling one. */
  alarms: boolean;
  healthCheckGraceSeconds: number;
  healthCheckIntervalSeconds: number;
  healthyThreshold: number;
  unhealthyThreshold: number;
  deregistrationDelaySeconds: number;
  stopTimeoutSeconds: number;
}

/** AWS's defaults, where the service or its target group does not say otherwise. */
export const DEFAULT_TIMING: Timing = {
  strategy: "ROLLING",
  desired: 1,
  bakeMinutes: 0,
  canaryBakeMinutes: 0,
  stepPercent: 100,
  stepBakeMinutes: 0,
  alarms: false,
  healthCheckGraceSeconds: 0,
  healthCheckIntervalSeconds: 30,
  healthyThreshold: 5,
  unhealthyThreshold: 2,
  deregistrationDelaySeconds: 300,
  stopTimeoutSeconds: 30,
};

/** Assumed: scheduling, network interface, image pull and start of a Fargate task, on a slow day. */
const TASK_START_SECONDS = 120;

/** Assumed: ECS takes so long to notice, decide and move on at each of its steps. */
const CONTROL_SECONDS = 60;

/** Assumed upper bound of the bake time that ECS derives from the alarms of a rolling deployment. */
const ALARM_BAKE_SECONDS = 600;

/** Patience beyond what the settings explain: a deployment that takes half as long again is stuck. */
const MARGIN = 1.5;

/** Minutes that a deployment bakes by its settings, all steps together. */
export function bakeMinutes(timing: Timing): number {
  switch (timing.strategy) {
    case "ROLLING":
      return 0;
    case "BLUE_GREEN":
      return timing.bakeMinutes;
    case "CANARY":
      return timing.canaryBakeMinutes + timing.bakeMinutes;
    case "LINEAR":
      // ECS does not wait after the step that reaches 100 % (Amazon ECS API Reference, LinearConfiguration).
      return (
        (Math.ceil(100 / timing.stepPercent) - 1) * timing.stepBakeMinutes + timing.bakeMinutes
      );
  }
}

/** Seconds from the start of a task until it is healthy or given up as unhealthy, whichever is later. */
function settleSeconds(timing: Timing): number {
  const checks = Math.max(timing.healthyThreshold, timing.unhealthyThreshold);
  return (
    TASK_START_SECONDS + timing.healthCheckGraceSeconds + checks * timing.healthCheckIntervalSeconds
  );
}

const drainSeconds = (timing: Timing): number =>
  timing.deregistrationDelaySeconds + timing.stopTimeoutSeconds;

/**
 * Seconds after which an unfinished deployment is given up. Long enough for ECS's circuit breaker to act first, so that
 * the command reports a rollback rather than a time-out.
 */
export function deadlineSeconds(timing: Timing): number {
  // The breaker needs three failed tasks at least; a service of one or two desired tasks fails them in rounds.
  const rounds = Math.ceil(3 / Math.min(3, Math.max(1, timing.desired)));
  const bake =
    timing.strategy === "ROLLING" && timing.alarms ? ALARM_BAKE_SECONDS : bakeMinutes(timing) * 60;
  const work = rounds * settleSeconds(timing) + drainSeconds(timing) + CONTROL_SECONDS;
  return Math.ceil(work * MARGIN) + bake;
}

/** A task that crashes after its start shows that within a minute, whatever the health checks say. */
const SHORTEST_WATCH_SECONDS = 60;

/** Seconds for which a deployment has to be complete: as long as a task may be bad without ECS ending it. */
export function stableSeconds(timing: Timing): number {
  const unnoticed =
    timing.healthCheckGraceSeconds + timing.unhealthyThreshold * timing.healthCheckIntervalSeconds;
  return Math.max(SHORTEST_WATCH_SECONDS, unnoticed);
}

/** Seconds that a rollback may take: the old tasks may have to start again and the new ones drain. */
export function rollbackSeconds(timing: Timing): number {
  return Math.ceil((settleSeconds(timing) + drainSeconds(timing) + CONTROL_SECONDS) * MARGIN);
}

/** `45 s`, `12 min`, `1 h 5 min`: as exact as a wait is. */
export function duration(seconds: number): string {
  const unit = seconds < 120 ? 1 : 60;
  return exactDuration(Math.round(seconds / unit) * unit);
}
