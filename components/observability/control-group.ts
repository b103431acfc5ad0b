/** A canary against the version that serves beside it. Pure, like alarms.ts. */
import {
  above,
  ELB,
  ENOUGH_FOR_P90,
  FEWEST_FAILED,
  QUIET,
  ticket,
  type AlarmSpec,
  type Limits,
  type Queries,
} from "./alarms.ts";

/** Above it, the canary's share of the requests does not tell it from the old version's. */
const LARGEST_PERCENT = 40;

/** A canary may fail this part of the limit more often than the old version. */
const ERRORS_PART = 5;

/** It may take so many times as long, and answers within this part of the limit are fast enough anyway. */
const SLOWER = 2;
const LATENCY_PART = 5;

const COLORS = ["blue", "green"] as const;

/** The same metric of both target groups: `blue_requests` and `green_requests`. */
const both = (id: string, metric: string, stat: string): Queries =>
  Object.fromEntries(COLORS.map((color, of) => [`${color}_${id}`, [ELB, metric, stat, of]]));

/** An expression over those of each. */
const each = (id: string, expression: (color: string) => string): Queries =>
  Object.fromEntries(COLORS.map((color) => [`${color}_${id}`, expression(color)]));

/** Of two series of both groups, that of the group with fewer requests, or of the other one. */
const FEWER = "blue_requests < green_requests";
const canary = (id: string): string => `IF(${FEWER}, blue_${id}, green_${id})`;
const control = (id: string): string => `IF(${FEWER}, green_${id}, blue_${id})`;

/**
 * Alarms on the difference between a canary and the old version, which has the same callers at the same time: what ails both,
 * such as a slow table, raises none, and what is new shows below the limits that hold for all.
 *
 * Which target group is the new version's changes from one deployment to the next, and reports differ on when
 * (hashicorp/terraform-provider-aws#45678, go-to-k/cdk-real-drift#1730), so no alarm names it: the canary is the group with
 * fewer requests. While one group has them all, there is nothing to compare, and the alarms are quiet.
 *
 * @returns none where the canary is too large to be told by that
 */
export function controlAlarms(limits: Limits, canaryPercent: number): AlarmSpec[] {
  if (canaryPercent > LARGEST_PERCENT) return [];
  const { maxErrorPercent, maxLatencyMilliseconds } = limits;
  const points = maxErrorPercent / ERRORS_PART;
  return [
    {
      ...ticket("control-errors", above(points, [2, 3], QUIET)),
      description: `The canary fails ${points} of 100 requests more than the old version: 5xx, or no answer. Look at the error log of the new tasks.`,
      queries: {
        ...both("requests", "RequestCount", "Sum"),
        // What was answered well is counted, so that a request without any answer is missing there.
        ...both("2xx", "HTTPCode_Target_2XX_Count", "Sum"),
        ...both("3xx", "HTTPCode_Target_3XX_Count", "Sum"),
        ...both("4xx", "HTTPCode_Target_4XX_Count", "Sum"),
        ...each(
          "failed",
          (its) =>
            `${its}_requests - FILL(${its}_2xx, 0) - FILL(${its}_3xx, 0) - FILL(${its}_4xx, 0)`,
        ),
        ...each("share", (its) => `100 * ${its}_failed / ${its}_requests`),
        difference: `IF(${canary("failed")} >= ${FEWEST_FAILED}, ${canary("share")} - ${control("share")}, 0)`,
      },
    },
    {
      ...ticket("control-latency", above(SLOWER, [3, 3], QUIET)),
      description: `One request in ten to the canary takes more than ${SLOWER} times as long as to the old version. Look at slow requests in the log of the new tasks.`,
      queries: {
        ...both("requests", "RequestCount", "Sum"),
        ...both("p90", "TargetResponseTime", "p90"),
        slow: `${canary("p90")} >= ${maxLatencyMilliseconds / LATENCY_PART / 1000}`,
        times: `IF(${canary("requests")} >= ${ENOUGH_FOR_P90}, IF(slow, ${canary("p90")} / ${control("p90")}, 0), 0)`,
      },
    },
  ];
}
