/** The dashboard: from what callers see down to what it runs on. Pure, for one service or several. */
import type * as pulumi from "@pulumi/pulumi";
import { SETTING_ALARMS } from "./alarms.ts";
import type { AppMetrics } from "./app-metrics.ts";
import template from "./dashboard.json" with { type: "json" };
import type { ObservedService } from "./observability.ts";

/** What the metrics of a web ACL are found by. */
export interface WebAclMetrics {
  metricName: string;
  ruleNames: readonly string[];
  /** Where they are, and whether that is one of their dimensions: those of CloudFront's have none. */
  metrics: { region: string; regional: boolean };
}

export interface DashboardArgs {
  region: string;
  loadBalancer: string;
  webAcl: WebAclMetrics | undefined;
  tableName: string | undefined;
  /** The main service first, then what else runs in the stack. */
  services: readonly ServiceWidgets[];
  /** Percent of the requests that have to succeed, and the ARN of the alarm that pages. @default - the stack has no objective */
  objective?: { percent: string; alarmArn: string } | undefined;
  /** Whether Container Insights counts tasks. */
  insights: boolean;
  natGatewayIds: readonly string[];
  apps: readonly AppMetrics[];
  metricsNamespace: string;
}

/** A service with its names known. */
export type ServiceWidgets = {
  [K in keyof ObservedService]: pulumi.Unwrap<ObservedService[K]>;
};

export interface Widget {
  type: "metric" | "log" | "text" | "alarm";
  x: number;
  y: number;
  width: number;
  height: number;
  properties: Record<string, unknown>;
}

/** Namespace, name, dimensions by turns with their values, and how it is shown. */
type Metric = (string | Record<string, unknown>)[];

/** Whose metrics a graph of dashboard.json shows: the dimensions of each, and its name where there are several. */
type Owners = Readonly<
  Record<string, readonly (readonly [dimensions: readonly string[], name?: string | undefined])[]>
>;

const [COLUMNS, WIDTH, HEIGHT] = [24, 8, 6];

/**
 * Body of a CloudWatch dashboard. A graph of dashboard.json shows each of its metrics of each owner that `of` names; without an owner
 * there is no graph, and without a graph no heading. Structure: Amazon CloudWatch API Reference, Dashboard Body Structure and Syntax.
 */
export function dashboardBody(args: DashboardArgs): { widgets: Widget[] } {
  const { region, services, objective } = args;
  const widgets: Widget[] = [];
  let [x, y] = [0, 0];
  let last = "";
  const put = (type: Widget["type"], width: number, height: number, properties: object): void => {
    if (x + width > COLUMNS) [x, y] = [0, y + (widgets.at(-1)?.height ?? 0)];
    widgets.push({ type, x, y, width, height, properties: { ...properties } });
    x += width;
  };
  const graph = (heading: string, title: string, metrics: Metric[], settings = {}): void => {
    if (metrics.length === 0) return;
    if (heading !== last) {
      x = COLUMNS;
      put("text", COLUMNS, 1, { markdown: `## ${heading}` });
      last = heading;
    }
    const drawn = { view: "timeSeries", stacked: false, period: 60, metrics };
    put("metric", WIDTH, HEIGHT, { title, region, ...drawn, ...settings });
  };
  if (objective !== undefined)
    put("alarm", COLUMNS, 2, { title: "Are callers harmed?", alarms: [objective.alarmArn] });
  for (const [index, service] of services.entries()) {
    const owners = ownersOf(args, service);
    const graphs = index === 0 ? template.stack : template.other;
    for (const { heading = service.name, title, of, metrics } of graphs as Template[])
      if (of === "app")
        for (const app of args.apps)
          graph(heading, `${app.service}: ${title}`, ofApp(app, title, args.metricsNamespace));
      else if (of === "objective")
        graph(heading, title, objective === undefined ? [] : availability(args.loadBalancer), {
          yAxis: { left: { max: 100 } },
          annotations: { horizontal: [{ label: "objective", value: Number(objective?.percent) }] },
        });
      else {
        const there = of === "webAcl" ? { region: args.webAcl?.metrics.region } : {};
        graph(heading, title, ofOwners(metrics, owners[of] ?? []), there);
      }
  }
  x = COLUMNS;
  for (const { name, logGroupName } of services)
    put("log", COLUMNS, HEIGHT, {
      ...{ title: `Errors of ${name}`, region, view: "table" },
      query: `SOURCE '${logGroupName}' | fields @timestamp, @message | filter level in ["error", "fatal"] | sort @timestamp desc | limit 20`,
    });
  return { widgets };
}

type Template = Readonly<{ heading?: string; title: string; of: string; metrics: string[][] }>;

function ownersOf(args: DashboardArgs, service: ServiceWidgets): Owners {
  const { loadBalancer, webAcl, tableName } = args;
  const { clusterName, serviceName, scheduleGroupName, failureRuleName } = service;
  const one = (name: string, value: string | undefined): Owners[string] =>
    value === undefined ? [] : [[[name, value]]];
  const tasks = one("ServiceName", serviceName).map(
    ([of]) => [["ClusterName", clusterName, ...of]] as const,
  );
  const twice = service.targetGroupArnSuffixes.length > 1;
  return {
    balancer: one("LoadBalancer", loadBalancer),
    groups: service.targetGroupArnSuffixes.map((group) => [
      ["TargetGroup", group, "LoadBalancer", loadBalancer],
      twice ? group.split("/")[1] : undefined,
    ]),
    service: tasks,
    insights: args.insights ? tasks : [],
    table: one("TableName", tableName),
    webAcl: webAcl === undefined ? [] : ofRules(webAcl),
    natGateways: args.natGatewayIds.map((id) => [["NatGatewayId", id], id]),
    logs: args.services.map(({ name, logGroupName }) => [["LogGroupName", logGroupName], name]),
    schedules: one("ScheduleGroup", scheduleGroupName),
    failures: one("RuleName", failureRuleName),
  };
}

const ofRules = ({ metricName, metrics, ruleNames }: WebAclMetrics): Owners[string] => {
  const acl = ["WebACL", metricName, ...(metrics.regional ? ["Region", metrics.region] : [])];
  return ruleNames.map((rule) => [[...acl, "Rule", rule], rule]);
};

const ofOwners = (metrics: readonly string[][], owners: Owners[string]): Metric[] =>
  metrics.flatMap(([namespace = "", metric = "", stat, text]) =>
    owners.map(([dimensions, owner]): Metric => {
      const label = [text, owner].filter((word) => word !== undefined).join(" ");
      const shown = label === "" ? { stat } : { stat, label };
      return [namespace, metric, ...dimensions, shown];
    }),
  );

/** What callers get, against what they were promised. */
const availability = (loadBalancer: string): Metric[] => [
  [{ expression: "100 - 100 * failed / all", id: "availability", label: "succeed" }],
  ...Object.entries(SETTING_ALARMS.burn.queries).flatMap(([id, query]): Metric[] => {
    if (id === "share") return [];
    if (typeof query === "string") return [[{ expression: query, id, visible: false }]];
    const [namespace, name, stat] = query;
    return [[namespace, name, "LoadBalancer", loadBalancer, { id, stat, visible: false }]];
  }),
];

const ofApp = ({ service, metrics }: AppMetrics, row: string, namespace: string): Metric[] =>
  metrics
    .filter((metric) => metric.row === row)
    .map(({ name, stat, by }): Metric => {
      if (by === undefined) return [namespace, name, "service", service, { stat, label: name }];
      const where = `{"${namespace}",service,${by}} service="${service}" MetricName="${name}"`;
      return [{ expression: `SEARCH('${where}', '${stat}', 60)`, label: "" }];
    });

/** Where a person opens it. */
export function dashboardUrl(region: string, dashboardName: string): string {
  return `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboardName}`;
}
