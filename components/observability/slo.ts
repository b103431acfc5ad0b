/** How fast the error budget of a month burns. Pure, like alarms.ts. */
import { filled, SETTING_ALARMS, type AlarmSpec } from "./alarms.ts";

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

/** Long and short windows by turns, which reach nobody by themselves. @param objective - percent of the requests that have to succeed */
export const burnAlarms = (objective: number): AlarmSpec[] =>
  BURNS.flatMap(({ name: rateName, rate, seconds }) =>
    Object.entries(seconds).map(([window, periodSeconds]) => {
      const percent = Number((rate * (100 - objective)).toPrecision(6));
      const minutes = periodSeconds / 60;
      const values = { objective, rateName, rate, window, periodSeconds, minutes, percent };
      return filled(SETTING_ALARMS.burn, values);
    }),
  );

/** Both windows of a rate, or slow answers. @param burns - long and short by turns */
export function harmRule(burns: readonly string[], latencies: readonly string[]): string {
  const inAlarm = (alarm: string): string => `ALARM("${alarm}")`;
  const pairs = burns.flatMap((long, index) =>
    index % 2 === 0 ? [`(${inAlarm(long)} AND ${inAlarm(burns[index + 1] ?? long)})`] : [],
  );
  return [...pairs, ...latencies.map(inAlarm)].join(" OR ");
}
