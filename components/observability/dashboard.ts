/** The dashboard: from what callers see down to what it runs on. */

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
  targetGroups: readonly string[];
  webAcl: WebAclMetrics | undefined;
  clusterName: string;
  serviceName: string;
  logGroupName: string;
  tableName: string | undefined;
  /** Services and scheduled tasks beside the main service, a row each. @default none */
  others?: readonly OtherWidgets[];
}

export interface OtherWidgets {
  name: string;
  targetGroups: readonly string[];
  clusterName: string;
  /** Absent for a scheduled task. */
  serviceName?: string | undefined;
  /** Of a scheduled task. */
  scheduleGroupName?: string | undefined;
  /** Rule that matches each run of a scheduled task that failed. */
  failureRuleName?: string | undefined;
  logGroupName: string;
}

type Metric = (string | Record<string, unknown>)[];

interface Widget {
  type: "metric" | "log";
  width: number;
  height: number;
  properties: Record<string, unknown>;
}

const ELB = "AWS/ApplicationELB";

/** Body of a CloudWatch dashboard. Widgets without a place flow from left to right. */
export function dashboardBody(args: DashboardArgs): { widgets: Widget[] } {
  const { region, loadBalancer, webAcl, clusterName, serviceName, tableName } = args;
  const balancer = ["LoadBalancer", loadBalancer];
  const service = ["ClusterName", clusterName, "ServiceName", serviceName];
  const eachGroup = (name: string, options: Record<string, unknown>): Metric[] =>
    args.targetGroups.map((group) => [ELB, name, "TargetGroup", group, ...balancer, options]);
  const graph = (
    title: string,
    metrics: Metric[],
    extra: Record<string, unknown> = {},
  ): Widget => ({
    type: "metric",
    width: 8,
    height: 6,
    properties: {
      title,
      region,
      view: "timeSeries",
      stacked: false,
      period: 60,
      metrics,
      ...extra,
    },
  });
  return {
    widgets: [
      graph("Requests a minute", [[ELB, "RequestCount", ...balancer, { stat: "Sum" }]]),
      graph("Answers by class", [
        [ELB, "HTTPCode_Target_4XX_Count", ...balancer, { stat: "Sum", label: "4xx" }],
        [ELB, "HTTPCode_Target_5XX_Count", ...balancer, { stat: "Sum", label: "5xx" }],
        [ELB, "HTTPCode_ELB_5XX_Count", ...balancer, { stat: "Sum", label: "5xx of the balancer" }],
      ]),
      graph("Answer time", [
        [ELB, "TargetResponseTime", ...balancer, { stat: "p50" }],
        [ELB, "TargetResponseTime", ...balancer, { stat: "p99" }],
      ]),
      graph("Healthy tasks", [
        ...eachGroup("HealthyHostCount", { stat: "Minimum" }),
        ...eachGroup("UnHealthyHostCount", { stat: "Maximum" }),
      ]),
      graph("CPU and memory", [
        ["AWS/ECS", "CPUUtilization", ...service, { stat: "Average" }],
        ["AWS/ECS", "MemoryUtilization", ...service, { stat: "Maximum" }],
      ]),
      ...(tableName === undefined
        ? []
        : [
            graph("Table", [
              [
                "AWS/DynamoDB",
                "ConsumedWriteCapacityUnits",
                "TableName",
                tableName,
                { stat: "Sum" },
              ],
              [
                "AWS/DynamoDB",
                "ConsumedReadCapacityUnits",
                "TableName",
                tableName,
                { stat: "Sum" },
              ],
              ["AWS/DynamoDB", "WriteThrottleEvents", "TableName", tableName, { stat: "Sum" }],
            ]),
          ]),
      ...(webAcl === undefined
        ? []
        : [
            graph(
              "Blocked by the web ACL",
              webAcl.ruleNames.map((rule) => [
                "AWS/WAFV2",
                "BlockedRequests",
                ...["WebACL", webAcl.metricName],
                ...(webAcl.metrics.regional ? ["Region", region] : []),
                ...["Rule", rule],
                { stat: "Sum", label: rule },
              ]),
              { region: webAcl.metrics.region },
            ),
          ]),
      errors("Errors", region, args.logGroupName),
      ...(args.others ?? []).flatMap((other) => [
        ...otherGraphs(other, balancer).map(([title, metrics]) =>
          graph(`${other.name}: ${title}`, metrics),
        ),
        errors(`${other.name}: errors`, region, other.logGroupName),
      ]),
    ],
  };
}

/** The graphs of a service or scheduled task beside the main service. */
function otherGraphs(other: OtherWidgets, balancer: readonly string[]): [string, Metric[]][] {
  const { targetGroups, clusterName, serviceName, scheduleGroupName, failureRuleName } = other;
  if (serviceName === undefined) {
    const group = ["ScheduleGroup", scheduleGroupName ?? ""];
    return [
      [
        "runs",
        [
          ["AWS/Scheduler", "InvocationAttemptCount", ...group, { stat: "Sum" }],
          ["AWS/Scheduler", "TargetErrorCount", ...group, { stat: "Sum" }],
          [
            "AWS/Events",
            "MatchedEvents",
            ...["RuleName", failureRuleName ?? ""],
            { stat: "Sum", label: "failed" },
          ],
        ],
      ],
    ];
  }
  const service = ["ClusterName", clusterName, "ServiceName", serviceName];
  const eachGroup = (metric: string, options: Record<string, unknown>): Metric[] =>
    targetGroups.map((group) => [ELB, metric, "TargetGroup", group, ...balancer, options]);
  return [
    ...(targetGroups.length === 0
      ? []
      : ([
          [
            "requests",
            [
              ...eachGroup("RequestCount", { stat: "Sum" }),
              ...eachGroup("HTTPCode_Target_5XX_Count", { stat: "Sum", label: "5xx" }),
            ],
          ],
          ["answer time", eachGroup("TargetResponseTime", { stat: "p99" })],
        ] satisfies [string, Metric[]][])),
    [
      "CPU and memory",
      [
        ["AWS/ECS", "CPUUtilization", ...service, { stat: "Average" }],
        ["AWS/ECS", "MemoryUtilization", ...service, { stat: "Maximum" }],
      ],
    ],
  ];
}

function errors(title: string, region: string, logGroupName: string): Widget {
  return {
    type: "log",
    width: 24,
    height: 6,
    properties: {
      title,
      region,
      view: "table",
      query: `SOURCE '${logGroupName}' | fields @timestamp, @message | filter level in ["error", "fatal"] | sort @timestamp desc | limit 20`,
    },
  };
}

/** Where a person opens it. */
export function dashboardUrl(region: string, dashboardName: string): string {
  return `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboardName}`;
}
