import { failureThreshold } from "../../ecs/restart-policy.ts";
import { WORST } from "./assumptions.ts";
import { timeline, shifts, startSeconds, type Timeline } from "./timeline.ts";
import type { RolloutInputs } from "./inputs.ts";
import type { RollbackAlarm } from "./rollback-alarms.ts";

/** How fast the faults of a new version are noticed, in seconds, and how far they get. All worst case. */
export interface Detection {
  /** Tasks that crash at their start: until the deployment is given up. */
  crashSeconds: number;
  /** Tasks that start but never pass a health check. */
  neverHealthySeconds: number;
  /** One task that fails while it serves: until it gets no more requests. */
  unhealthySeconds: number;
  /** Failed tasks that end the deployment, and who counts them. */
  failedTasks: number;
  countedBy: "circuit breaker" | "verification";
  /** Wrong or slow answers: the first and the last alarm to fire. Absent without alarms. */
  alarms?: { firstSeconds: number; lastSeconds: number };
  /** Largest share of the requests that a version with wrong answers gets until the last alarm, in percent. */
  reachPercent: number;
  /** Requests that such a version gets in all until it is rolled back, as seconds of the whole traffic. */
  exposedSeconds: number;
}

/** The verification of `pulumi up` asks ECS so often once a deployment has run for a while. */
const VERIFICATION_POLL_SECONDS = 15;

/**
 * Bad answers may begin in mid-period, so the first full bad period is the next one. Requests that nobody answers show only
 * once the load balancer has waited for its idle timeout.
 */
export function alarmSeconds(
  alarm: RollbackAlarm,
  { idleTimeoutSeconds }: Pick<RolloutInputs, "idleTimeoutSeconds">,
): number {
  const wait = alarm.countsUnanswered === true ? idleTimeoutSeconds : 0;
  return wait + (alarm.datapointsToAlarm + 1) * alarm.periodSeconds;
}

/** Alarms that cannot fire below so many requests a minute; Infinity where no traffic is enough. */
export interface Floor {
  requests: number;
  alarms: string[];
}

/** The floors of the alarms while a new version has its first share of the traffic, or all of it; the highest first. */
export function floors({ alarms }: Pick<RolloutInputs, "alarms">, stage: "first" | "all"): Floor[] {
  const found = new Map<number, string[]>();
  for (const { name, leastTraffic: { first, all } = {} } of alarms) {
    // A comparison with the old version ends with its share; another alarm that takes all of the traffic is no help before.
    const least = stage === "all" ? all : (first ?? (all === undefined ? undefined : Infinity));
    if (least !== undefined && least > 1) found.set(least, [...(found.get(least) ?? []), name]);
  }
  return [...found]
    .sort(([a], [b]) => b - a)
    .map(([requests, names]) => ({ requests, alarms: names }));
}

/**
 * ECS watches the alarms of a rolling deployment on after its last old task is gone, for a time that it derives from
 * them and does not publish: taken as the longest window and one period more.
 */
export function rollingAlarmBakeSeconds({ alarms }: Pick<RolloutInputs, "alarms">): number {
  return Math.max(
    0,
    ...alarms.map(
      ({ evaluationPeriods, periodSeconds }) => (evaluationPeriods + 1) * periodSeconds,
    ),
  );
}

/** @throws never; a strategy without alarms has no `alarms` and reaches all requests. */
export function detection(inputs: RolloutInputs): Detection {
  const { strategy, check, desiredCount, maximumPercent } = inputs;
  const rolling = strategy === "rolling";
  const failedTasks = failureThreshold(desiredCount);
  const room = Math.floor((desiredCount * maximumPercent) / 100) - desiredCount;
  // Tasks start side by side, as many as there is room for, and are replaced as they fail.
  const parallel = Math.max(1, rolling ? Math.min(desiredCount, room) : desiredCount);
  const rounds = Math.ceil(failedTasks / parallel);
  const poll = rolling ? 0 : VERIFICATION_POLL_SECONDS;
  const unhealthySeconds = check.intervalSeconds * check.unhealthyThreshold;
  const failing = Math.max(inputs.healthCheckGraceSeconds, WORST.appStart + unhealthySeconds);
  const times = inputs.alarms.map((alarm) => alarmSeconds(alarm, inputs));
  const last = Math.max(...times);
  return {
    crashSeconds: rounds * (WORST.taskStart + WORST.appStart) + poll,
    neverHealthySeconds: rounds * (WORST.taskStart + failing) + poll,
    unhealthySeconds,
    failedTasks,
    countedBy: rolling ? "circuit breaker" : "verification",
    ...(times.length === 0
      ? { reachPercent: 100, exposedSeconds: Infinity }
      : {
          alarms: { firstSeconds: Math.min(...times), lastSeconds: last },
          ...exposure(inputs, timeline(inputs, WORST), last),
        }),
  };
}

/** What a version with wrong answers gets between its first request and the end of its rollback. */
function exposure(
  inputs: RolloutInputs,
  whole: Timeline,
  noticedSeconds: number,
): { reachPercent: number; exposedSeconds: number } {
  const spans =
    inputs.strategy === "rolling"
      ? whole.stages.map(({ from, to, percent }) => ({ seconds: to - from, percent }))
      : shifts(inputs);
  let left = noticedSeconds;
  let reachPercent = 0;
  let exposedSeconds = 0;
  for (const { seconds, percent } of spans.filter((span) => span.percent > 0)) {
    if (left <= 0) break;
    const spent = Math.min(left, seconds);
    left -= spent;
    if (spent > 0) reachPercent = Math.max(reachPercent, percent);
    exposedSeconds += (spent * percent) / 100;
  }
  // Going back from a rolling deployment starts tasks of the old version again; shifting the traffic back takes no time.
  const back = inputs.strategy === "rolling" ? startSeconds(inputs, WORST) : 0;
  if (back + left > 0) reachPercent = 100;
  exposedSeconds += left + back;
  return { reachPercent, exposedSeconds };
}
