import { rolloutStep, type TaskSummary } from "../../local/rollout-step.ts";

export interface RollingLimits {
  desiredCount: number;
  minimumHealthyPercent: number;
  maximumPercent: number;
}

/** Tasks at one moment of a deployment. */
export interface Moment {
  /** Seconds since the deployment began. */
  at: number;
  /** Tasks of the old version that take requests. */
  old: number;
  /** Tasks of the new version that take requests. */
  fresh: number;
  starting: number;
  stopping: number;
  /** All tasks that run, starting and stopping ones included. */
  tasks: number;
}

interface Task extends TaskSummary {
  /** When its condition changes; Infinity when it stays as it is. */
  until: number;
}

/**
 * Plays a rolling deployment through with the same scheduler that the local run has: batches come from the minimum and
 * maximum percent. Ends with the moment at which the last old task is gone. Undefined when these two leave no room for
 * a single step, so that the deployment never ends.
 *
 * @param startSeconds from the request for a task until it is healthy
 * @param stopSeconds from its deregistration until its end
 */
export function rollingMoments(
  limits: RollingLimits,
  startSeconds: number,
  stopSeconds: number,
): Moment[] | undefined {
  let tasks: Task[] = Array.from({ length: limits.desiredCount }, (_, index) => {
    return { id: index + 1, current: false, condition: "healthy", until: Infinity };
  });
  let lastId = tasks.length;
  const moments: Moment[] = [];
  for (let at = 0; ;) {
    // What stops makes room for what starts, so the scheduler is asked until it has no more to do.
    for (let busy = true; busy;) {
      const { start, stop } = rolloutStep(limits, tasks);
      busy = start > 0 || stop.length > 0;
      for (const task of tasks)
        if (stop.includes(task.id))
          Object.assign(task, { condition: "stopping", until: at + stopSeconds });
      for (let n = 0; n < start; n += 1) {
        lastId += 1;
        tasks.push({ id: lastId, current: true, condition: "starting", until: at + startSeconds });
      }
    }
    const are = (condition: Task["condition"]): Task[] =>
      tasks.filter((task) => task.condition === condition);
    const fresh = are("healthy").filter(({ current }) => current).length;
    moments.push({
      at,
      old: are("healthy").length - fresh,
      fresh,
      starting: are("starting").length,
      stopping: are("stopping").length,
      tasks: tasks.length,
    });
    const next = Math.min(...tasks.map(({ until }) => until));
    if (next === Infinity) return tasks.every(({ current }) => current) ? moments : undefined;
    at = next;
    for (const task of tasks)
      if (task.condition === "starting" && task.until <= at)
        Object.assign(task, { condition: "healthy", until: Infinity });
    tasks = tasks.filter(({ until }) => until > at);
  }
}

/** Task-seconds above the desired count, from the first moment to the last. */
export function extraTaskSeconds(moments: readonly Moment[], desiredCount: number): number {
  return moments.reduce((sum, { at, tasks }, index) => {
    const end = moments[index + 1]?.at ?? at;
    return sum + Math.max(0, tasks - desiredCount) * (end - at);
  }, 0);
}
