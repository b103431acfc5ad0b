/** How fast the error budget of a month burns. Pure, like alarms.ts. */
import { above, ELB, FEWEST_FAILED, QUIET, type AlarmSpec, type Queries } from "./alarms.ts";

/**
 * A budget for 30 days that burns `rate` times as fast as it may: 14.4 spend 2 % of it in an hour, 6 spend 5 % in six. The short
 * window, a twelfth of the long one, lets the alarm end when the harm does. Source: The Site Reliability Workbook, chapter 5,
 * "6: Multiwindow, Multi-Burn-Rate Alerts", https://sre.google/workbook/alerting-on-slos/.
 *
 * The metrics of one alarm have one period, so each window is an alarm of one period, and a composite alarm joins them. CloudWatch
 * looks back a day at most where a period is below an hour, and seven days otherwise; the window slides with each evaluation.
 * Source: Amazon CloudWatch API Reference, PutMetricAlarm, Period and EvaluationWindow.
 */
const BURNS = [
  { name: "fast", rate: 14.4, seconds: { long: 3600, short: 300 } },
  { name: "slow", rate: 6, seconds: { long: 21_600, short: 1800 } },
] as const;

/** Requests that failed, as callers see it, and all of them: of every service behind the load balancer together. */
export const AVAILABILITY: Queries = {
  answered5xx: [ELB, "HTTPCode_Target_5XX_Count", "Sum"],
  balancer5xx: [ELB, "HTTPCode_ELB_5XX_Count", "Sum"],
  requests: [ELB, "RequestCount", "Sum"],
  // A request for which no target could be chosen is not among the requests.
  untaken: [ELB, "HTTPCode_ELB_503_Count", "Sum"],
  failed: "FILL(answered5xx, 0) + FILL(balancer5xx, 0)",
  all: "FILL(requests, 0) + FILL(untaken, 0)",
};

/** Long and short windows by turns, which reach nobody by themselves. @param objective - percent of the requests that have to succeed */
export function burnAlarms(objective: number): AlarmSpec[] {
  return BURNS.flatMap(({ name, rate, seconds }) =>
    Object.entries(seconds).map(([window, period]): AlarmSpec => {
      const percent = Number((rate * (100 - objective)).toPrecision(6));
      return {
        ...{ name: `burn-${name}-${window}`, severity: "part" },
        ...above(percent, [1, 1], QUIET, period),
        runbook: "harm",
        description: `In ${period / 60} minutes more than ${percent} % of the requests failed, and ${FEWEST_FAILED} or more: the error budget of ${objective} % burns ${rate} times as fast as it may. Look at the alarm harm.`,
        queries: {
          ...AVAILABILITY,
          // Of a request a minute, one that fails is no outage.
          share: `IF(failed >= ${FEWEST_FAILED}, 100 * failed / all, 0)`,
        },
      };
    }),
  );
}

/** Both windows of a rate, or slow answers. @param burns - long and short by turns */
export function harmRule(burns: readonly string[], latencies: readonly string[]): string {
  const inAlarm = (alarm: string): string => `ALARM("${alarm}")`;
  const pairs = burns.flatMap((long, index) =>
    index % 2 === 0 ? [`(${inAlarm(long)} AND ${inAlarm(burns[index + 1] ?? long)})`] : [],
  );
  return [...pairs, ...latencies.map(inAlarm)].join(" OR ");
}
