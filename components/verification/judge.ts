import {
  primaryRollout,
  type DeploymentState,
  type Observation,
  type Pause,
} from "./observation.ts";

/** What was asked for, and how long it may take. */
export interface Wanted {
  /** ARN of the task definition that the deployment asked for. */
  taskDefinition: string;
  /** Seconds until an unfinished deployment is given up. */
  deadlineSeconds: number;
  /** Seconds that a rollback may take once it was asked for. */
  rollbackSeconds: number;
  /** Failed tasks at which a deployment that shifts traffic is stopped. */
  failedTaskLimit: number;
}

export type StopCause = "failed-tasks" | "deadline";

/** What the watch has done so far. */
export interface Watched {
  /** Seconds since the watch began. */
  elapsedSeconds: number;
  /** The rollback that the watch itself asked for. */
  stop?: { cause: StopCause; atSeconds: number };
}

export type WaitingFor = "visible" | "tasks" | "deployment" | "rollback";

/** Ends of a deployment that make the command fail. */
export type FailedState =
  | "rolled-back"
  | "rollback-failed"
  | "stopped"
  | "first-failed"
  | "superseded"
  | "timed-out"
  | "missing";

export type Verdict =
  | { state: "succeeded" | "asleep" }
  | { state: "awaiting-approval"; pause: Pause }
  | { state: "waiting"; for: WaitingFor }
  | { state: "stop"; cause: StopCause }
  | { state: FailedState; for?: WaitingFor };

/** ECS answers are eventually consistent: how long a deployment that was just asked for may be invisible. */
const VISIBLE_SECONDS = 60;

/**
 * The failed tasks that end a deployment: half of the desired ones, at least 3 and at most 200. These are the bounds of
 * ECS's own circuit breaker, which works with rolling deployments alone.
 * Source: AWS, "How the Amazon ECS deployment circuit breaker detects failures", Amazon ECS Developer Guide.
 */
export function failedTaskLimit(desired: number): number {
  return Math.min(200, Math.max(3, Math.ceil(desired / 2)));
}

/** Decides what an observation means for what was asked. Pure: the same question has the same answer. */
export function judge(observation: Observation, wanted: Wanted, watched: Watched): Verdict {
  if (!observation.active) return { state: "missing" };
  const { deployment } = observation;
  if (deployment === undefined) return judgeRollouts(observation, wanted, watched);
  if (deployment.target.taskDefinition === wanted.taskDefinition)
    return judgeDeployment(observation, deployment, wanted, watched);
  // The newest deployment asked for another revision and came back to the one wanted: the wanted one is only what the
  // state of the stack remembers, and the last command failed.
  const cameBack = deployment.source?.taskDefinition === wanted.taskDefinition;
  if (cameBack && FAILED[deployment.status] !== undefined)
    return judgeDeployment(observation, deployment, wanted, watched);
  if (watched.elapsedSeconds < VISIBLE_SECONDS) return { state: "waiting", for: "visible" };
  return primaryRollout(observation)?.taskDefinition === wanted.taskDefinition
    ? judgeRollouts(observation, wanted, watched)
    : { state: "superseded" };
}

const FAILED: Partial<Record<DeploymentState["status"], FailedState>> = {
  ROLLBACK_SUCCESSFUL: "rolled-back",
  ROLLBACK_FAILED: "rollback-failed",
  STOPPED: "stopped",
};

function judgeDeployment(
  observation: Observation,
  deployment: DeploymentState,
  wanted: Wanted,
  watched: Watched,
): Verdict {
  switch (deployment.status) {
    case "ROLLBACK_SUCCESSFUL":
    case "ROLLBACK_FAILED":
    case "STOPPED":
      return {
        state:
          deployment.source === undefined
            ? "first-failed"
            : (FAILED[deployment.status] ?? "stopped"),
      };
    case "STOP_REQUESTED":
    case "ROLLBACK_REQUESTED":
    case "ROLLBACK_IN_PROGRESS":
      return waitForRollback(wanted, watched);
    case "SUCCESSFUL":
      return judgeFinished(observation, wanted, watched);
    case "PENDING":
    case "IN_PROGRESS":
      return judgeUnfinished(observation, deployment, wanted, watched);
  }
}

function judgeFinished(observation: Observation, wanted: Wanted, watched: Watched): Verdict {
  // A later deployment that the list of deployments does not show yet.
  if (primaryRollout(observation)?.taskDefinition !== wanted.taskDefinition)
    return watched.elapsedSeconds < VISIBLE_SECONDS
      ? { state: "waiting", for: "visible" }
      : { state: "superseded" };
  if (observation.desired === 0) return { state: "asleep" };
  return observation.running === 0 ? waitFor("tasks", wanted, watched) : { state: "succeeded" };
}

function judgeUnfinished(
  observation: Observation,
  deployment: DeploymentState,
  wanted: Wanted,
  watched: Watched,
): Verdict {
  if (watched.stop !== undefined) return waitForRollback(wanted, watched);
  if (deployment.pause !== undefined)
    return { state: "awaiting-approval", pause: deployment.pause };
  if (observation.desired === 0) return { state: "asleep" };
  if (!deployment.shiftsTraffic) return waitFor("deployment", wanted, watched);
  const cause: StopCause | undefined =
    deployment.failedTasks >= wanted.failedTaskLimit
      ? "failed-tasks"
      : watched.elapsedSeconds >= wanted.deadlineSeconds
        ? "deadline"
        : undefined;
  if (cause === undefined) return { state: "waiting", for: "deployment" };
  // A first deployment has nothing to go back to, so there is nothing to stop it for.
  return deployment.source === undefined ? { state: "first-failed" } : { state: "stop", cause };
}

/** By the service's own rollouts: service deployments are kept for 90 days, and some regions and emulators have none. */
function judgeRollouts(observation: Observation, wanted: Wanted, watched: Watched): Verdict {
  const primary = primaryRollout(observation);
  if (primary?.taskDefinition !== wanted.taskDefinition) {
    const failed = observation.rollouts.some(
      ({ taskDefinition, state }) => taskDefinition === wanted.taskDefinition && state === "FAILED",
    );
    if (failed) return { state: "rolled-back" };
    return watched.elapsedSeconds < VISIBLE_SECONDS
      ? { state: "waiting", for: "visible" }
      : { state: "superseded" };
  }
  if (primary.state === "FAILED") return { state: "first-failed" };
  if (observation.desired === 0) return { state: "asleep" };
  const finished =
    primary.state === undefined
      ? observation.rollouts.length === 1 && observation.running >= observation.desired
      : primary.state === "COMPLETED";
  if (!finished) return waitFor("deployment", wanted, watched);
  return observation.running === 0 ? waitFor("tasks", wanted, watched) : { state: "succeeded" };
}

function waitFor(what: WaitingFor, wanted: Wanted, watched: Watched): Verdict {
  const state = watched.elapsedSeconds < wanted.deadlineSeconds ? "waiting" : "timed-out";
  return { state, for: what };
}

function waitForRollback(wanted: Wanted, watched: Watched): Verdict {
  const from = watched.stop?.atSeconds ?? wanted.deadlineSeconds;
  const over = watched.elapsedSeconds >= from + wanted.rollbackSeconds;
  return { state: over ? "timed-out" : "waiting", for: "rollback" };
}
