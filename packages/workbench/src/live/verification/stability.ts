import { deploymentOfPrimary, primaryRollout, type Observation } from "./observation.ts";

/** What earlier observations leave behind for the judgement of the next one. */
export interface Memory {
  /** Ids of the tasks that are known to have failed. */
  failed: ReadonlySet<string>;
  /** Those of them that failed after ECS had called the deployment successful. */
  crashed: ReadonlySet<string>;
  /** Whether ECS called it successful. */
  finished: boolean;
  /** Whether any observation was short of tasks or of healthy targets. */
  everShort: boolean;
  /** Seconds of the first of all those observations in a row, up to the last, that had everything and no new failure. */
  fullSince?: number;
}

/** Adds an observation to what is remembered. */
export function remember(
  memory: Memory | undefined,
  observation: Observation,
  taskDefinition: string,
  elapsedSeconds: number,
): Memory {
  const failed = new Set([...(memory?.failed ?? []), ...observation.failures.map(({ id }) => id)]);
  const isNew = memory !== undefined && failed.size > memory.failed.size;
  const full = !isNew && isFull(observation, taskDefinition);
  return {
    failed,
    crashed: new Set([...(memory?.crashed ?? []), ...crashes(memory, observation)]),
    finished: isFinished(observation),
    everShort: (memory?.everShort ?? false) || !full,
    ...(full ? { fullSince: memory?.fullSince ?? elapsedSeconds } : {}),
  };
}

/** Whether the revision has as many running tasks and as many healthy targets as the service is to have. */
export function isFull(observation: Observation, taskDefinition: string): boolean {
  const { desired, healthyTargets } = observation;
  const primary = primaryRollout(observation);
  return (
    primary?.taskDefinition === taskDefinition &&
    primary.running >= desired &&
    observation.healthError === undefined &&
    (healthyTargets === undefined || healthyTargets >= desired)
  );
}

/** Whether ECS says that the deployment of what is primary is done. */
export function isFinished(observation: Observation): boolean {
  const state = primaryRollout(observation)?.state;
  const deployment = deploymentOfPrimary(observation);
  if (deployment !== undefined)
    return deployment.status === "SUCCESSFUL" && (state === undefined || state === "COMPLETED");
  return state === undefined
    ? observation.rollouts.length === 1 && observation.running >= observation.desired
    : state === "COMPLETED";
}

/** When ECS finished what is primary, in milliseconds since 1970. */
export function finishedAt(observation: Observation): number | undefined {
  const deployment = deploymentOfPrimary(observation);
  return deployment === undefined ? primaryRollout(observation)?.updatedAt : deployment.finishedAt;
}

/** ECS says when a service deployment ended. Where it has none on record, a failure is a crash when it shows up later. */
function crashes(memory: Memory | undefined, observation: Observation): string[] {
  const ended = deploymentOfPrimary(observation)?.finishedAt;
  return observation.failures
    .filter(({ id, stoppedAt }) =>
      ended === undefined
        ? memory?.finished === true && !memory.failed.has(id)
        : isFinished(observation) && stoppedAt >= ended,
    )
    .map(({ id }) => id);
}
