import { list, number, ofType, record, text } from "../../plan/plan-reader.ts";
import { alarmTiming, rollbackAlarms } from "../../plan/rollout/inputs.ts";
import type { Plan, PlannedResource } from "../../plan/types.ts";
import { compile, MetricMathError, type Formula, type Lookup } from "./metric-math.ts";

/** A metric of the load balancer in one period. */
export interface MetricQuery {
  metric: string;
  stat: string;
  /** Target group by its logical name; absent for the whole load balancer. */
  group?: string;
}

/** Datapoint of a metric in the period with this number, counted from the start; undefined where nothing was reported. */
export type Datapoints = (query: MetricQuery, period: number) => number | undefined;

/** A rollback alarm of the stack, ready to be evaluated. */
export interface RehearsedAlarm {
  /** Logical name in the program. */
  name: string;
  periodSeconds: number;
  threshold: number;
  metrics: readonly MetricQuery[];
  /** Value that decides in one period. */
  value: (datapoints: Datapoints, period: number) => number | undefined;
  /** Whether the alarm is in ALARM after the period with this number. */
  fires: (datapoints: Datapoints, lastPeriod: number) => boolean;
}

/** Metrics that the local load balancer has. */
const METRICS: Readonly<Record<string, readonly string[]>> = {
  RequestCount: ["Sum"],
  HTTPCode_Target_5XX_Count: ["Sum"],
  HTTPCode_ELB_5XX_Count: ["Sum"],
  TargetResponseTime: ["Average", "p50", "p90", "p95", "p99", "Maximum"],
  UnHealthyHostCount: ["Maximum"],
};

const COMPARISONS: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/**
 * The alarms that roll back this plan's service, as their own inputs say. What the local load balancer cannot measure
 * is left out and named in `leftOut`, a sentence each.
 */
export function rehearsedAlarms(plan: Plan): { alarms: RehearsedAlarm[]; leftOut: string[] } {
  const [service] = ofType(plan, "aws:ecs/service:Service");
  const alarms: RehearsedAlarm[] = [];
  const leftOut: string[] = [];
  for (const resource of service === undefined ? [] : rollbackAlarms(plan, service))
    try {
      alarms.push(rehearsedAlarm(plan, resource));
    } catch (error) {
      if (!(error instanceof MetricMathError)) throw error;
      leftOut.push(`${resource.name} is not rehearsed: ${error.message}`);
    }
  return { alarms, leftOut };
}

function rehearsedAlarm(plan: Plan, resource: PlannedResource): RehearsedAlarm {
  const { inputs } = resource;
  const { name, periodSeconds, evaluationPeriods, datapointsToAlarm } = alarmTiming(resource);
  const metrics = new Map<string, MetricQuery>();
  const formulas = new Map<string, Formula>();
  let result = "";
  for (const query of list(inputs["metricQueries"]).map(record)) {
    const id = text(query["id"]) ?? "";
    const expression = text(query["expression"]);
    if (expression === undefined) metrics.set(id, metricQuery(plan, record(query["metric"])));
    else formulas.set(id, compile(expression));
    if (query["returnData"] === true) result = id;
  }
  const comparison = text(inputs["comparisonOperator"]) ?? "";
  const compare = COMPARISONS[comparison];
  if (compare === undefined)
    throw new MetricMathError(`its comparison is ${JSON.stringify(comparison)}.`);
  const threshold = number(inputs["threshold"]) ?? 0;
  const breachingWhenMissing = inputs["treatMissingData"] === "breaching";

  const value: RehearsedAlarm["value"] = (datapoints, period) => {
    const lookup: Lookup = (id) => {
      const metric = metrics.get(id);
      return metric === undefined ? formulas.get(id)?.(lookup) : datapoints(metric, period);
    };
    return lookup(result);
  };
  return {
    name,
    periodSeconds,
    threshold,
    metrics: [...metrics.values()],
    value,
    fires: (datapoints, lastPeriod) => {
      let bad = 0;
      const first = Math.max(0, lastPeriod - evaluationPeriods + 1);
      for (let period = first; period <= lastPeriod; period += 1) {
        const datapoint = value(datapoints, period);
        if (datapoint === undefined ? breachingWhenMissing : compare(datapoint, threshold))
          bad += 1;
      }
      return bad >= datapointsToAlarm;
    },
  };
}

function metricQuery(plan: Plan, metric: ReturnType<typeof record>): MetricQuery {
  const name = text(metric["metricName"]) ?? "";
  const stat = text(metric["stat"]) ?? "";
  if (METRICS[name]?.includes(stat) !== true)
    throw new MetricMathError(`this machine does not measure ${stat} of ${name}.`);
  const suffix = text(record(metric["dimensions"])["TargetGroup"]);
  if (suffix === undefined) return { metric: name, stat };
  const group = ofType(plan, "aws:lb/targetGroup:TargetGroup").find(
    ({ outputs }) =>
      outputs["arnSuffix"] === suffix || text(outputs["arn"])?.endsWith(suffix) === true,
  );
  if (group === undefined)
    throw new MetricMathError(`its target group ${suffix} is not in the plan.`);
  return { metric: name, stat, group: group.name };
}
