import { MetricMathError } from "../../plan/alarms/metric-math.ts";
import { plannedAlarm, type PlannedAlarm } from "../../plan/alarms/planned-alarm.ts";
import { rollbackAlarms } from "../../plan/rollout/rollback-alarms.ts";
import { plannedServices } from "../../plan/services.ts";
import type { Plan } from "../../plan/types.ts";

/** Metrics that the local load balancer has. */
const METRICS: Readonly<Record<string, readonly string[]>> = {
  RequestCount: ["Sum"],
  HTTPCode_Target_2XX_Count: ["Sum"],
  HTTPCode_Target_3XX_Count: ["Sum"],
  HTTPCode_Target_4XX_Count: ["Sum"],
  HTTPCode_Target_5XX_Count: ["Sum"],
  HTTPCode_ELB_5XX_Count: ["Sum"],
  HTTPCode_ELB_502_Count: ["Sum"],
  HTTPCode_ELB_503_Count: ["Sum"],
  HTTPCode_ELB_504_Count: ["Sum"],
  TargetConnectionErrorCount: ["Sum"],
  TargetResponseTime: ["Average", "p50", "p90", "p95", "p99", "Maximum"],
  UnHealthyHostCount: ["Maximum"],
};

/**
 * The alarms that roll back this plan's service, as their own inputs say. What the local load balancer cannot measure
 * is left out and named in `leftOut`, a sentence each.
 */
export function rehearsedAlarms(plan: Plan): { alarms: PlannedAlarm[]; leftOut: string[] } {
  const service = plannedServices(plan)[0]?.resource;
  const alarms: PlannedAlarm[] = [];
  const leftOut: string[] = [];
  for (const resource of service === undefined ? [] : rollbackAlarms(plan, service))
    try {
      const alarm = plannedAlarm(plan, resource);
      for (const { metric, stat } of alarm.metrics)
        if (METRICS[metric]?.includes(stat) !== true)
          throw new MetricMathError(`this machine does not measure ${stat} of ${metric}.`);
      alarms.push(alarm);
    } catch (error) {
      if (!(error instanceof MetricMathError)) throw error;
      leftOut.push(`${resource.name} is not rehearsed: ${error.message}`);
    }
  return { alarms, leftOut };
}
