import { rolloutStep, type TaskSummary } from "../../ecs/rollout-step.ts";
import type { Pace } from "./assumptions.ts";
import type { RolloutInputs } from "./inputs.ts";

/** One part of a deployment. Times are seconds since it began. */
export interface Stage {
  /** What goes on, in words. */
  name: string;
  from: number;
  to: number;
  /** Share of the requests that the new version gets, in percent. */
  percent: number;
  /** Tasks that take requests, and all tasks that run. */
  serving: number;
  tasks: number;
}

/** A whole deployment of a good version. */
export interface Timeline {
  /** Infinity when minimum and maximum percent leave no room for a step. */
  seconds: number;
  stages: Stage[];
  /** Task-seconds above the desired count. */
  extraTaskSeconds: number;
}

/** From the request for a task until it takes requests: a new target needs one passed check, whatever its threshold. */
export function startSeconds(inputs: RolloutInputs, pace: Pace): number {
  return pace.taskStart + pace.appStart + pace.firstCheck * inputs.check.intervalSeconds;
}

/**
 * From deregistration until the end of a task. ECS waits for the whole deregistration delay, because the target drains
 * for so long, then the app serves on for its drain delay. An app of which no drain delay is known may take all of its
 * stop timeout.
 */
export function stopSeconds(inputs: RolloutInputs, pace: Pace): number {
  const { deregistrationDelaySeconds, drainDelaySeconds, stopTimeoutSeconds } = inputs;
  const exit = drainDelaySeconds === undefined ? stopTimeoutSeconds : drainDelaySeconds + pace.exit;
  return deregistrationDelaySeconds + Math.min(stopTimeoutSeconds, exit);
}

export function timeline(inputs: RolloutInputs, pace: Pace): Timeline {
  return inputs.strategy === "rolling"
    ? rollingTimeline(inputs, pace)
    : shiftingTimeline(inputs, pace);
}

function rollingTimeline(inputs: RolloutInputs, pace: Pace): Timeline {
  const moments = rollingMoments(inputs, startSeconds(inputs, pace), stopSeconds(inputs, pace));
  if (moments === undefined) return { seconds: Infinity, stages: [], extraTaskSeconds: 0 };
  const stages = moments.slice(0, -1).map((moment, index): Stage => {
    const { at, old, fresh, starting, stopping, tasks } = moment;
    return {
      name: [
        ...(starting > 0 ? [`start ${starting} new`] : []),
        ...(stopping > 0 ? [`drain ${stopping} old`] : []),
      ].join(", "),
      from: at,
      to: moments[index + 1]?.at ?? at,
      percent: old + fresh === 0 ? 0 : (100 * fresh) / (old + fresh),
      serving: old + fresh,
      tasks,
    };
  });
  return {
    seconds: moments.at(-1)?.at ?? 0,
    stages,
    extraTaskSeconds: extraTaskSeconds(moments, inputs.desiredCount),
  };
}

/** A share of the traffic and how long it is watched, in seconds. */
export interface Shift {
  percent: number;
  seconds: number;
  name: string;
}

/**
 * How a strategy moves the traffic, up to and including 100 %. A linear deployment does not bake after the step that
 * reaches 100 % (AWS, Amazon ECS API Reference, LinearConfiguration); what follows there is the bake time of all.
 */
export function shifts(inputs: RolloutInputs): Shift[] {
  const bake = { percent: 100, seconds: inputs.bakeSeconds, name: "bake at 100 %" };
  switch (inputs.strategy) {
    case "rolling":
      return [];
    case "blue-green":
      return [bake];
    case "canary":
      return [
        {
          percent: inputs.canaryPercent,
          seconds: inputs.canaryBakeSeconds,
          name: `canary ${inputs.canaryPercent} %`,
        },
        bake,
      ];
    case "linear": {
      const steps = Math.ceil(100 / inputs.stepPercent) - 1;
      return [
        ...Array.from({ length: steps }, (_, index) => {
          const percent = (index + 1) * inputs.stepPercent;
          return { percent, seconds: inputs.stepBakeSeconds, name: `step ${percent} %` };
        }),
        bake,
      ];
    }
  }
}

function shiftingTimeline(inputs: RolloutInputs, pace: Pace): Timeline {
  const { desiredCount: desired } = inputs;
  const stages: Stage[] = [];
  let at = 0;
  const add = (name: string, seconds: number, percent: number, serving: number): void => {
    stages.push({ name, from: at, to: at + seconds, percent, serving, tasks: 2 * desired });
    at += seconds;
  };
  add(`start ${desired} new`, startSeconds(inputs, pace), 0, desired);
  for (const { name, seconds, percent } of shifts(inputs)) add(name, seconds, percent, 2 * desired);
  add(`drain ${desired} old`, stopSeconds(inputs, pace), 100, desired);
  return { seconds: at, stages, extraTaskSeconds: desired * at };
}

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
