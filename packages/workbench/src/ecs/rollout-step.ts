/** What the ECS service scheduler would do next: pure, for one service. */

export type TaskCondition = "starting" | "healthy" | "unhealthy" | "stopping";

export interface TaskSummary {
  id: number;
  /** True when the task belongs to the deployment that is wanted now. */
  current: boolean;
  condition: TaskCondition;
}

export interface RolloutLimits {
  desiredCount: number;
  minimumHealthyPercent: number;
  maximumPercent: number;
  /** At most so many tasks of the new deployment start at a time beside old ones. Default: no limit. */
  batch?: number;
}

export interface RolloutStep {
  start: number;
  /** Ids of the tasks to stop, oldest first. */
  stop: number[];
}

/**
 * Next step towards `desiredCount` tasks of the current deployment. The bounds are those of ECS:
 * minimum rounded up, maximum rounded down
 * (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html).
 * An unhealthy task is replaced first and stopped then, if the maximum leaves room for both.
 */
export function rolloutStep(limits: RolloutLimits, tasks: readonly TaskSummary[]): RolloutStep {
  const { desiredCount } = limits;
  const lower = Math.ceil((desiredCount * limits.minimumHealthyPercent) / 100);
  const upper = Math.max(1, Math.floor((desiredCount * limits.maximumPercent) / 100));
  const running = tasks.filter((task) => task.condition !== "stopping");
  const kept = running.filter((task) => task.current && task.condition !== "unhealthy");
  const outgoing = running.filter((task) => !kept.includes(task));
  const healthy = running.filter((task) => task.condition === "healthy").length;
  const ready = kept.filter((task) => task.condition === "healthy").length;

  const missing = Math.max(0, desiredCount - kept.length);
  const room = Math.max(0, upper - running.length);
  const batch = outgoing.length > 0 ? (limits.batch ?? desiredCount) : desiredCount;
  const start = Math.min(missing, room, Math.max(0, batch - (kept.length - ready)));

  const surplus = kept.slice(desiredCount);
  const makeRoom = missing > 0 && room === 0 ? Math.min(missing, batch) : 0;
  const replaced = outgoing.length - Math.max(0, desiredCount - ready);
  const budget = Math.max(0, Math.max(replaced, makeRoom));
  // Tasks that serve nobody go first: stopping them costs no capacity.
  const order = [...outgoing].sort((a, b) => rank(a) - rank(b) || a.id - b.id);
  const stop: number[] = surplus.map((task) => task.id);
  let left = healthy;
  for (const task of order.slice(0, budget)) {
    if (task.condition === "healthy") {
      if (left - 1 < lower) continue;
      left -= 1;
    }
    stop.push(task.id);
  }
  return { start, stop };
}

function rank(task: TaskSummary): number {
  return task.condition === "healthy" ? 1 : 0;
}
