import { list, record, text } from "@koa-fargate/workbench/plan/plan-reader.ts";
import type { Json, Plan, PlannedResource } from "@koa-fargate/workbench/plan/types.ts";
import { appMetrics } from "../../../components/observability/app-metrics.ts";
import { all, at, parsed } from "./plans.ts";

/** `namespace name dimension=value,...`, the dimensions in the alphabet's order. */
type Name = string;

const nameOf = (namespace: string, metric: string, dimensions: Record<string, string>): Name =>
  `${namespace} ${metric} ${Object.entries(dimensions)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(",")}`;

const output = ({ outputs }: PlannedResource, key: string): string => text(outputs[key]) ?? "";

interface Emitter {
  namespace: string;
  metrics: string;
  /** What emits it, each by the dimensions of its metrics. */
  of: (plan: Plan) => Record<string, string>[];
}

const each = (type: string, dimension: string, key: string) => (plan: Plan) =>
  all(plan, type).map((resource) => ({ [dimension]: output(resource, key) }));

const balancers = each("lb/loadBalancer:LoadBalancer", "LoadBalancer", "arnSuffix");

/** Of a service its cluster and itself, by their names. */
const services = (plan: Plan) =>
  all(plan, "ecs/service:Service").map((service) => ({
    ClusterName: text(service.inputs["cluster"])?.split("/").at(-1) ?? "",
    ServiceName: output(service, "name"),
  }));

const insights = (plan: Plan): boolean =>
  all(plan, "Cluster").some(
    ({ inputs }) => at(inputs["settings"], 0, "value") !== "disabled" && "settings" in inputs,
  );

/** The one list of what is emitted: by AWS for what a stack has, by filters of the trail, by the app, and by a person. */
const EMITTERS: readonly Emitter[] = [
  {
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
    namespace: "AWS/ApplicationELB",
    metrics:
      "RequestCount TargetResponseTime ConsumedLCUs HTTPCode_ELB_5XX_Count HTTPCode_ELB_502_Count HTTPCode_ELB_503_Count HTTPCode_ELB_504_Count HTTPCode_Target_2XX_Count HTTPCode_Target_3XX_Count HTTPCode_Target_4XX_Count HTTPCode_Target_5XX_Count TargetConnectionErrorCount",
    of: balancers,
  },
  {
    namespace: "AWS/ApplicationELB",
    metrics:
      "RequestCount TargetResponseTime HealthyHostCount UnHealthyHostCount HTTPCode_Target_2XX_Count HTTPCode_Target_3XX_Count HTTPCode_Target_4XX_Count HTTPCode_Target_5XX_Count TargetConnectionErrorCount",
    of: (plan) =>
      balancers(plan).flatMap((balancer) =>
        all(plan, "TargetGroup").map((group) => ({
          ...balancer,
          TargetGroup: output(group, "arnSuffix"),
        })),
      ),
  },
  {
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html
    namespace: "AWS/ECS",
    metrics: "CPUUtilization MemoryUtilization",
    of: services,
  },
  {
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
    namespace: "ECS/ContainerInsights",
    metrics:
      "DesiredTaskCount RunningTaskCount DeploymentCount EphemeralStorageUtilized EphemeralStorageReserved",
    of: (plan) => (insights(plan) ? services(plan) : []),
  },
  {
    // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
    namespace: "AWS/DynamoDB",
    metrics: "ConsumedReadCapacityUnits ConsumedWriteCapacityUnits WriteThrottleEvents",
    of: each("dynamodb/table:Table", "TableName", "name"),
  },
  {
    // https://docs.aws.amazon.com/vpc/latest/userguide/metrics-dimensions-nat-gateway.html
    namespace: "AWS/NATGateway",
    metrics: "ErrorPortAllocation BytesOutToDestination",
    of: each("NatGateway", "NatGatewayId", "id"),
  },
  {
    // https://docs.aws.amazon.com/acm/latest/userguide/cloudwatch-metrics.html
    namespace: "AWS/CertificateManager",
    metrics: "DaysToExpiry",
    of: (plan) =>
      all(plan, "lb/listener:Listener").flatMap(({ inputs }) => {
        const certificate = text(inputs["certificateArn"]);
        return certificate === undefined ? [] : [{ CertificateArn: certificate }];
      }),
  },
  {
    // https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html
    namespace: "AWS/WAFV2",
    metrics: "BlockedRequests",
    of: (plan) =>
      all(plan, "WebAcl").flatMap(({ inputs }) =>
        list(inputs["rules"]).map((rule) => ({
          WebACL: text(record(inputs["visibilityConfig"])["metricName"]) ?? "",
          Region: text(plan.config["aws:region"]) ?? "",
          Rule: text(record(record(rule)["visibilityConfig"])["metricName"]) ?? "",
        })),
      ),
  },
  {
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Monitoring-CloudWatch-Metrics.html
    namespace: "AWS/Logs",
    metrics: "IncomingBytes",
    of: each("LogGroup", "LogGroupName", "name"),
  },
  {
    // https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html
    namespace: "AWS/Scheduler",
    metrics: "InvocationAttemptCount InvocationDroppedCount TargetErrorCount",
    of: each("ScheduleGroup", "ScheduleGroup", "name"),
  },
  {
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
    namespace: "AWS/Events",
    metrics: "MatchedEvents",
    of: each("EventRule", "RuleName", "name"),
  },
];

/** What the stack's resources, its filters and its tasks emit. */
export function emitted(plan: Plan, appPath: string): Set<Name> {
  const ofAws = EMITTERS.flatMap(({ namespace, metrics, of }) =>
    of(plan).flatMap((dimensions) =>
      metrics.split(" ").map((metric) => nameOf(namespace, metric, dimensions)),
    ),
  );
  const counted = all(plan, "LogMetricFilter").map(({ inputs }) => {
    const { namespace, name } = record(inputs["metricTransformation"]);
    return nameOf(text(namespace) ?? "", text(name) ?? "", {});
  });
  // A task emits into the namespace that its environment names, and into none without one that an alarm knows.
  const namespaces = all(plan, "TaskDefinition").flatMap(({ inputs }) =>
    list(at(parsed(inputs["containerDefinitions"]), 0, "environment")).flatMap((variable) => {
      const { name, value } = record(variable);
      return name === "METRICS_NAMESPACE" ? [text(value) ?? ""] : [];
    }),
  );
  const ofApp = appMetrics([appPath]).flatMap(({ service, metrics }) =>
    namespaces.flatMap((namespace) =>
      metrics.map(({ name, by }) =>
        by === undefined
          ? nameOf(namespace, name, { service })
          : `SEARCH('{"${namespace}",service,${by}} service="${service}" MetricName="${name}"'`,
      ),
    ),
  );
  // Who is on it says so by hand: docs/runbook.md.
  const byHand = namespaces.map((namespace) => nameOf(namespace, "acknowledged", {}));
  return new Set([...ofAws, ...counted, ...ofApp, ...byHand]);
}

/** What alarms, the dashboard and autoscaling read, each with who reads it. */
export function read(plan: Plan): { by: string; name: Name }[] {
  const alarms = all(plan, "MetricAlarm").flatMap(({ name: by, inputs }) =>
    [{ metric: inputs }, ...list(inputs["metricQueries"]).map(record)].flatMap((query) => {
      const { namespace, metricName, dimensions } = record(query["metric"]);
      if (typeof metricName !== "string") return [];
      return [{ by, name: nameOf(text(namespace) ?? "", metricName, textsOf(dimensions)) }];
    }),
  );
  const widgets = all(plan, "Dashboard").flatMap(({ inputs }) =>
    list(at(parsed(inputs["dashboardBody"]), "widgets")).flatMap((widget) =>
      list(at(widget, "properties", "metrics")).map((metric) => ({
        by: text(at(widget, "properties", "title")) ?? "",
        name: ofWidget(list(metric)),
      })),
    ),
  );
  const scaling = all(plan, "appautoscaling/policy:Policy").flatMap(({ name: by, inputs }) => {
    const specification = at(
      inputs["targetTrackingScalingPolicyConfiguration"],
      "customizedMetricSpecification",
      "metrics",
    );
    return list(specification).flatMap((query) => {
      const { namespace, metricName, dimensions } = record(at(query, "metricStat", "metric"));
      if (typeof metricName !== "string") return [];
      const pairs = list(dimensions).map((pair): [string, string] => [
        text(record(pair)["name"]) ?? "",
        text(record(pair)["value"]) ?? "",
      ]);
      return [{ by, name: nameOf(text(namespace) ?? "", metricName, Object.fromEntries(pairs)) }];
    });
  });
  return [...alarms, ...widgets, ...scaling].filter(({ name }) => name !== "");
}

const textsOf = (value: Json | undefined): Record<string, string> =>
  Object.fromEntries(Object.entries(record(value)).map(([key, one]) => [key, text(one) ?? ""]));

/** A metric as dashboards write it; empty for an expression over others. */
function ofWidget(metric: readonly Json[]): Name {
  const [first] = metric;
  if (typeof first !== "string") {
    const expression = text(record(first)["expression"]) ?? "";
    return /^SEARCH\('[^']+'/.exec(expression)?.[0] ?? "";
  }
  const [namespace = "", name = "", ...rest] = metric.filter((part) => typeof part === "string");
  const dimensions: Record<string, string> = {};
  for (let index = 0; index < rest.length; index += 2)
    dimensions[rest[index] ?? ""] = rest[index + 1] ?? "";
  return nameOf(namespace, name, dimensions);
}

/** What is read and nobody emits, a line each. */
export const unemitted = (plan: Plan, appPath: string): string[] => {
  const known = emitted(plan, appPath);
  return read(plan).flatMap(({ by, name }) => (known.has(name) ? [] : [`${by}: ${name}`]));
};
