import type { TargetGroup } from "./balancer/target-group.ts";
import type { Target } from "./balancer/target.ts";
import type { Clock } from "./clock.ts";
import type { TaskCondition } from "../ecs/rollout-step.ts";
import type { DeploymentSpec } from "./spec-types.ts";
import type { OutputStream, Revision, RunningTask, TaskExit } from "./task.ts";

export interface ServiceOptions {
  /** Where the tasks are registered. */
  group: TargetGroup;
  deployment: Omit<DeploymentSpec, "strategy">;
  /** Seconds between SIGTERM and SIGKILL. */
  stopTimeoutSeconds: number;
  clock: Clock;
  /** Most tasks that a deployment starts at a time beside old ones. Default: as many as the maximum allows. */
  batch?: number;
  /** What the target of a task is called in records and messages. Default: `task 1`, `task 2`, ... */
  taskName?: (id: number) => string;
}

export interface DeployOptions {
  /** Failed tasks at which the deployment is given up. Default: as the circuit breaker of ECS counts. */
  failureThreshold?: number;
}

/** One task of the service, alive or just ended. */
export interface ServiceTask {
  id: number;
  revision: Revision;
  deployment: Deployment;
  running: RunningTask;
  target: Target;
  condition: TaskCondition;
  /** Stack time in milliseconds. */
  startedAt: number;
  /** Stack time at which it was first healthy. */
  healthyAt?: number;
  /** Last lines of its output, oldest first. */
  lastLines: string[];
  /** Resolves when it has ended and its end was dealt with. */
  gone: Promise<void>;
}

export interface Deployment {
  id: number;
  revision: Revision;
  status: "in-progress" | "completed" | "failed" | "superseded";
  /** Tasks that ended before they were healthy, or turned unhealthy, while it was in progress. */
  failedTasks: number;
}

/** How a deployment ended. */
export interface DeploymentOutcome {
  /**
   * `rolled-back`: the tasks of the revision before serve on. `failed`: there was none before.
   * `superseded`: another deployment or a stop came in between.
   */
  status: "completed" | "rolled-back" | "failed" | "superseded";
  revision: string;
  failedTasks: number;
  /** Of the last failed task: one sentence. */
  reason?: string;
  lastLines: string[];
}

export type TaskEvent =
  | { kind: "started"; task: ServiceTask }
  /** `seconds` of stack time since the start. */
  | { kind: "healthy"; task: ServiceTask; seconds: number }
  | { kind: "unhealthy"; task: ServiceTask; reason: string }
  /** It ended unasked, or was unhealthy beyond its grace period: what a circuit breaker counts. */
  | { kind: "failed"; task: ServiceTask; reason: string }
  | { kind: "draining"; task: ServiceTask }
  | { kind: "stopped"; task: ServiceTask; exit: TaskExit; wanted: boolean; reason: string }
  | { kind: "delayed"; seconds: number; failedStarts: number };

export interface ServiceEvents {
  task: [TaskEvent];
  line: [{ task: number; line: string; stream: OutputStream }];
  deployment: [DeploymentOutcome];
}

/** One sentence about how a task ended. */
export function exitReason(exit: TaskExit): string {
  if (exit.startError !== undefined) return exit.startError;
  if (exit.signal !== null) return `ended by ${exit.signal}`;
  return `exit code ${String(exit.code)}`;
}
