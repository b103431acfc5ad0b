import { list, ofType, pairs, record, scalar, text, type Values } from "../../plan/plan-reader.ts";
import type { Json, PlannedResource } from "../../plan/types.ts";
import { dashboardMetrics, widgetsOf } from "../dashboard/body.ts";
import { awakeShare } from "./awake.ts";
import type { Charge, Setting } from "./billing.ts";
import { tasksUnder } from "./tasks.ts";

/**
 * Metrics of Container Insights for a cluster, a service and its family of tasks on Fargate, and with enhanced observability for each task of one
 * container. Source: AWS, "Amazon ECS Container Insights metrics", Amazon CloudWatch User Guide, by dimension; those of a task are assumed.
 */
const OF_CLUSTER = 13;
const OF_SERVICE = 26;
const OF_TASK = 26;

/** Values of a dimension that a dashboard searches for, such as features. Assumed. */
const FOUND = 10;

/** Namespaces that AWS bills elsewhere, or not at all. */
const OF_AWS = /^(?:AWS|ECS)\//;

/** Billed for the hours in which tasks run. The log that it writes with them is not reckoned. */
export function insights(
  { inputs, outputs }: PlannedResource,
  { plan, load, asleep }: Setting,
): Charge[] {
  const { containerInsights = "disabled" } = pairs(inputs["settings"]);
  if (containerInsights === "disabled") return [];
  const services = ofType(plan, "aws:ecs/service:Service").filter(
    (service) => service.inputs["cluster"] === outputs["arn"],
  );
  const enhanced = containerInsights === "enhanced";
  const ofTasks = (service: PlannedResource): number =>
    enhanced ? OF_TASK * tasksUnder(plan, service, load) : 0;
  const units = services.reduce((sum, one) => sum + OF_SERVICE + ofTasks(one), OF_CLUSTER);
  const id = enhanced ? "insights-metric" : "custom-metric";
  return [{ id, units: units * awakeShare(services, plan, asleep) }];
}

/**
 * Custom metrics that are billed, by the resource that is the first to read them: what an alarm or a dashboard reads in a namespace that
 * is not AWS's, the tasks emit while they run. Those of log filters are left out, which are billed by themselves.
 */
export function customMetrics({
  plan,
  load,
  asleep,
}: Omit<Setting, "customMetrics">): Map<string, number> {
  const share = awakeShare(ofType(plan, "aws:ecs/service:Service"), plan, asleep);
  const known = new Set(
    ofType(plan, "aws:cloudwatch/logMetricFilter:LogMetricFilter").map(({ inputs }) => {
      const { namespace, name } = record(inputs["metricTransformation"]);
      return [namespace, name].map(scalar).join(" ");
    }),
  );
  return new Map(
    plan.resources.map((resource) => {
      const rows = rowsOf(resource);
      const before = known.size;
      for (const name of rows.flatMap(ownName)) known.add(name);
      const found = load.requests > 0 ? FOUND * rows.filter(isSearch).length : 0;
      return [resource.urn, (known.size - before + found) * share];
    }),
  );
}

/** Metrics that an alarm reads: its own, or those of its queries. */
export const alarmMetrics = (inputs: Values): Values[] =>
  [inputs, ...list(inputs["metricQueries"]).map((one) => record(record(one)["metric"]))].filter(
    (metric) => "metricName" in metric,
  );

/** What an alarm or a dashboard reads, as a dashboard writes it: namespace, name, dimensions by turns, options. */
const rowsOf = (resource: PlannedResource): Json[][] =>
  resource.type === "aws:cloudwatch/metricAlarm:MetricAlarm"
    ? alarmMetrics(resource.inputs).map(({ namespace = "", metricName = "", dimensions }) => [
        ...[namespace, metricName],
        ...Object.entries(record(dimensions)).flat(),
      ])
    : widgetsOf(resource).flatMap(({ properties }) => dashboardMetrics(record(properties)));

/** Namespace, name and dimensions of a metric that is not AWS's. */
function ownName(row: readonly Json[]): string[] {
  const [namespace = "", name, ...dimensions] = row.filter((part) => typeof part === "string");
  if (namespace === "" || !name || OF_AWS.test(namespace)) return [];
  return [[namespace, name, ...dimensions].join(" ")];
}

const isSearch = (row: readonly Json[]): boolean =>
  (text(record(row.at(-1))["expression"]) ?? "").includes("SEARCH(");
