import { list, ofType, pairs, record, scalar, text } from "../../plan/plan-reader.ts";
import type { Plan, PlannedResource } from "../../plan/types.ts";
import { dashboardMetrics, widgetsOf } from "../dashboard/body.ts";
import { awakeShare } from "./awake.ts";
import type { Charge, Setting } from "./billing.ts";
import type { Load } from "./load.ts";
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
  const of = services.map(
    (service) => OF_SERVICE + (enhanced ? OF_TASK * tasksUnder(plan, service, load) : 0),
  );
  const units = of.reduce((sum, metrics) => sum + metrics, OF_CLUSTER);
  return [
    {
      id: enhanced ? "insights-metric" : "custom-metric",
      units: units * awakeShare(services, plan, asleep),
    },
  ];
}

/**
 * Custom metrics by the resource that is the first to read them: what an alarm or a dashboard reads in a namespace that is not AWS's,
 * somebody emits. Those of log filters are left out, which are billed by themselves.
 */
export function customMetrics(plan: Plan, load: Load): Map<string, number> {
  const known = new Set(
    ofType(plan, "aws:cloudwatch/logMetricFilter:LogMetricFilter").map(({ inputs }) => {
      const { namespace, name } = record(inputs["metricTransformation"]);
      return [namespace, name].map(scalar).join(" ");
    }),
  );
  return new Map(
    plan.resources.map((resource) => {
      const before = known.size;
      for (const name of namesIn(resource)) known.add(name);
      const searched = load.requests > 0 ? FOUND * searches(resource) : 0;
      return [resource.urn, known.size - before + searched];
    }),
  );
}

/** Namespace, name and dimensions of what a resource reads, but for AWS's own. */
function namesIn(resource: PlannedResource): string[] {
  const { inputs } = resource;
  const ofAlarm = [
    inputs,
    ...list(inputs["metricQueries"]).map((one) => record(record(one)["metric"])),
  ];
  const metrics =
    resource.type === "aws:cloudwatch/metricAlarm:MetricAlarm"
      ? ofAlarm.map(({ namespace, metricName, dimensions }) =>
          [namespace, metricName, ...Object.entries(record(dimensions)).flat()].map(scalar),
        )
      : shown(resource).map((metric) => metric.filter((part) => typeof part === "string"));
  return metrics
    .filter(([namespace = "", name]) => namespace !== "" && name && !OF_AWS.test(namespace))
    .map((metric) => metric.join(" "));
}

const searches = (resource: PlannedResource): number =>
  shown(resource).filter((metric) =>
    (text(record(metric.at(-1))["expression"]) ?? "").includes("SEARCH("),
  ).length;

const shown = (resource: PlannedResource) =>
  widgetsOf(resource).flatMap(({ properties }) => dashboardMetrics(record(properties)));
