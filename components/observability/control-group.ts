/** A canary against the version that serves beside it. Pure, like alarms.ts. */
import { filled, SETTING_ALARMS, type AlarmSpec, type Limits } from "./alarms.ts";

/** Above it, the canary's share of the requests does not tell it from the old version's. */
const LARGEST_PERCENT = 40;

/** A canary may fail this part of the limit more often than the old version. */
const ERRORS_PART = 5;

/** It may take twice as long, and answers within this part of the limit are fast enough anyway. */
const LATENCY_PART = 5;

/**
 * Alarms on the difference between a canary and the old version, which has the same callers at the same time: what ails both,
 * such as a slow table, raises none, and what is new shows below the limits that hold for all.
 *
 * Which target group is the new version's changes from one deployment to the next, and reports differ on when
 * (hashicorp/terraform-provider-aws#45678, go-to-k/cdk-real-drift#1730), so no alarm names it: the canary is the group with
 * fewer requests. What was answered well is counted, so that a request without any answer is missing there. While one group has them all, there is nothing to compare, and the alarms are quiet.
 *
 * @returns none where the canary is too large to be told by that
 */
export const controlAlarms = (limits: Limits, canaryPercent: number): readonly AlarmSpec[] =>
  canaryPercent > LARGEST_PERCENT
    ? []
    : filled(SETTING_ALARMS.control, {
        points: limits.maxErrorPercent / ERRORS_PART,
        fastEnoughSeconds: limits.maxLatencyMilliseconds / LATENCY_PART / 1000,
      });
