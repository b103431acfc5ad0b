import {
  primaryRollout,
  type DeploymentState,
  type Observation,
  type Pause,
} from "./observation.ts";
import { finishedAt, isFinished, type Memory } from "./stability.ts";

/** What was asked for, and how long it may take. */
export interface Wanted {
  /** ARN of the task definition that the deployment asked for. */
  taskDefinition: string;
  /** Seconds until the watch ends without a decision. */
  deadlineSeconds: number;
  /** Seconds that a rollback may take once it was asked for. */
  rollbackSeconds: number;
  /** Failed tasks at which a deployment that shifts traffic is stopped. */
  failedTaskLimit: number;
  /** Seconds for which every observation has to show everything before the deployment counts as a success. */
  stableSeconds: number;
  /** A deployment that ended before then has proved itself. Milliseconds since 1970. */
  settledBefore: number;
}

/** What the watch has done so far. */
export interface Watched {
  /** Seconds since the watch began. */
  elapsedSeconds: number;
  /** The earlier observations and this one. */
  memory: Memory;
  /** Seconds at which the watch itself asked for a rollback. */
  stoppedAtSeconds?: number;
}

export type WaitingFor = "visible" | "deployment" | "stability" | "rollback";

/** Ends of a deployment that make the command fail. */
export type FailedState =
  | "rolled-back"
  | "rollback-failed"
  | "stopped"
  | "first-failed"
  | "unstable"
  | "superseded"
  | "undecided"
  | "missing";

export type Verdict =
  | { state: "succeeded"; stableSeconds: number }
  | { state: "asleep" }
  | { state: "awaiting-approval"; pause: Pause }
  | { state: "waiting"; for: WaitingFor }
  | { state: "stop" }
  | { state: FailedState; for?: WaitingFor };

/** ECS answers are eventually consistent: how long a deployment that was just asked for may be invisible. */
const VISIBLE_SECONDS = 60;

/** Decides what an observation means for what was asked. Pure: the same question has the same answer. */
export function judge(observation: Observation, wanted: Wanted, watched: Watched): Verdict {
  if (!observation.active) return { state: "missing" };
  const { deployment } = observation;
  if (deployment === undefined) return judgeRollouts(observation, wanted, watched);
  if (listLags(observation, deployment) && watched.elapsedSeconds < VISIBLE_SECONDS)
    return { state: "waiting", for: "visible" };
  if (deployment.target.taskDefinition === wanted.taskDefinition)
    return judgeDeployment(observation, deployment, wanted, watched);
  // The newest deployment asked for another revision and came back to the one wanted: the wanted one is only what the
  // state of the stack remembers, and the last command failed.
  const cameBack = deployment.source?.taskDefinition === wanted.taskDefinition;
  if (cameBack && FAILED[deployment.status] !== undefined)
    return judgeDeployment(observation, deployment, wanted, watched);
  const isPrimary = primaryRollout(observation)?.taskDefinition === wanted.taskDefinition;
  return isPrimary && watched.elapsedSeconds >= VISIBLE_SECONDS
    ? judgeRollouts(observation, wanted, watched)
    : notVisible(watched);
}

/**
 * Whether the service is on a later deployment than the newest one in the list. Its primary rollout `ecs-svc/N` brings the
 * service revision N. Source: findPrimaryDeploymentARN in hashicorp/terraform-provider-aws, internal/service/ecs/service.go.
 */
function listLags(observation: Observation, deployment: DeploymentState): boolean {
  const { id, createdAt = 0 } = primaryRollout(observation) ?? {};
  const known = [deployment.target.id, deployment.source?.id, deployment.rollbackId];
  return id !== undefined && !known.includes(id) && createdAt > deployment.createdAt;
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
    return notVisible(watched);
  if (observation.desired === 0) return { state: "asleep" };
  return isFinished(observation)
    ? judgeStability(observation, wanted, watched)
    : waitFor("deployment", wanted, watched);
}

/** What was asked for is not what the service is on, or not yet. */
const notVisible = ({ elapsedSeconds }: Watched): Verdict =>
  elapsedSeconds < VISIBLE_SECONDS ? { state: "waiting", for: "visible" } : { state: "superseded" };

/**
 * ECS calls a deployment successful once its tasks ran at one moment. It is a success when nothing was missing for a
 * while; one that has lasted for longer than that already is looked at once.
 */
function judgeStability(observation: Observation, wanted: Wanted, watched: Watched): Verdict {
  const { elapsedSeconds, memory } = watched;
  if (memory.fullSince !== undefined) {
    const stableSeconds = elapsedSeconds - memory.fullSince;
    const settled =
      !memory.everShort &&
      observation.failures.length === 0 &&
      (finishedAt(observation) ?? Infinity) < wanted.settledBefore;
    if (settled || stableSeconds >= wanted.stableSeconds)
      return { state: "succeeded", stableSeconds };
  } else if (memory.crashed.size >= wanted.failedTaskLimit) return { state: "unstable" };
  return elapsedSeconds >= wanted.deadlineSeconds && memory.crashed.size > 0
    ? { state: "unstable" }
    : waitFor("stability", wanted, watched);
}

function judgeUnfinished(
  observation: Observation,
  deployment: DeploymentState,
  wanted: Wanted,
  watched: Watched,
): Verdict {
  if (watched.stoppedAtSeconds !== undefined) return waitForRollback(wanted, watched);
  if (deployment.pause !== undefined)
    return { state: "awaiting-approval", pause: deployment.pause };
  if (observation.desired === 0) return { state: "asleep" };
  if (!deployment.shiftsTraffic || observation.failures.length < wanted.failedTaskLimit)
    return waitFor("deployment", wanted, watched);
  // A first deployment has nothing to go back to, so there is nothing to stop it for.
  if (deployment.source === undefined) return { state: "first-failed" };
  return BEFORE_TRAFFIC.has(deployment.stage ?? "")
    ? { state: "stop" }
    : waitFor("deployment", wanted, watched);
}

/**
 * Stages in which no production traffic has moved. Later on a rollback moves what users see, which alarms and people decide.
 * Source: AWS, "Lifecycle stages for Amazon ECS service deployments", Developer Guide.
 */
const BEFORE_TRAFFIC: ReadonlySet<string> = new Set([
  "RECONCILE_SERVICE",
  "PRE_SCALE_UP",
  "SCALE_UP",
  "POST_SCALE_UP",
  "TEST_TRAFFIC_SHIFT",
  "POST_TEST_TRAFFIC_SHIFT",
  "PRE_PRODUCTION_TRAFFIC_SHIFT",
]);

/** By the service's own rollouts: service deployments are kept for 90 days, and some regions and emulators have none. */
function judgeRollouts(observation: Observation, wanted: Wanted, watched: Watched): Verdict {
  const primary = primaryRollout(observation);
  const isWanted = primary?.taskDefinition === wanted.taskDefinition;
  const failed = observation.rollouts.some(
    ({ taskDefinition, state }) => taskDefinition === wanted.taskDefinition && state === "FAILED",
  );
  if (failed && !isWanted) return { state: "rolled-back" };
  if (isWanted && primary.state === "FAILED") return { state: "first-failed" };
  return judgeFinished(observation, wanted, watched);
}

function waitFor(what: WaitingFor, wanted: Wanted, watched: Watched): Verdict {
  const state = watched.elapsedSeconds < wanted.deadlineSeconds ? "waiting" : "undecided";
  return { state, for: what };
}

function waitForRollback(wanted: Wanted, watched: Watched): Verdict {
  const from = watched.stoppedAtSeconds ?? wanted.deadlineSeconds;
  const over = watched.elapsedSeconds >= from + wanted.rollbackSeconds;
  return { state: over ? "undecided" : "waiting", for: "rollback" };
}
