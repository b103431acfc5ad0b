import { defined } from "../../lib/defined.ts";
import { leastTraffic } from "../alarms/least-traffic.ts";
import { MetricMathError } from "../alarms/metric-math.ts";
import {
  alarmTiming,
  plannedAlarm,
  type AlarmTiming,
  type PlannedAlarm,
} from "../alarms/planned-alarm.ts";
import { ofType, record, text, texts } from "../plan-reader.ts";
import type { Plan, PlannedResource } from "../types.ts";

/** An alarm that rolls a deployment back. */
export interface RollbackAlarm extends AlarmTiming {
  /**
   * Requests a minute, of all callers together, below which it cannot fire on a version that fails all of its requests:
   * while that one has its first share of them, and once it has all. Absent where no traffic makes it fire.
   */
  leastTraffic?: { first?: number; all?: number };
  /** Whether it counts requests that nobody answered: those show once the load balancer's idle timeout is over. */
  countsUnanswered?: boolean;
}

/** The alarms that roll back a service's deployments. */
export function rollbackAlarms(plan: Plan, service: PlannedResource): PlannedResource[] {
  const alarms = record(service.inputs["alarms"]);
  if (alarms["enable"] !== true || alarms["rollback"] !== true) return [];
  const names = new Set(texts(alarms["alarmNames"]));
  return ofType(plan, "aws:cloudwatch/metricAlarm:MetricAlarm").filter(({ outputs }) =>
    names.has(text(outputs["name"]) ?? text(outputs["id"]) ?? ""),
  );
}

/**
 * What a rollback alarm watches, and how much traffic it needs for that.
 *
 * @param groups - target groups of the service, by their logical names
 * @param firstPercent - share of the requests that a new version gets first
 */
export function rollbackAlarm(
  plan: Plan,
  resource: PlannedResource,
  groups: readonly string[],
  firstPercent: number,
): RollbackAlarm {
  const timing = alarmTiming(resource);
  const alarm = understood(plan, resource);
  if (alarm === undefined) return timing;
  const at = (percent: number): number | undefined => {
    const least = leastTraffic(alarm, groups, percent);
    return Number.isFinite(least) ? least : undefined;
  };
  const countsUnanswered = alarm.metrics.some(({ metric }) => UNANSWERED.has(metric));
  return {
    ...timing,
    leastTraffic: defined({ first: at(firstPercent), all: at(100) }),
    ...(countsUnanswered ? { countsUnanswered } : {}),
  };
}

/** Where an answer that did not come in time is counted, or is missing from all requests. */
const UNANSWERED = new Set([
  "HTTPCode_ELB_5XX_Count",
  "HTTPCode_ELB_504_Count",
  "HTTPCode_Target_2XX_Count",
]);

/** Undefined for an alarm that nobody here can evaluate. */
function understood(plan: Plan, resource: PlannedResource): PlannedAlarm | undefined {
  try {
    return plannedAlarm(plan, resource);
  } catch (error) {
    if (error instanceof MetricMathError) return undefined;
    throw error;
  }
}
