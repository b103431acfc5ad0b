import { list, number, ofType, record, text } from "../plan-reader.ts";
import type { Plan, PlannedResource } from "../types.ts";
import { compile, MetricMathError, type Formula, type Lookup } from "./metric-math.ts";

/** A metric that an alarm looks at. */
export interface MetricQuery {
  metric: string;
  stat: string;
  /** Target group by its logical name; absent for the whole load balancer, and for what has none. */
  group?: string;
}

/** Datapoint of a metric in the period with this number, counted from the start; undefined where nothing was reported. */
export type Datapoints = (query: MetricQuery, period: number) => number | undefined;

/** When an alarm is in ALARM. */
export interface AlarmTiming {
  /** Logical name in the program. */
  name: string;
  periodSeconds: number;
  /** Periods looked at, and how many of them have to be bad. */
  evaluationPeriods: number;
  datapointsToAlarm: number;
}

/** A planned alarm, ready to be evaluated over any datapoints. */
export interface PlannedAlarm extends AlarmTiming {
  threshold: number;
  metrics: readonly MetricQuery[];
  /** Value that decides in one period. */
  value: (datapoints: Datapoints, period: number) => number | undefined;
  /** Whether the period with this number is a bad one. */
  breaches: (datapoints: Datapoints, period: number) => boolean;
  /** Whether the alarm is in ALARM after the period with this number. */
  fires: (datapoints: Datapoints, lastPeriod: number) => boolean;
}

const COMPARISONS: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

export function alarmTiming({ name, inputs }: PlannedResource): AlarmTiming {
  const evaluationPeriods = number(inputs["evaluationPeriods"]) ?? 1;
  const periods = list(inputs["metricQueries"])
    .map((query) => number(record(record(query)["metric"])["period"]))
    .filter((period) => period !== undefined);
  return {
    name,
    periodSeconds: number(inputs["period"]) ?? Math.max(60, ...periods),
    evaluationPeriods,
    datapointsToAlarm: number(inputs["datapointsToAlarm"]) ?? evaluationPeriods,
  };
}

/**
 * Reads what an alarm of the plan computes, from its own inputs.
 *
 * @throws MetricMathError, one sentence, for what this evaluator does not understand
 */
export function plannedAlarm(plan: Plan, resource: PlannedResource): PlannedAlarm {
  const { inputs } = resource;
  const timing = alarmTiming(resource);
  const metrics = new Map<string, MetricQuery>();
  const formulas = new Map<string, Formula>();
  let result = "";
  for (const query of queriesOf(inputs)) {
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

  const value: PlannedAlarm["value"] = (datapoints, period) => {
    const lookup: Lookup = (id) => {
      const metric = metrics.get(id);
      if (metric === undefined) return formulas.get(id)?.(lookup);
      return isReported(metric) ? datapoints(metric, period) : undefined;
    };
    return lookup(result);
  };
  const breaches: PlannedAlarm["breaches"] = (datapoints, period) => {
    const datapoint = value(datapoints, period);
    return datapoint === undefined ? breachingWhenMissing : compare(datapoint, threshold);
  };
  return {
    ...timing,
    threshold,
    metrics: [...metrics.values()],
    value,
    breaches,
    fires: (datapoints, lastPeriod) => {
      const { evaluationPeriods, datapointsToAlarm } = timing;
      const first = Math.max(0, lastPeriod - evaluationPeriods + 1);
      let bad = 0;
      for (let period = first; period <= lastPeriod; period += 1)
        if (breaches(datapoints, period)) bad += 1;
      return bad >= datapointsToAlarm;
    },
  };
}

/** What the load balancer itself answers has no target group. Source: AWS, User Guide for Application Load Balancers. */
const isReported = ({ metric, group }: MetricQuery): boolean =>
  group === undefined || !metric.startsWith("HTTPCode_ELB_");

/** The queries of an alarm; one that watches a single metric by its own inputs has one. */
function queriesOf(inputs: PlannedResource["inputs"]): ReturnType<typeof record>[] {
  if (text(inputs["metricName"]) === undefined) return list(inputs["metricQueries"]).map(record);
  const stat = inputs["statistic"] ?? inputs["extendedStatistic"] ?? "";
  return [{ id: "metric", returnData: true, metric: { ...inputs, stat } }];
}

function metricQuery(plan: Plan, metric: ReturnType<typeof record>): MetricQuery {
  const query = { metric: text(metric["metricName"]) ?? "", stat: text(metric["stat"]) ?? "" };
  const suffix = text(record(metric["dimensions"])["TargetGroup"]);
  if (suffix === undefined) return query;
  const group = ofType(plan, "aws:lb/targetGroup:TargetGroup").find(
    ({ outputs }) =>
      outputs["arnSuffix"] === suffix || text(outputs["arn"])?.endsWith(suffix) === true,
  );
  if (group === undefined)
    throw new MetricMathError(`its target group ${suffix} is not in the plan.`);
  return { ...query, group: group.name };
}
