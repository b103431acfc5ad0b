import { expect } from "chai";
import { dashboardBody, dashboardUrl } from "../../../components/observability/dashboard.ts";

const args = {
  region: "eu-west-1",
  loadBalancer: "app/lb/1",
  targetGroups: ["targetgroup/blue/2"],
  webAcl: {
    metricName: "koa-fargate-dev",
    ruleNames: ["body-size", "common"],
    metrics: { region: "eu-west-1", regional: true },
  },
  clusterName: "cluster",
  serviceName: "service",
  logGroupName: "logs",
  tableName: "table",
};
const ELB = "AWS/ApplicationELB";
const balancer = ["LoadBalancer", "app/lb/1"];
const graph = (title: string, metrics: unknown[]) => ({
  type: "metric",
  width: 8,
  height: 6,
  properties: {
    title,
    region: "eu-west-1",
    view: "timeSeries",
    stacked: false,
    period: 60,
    metrics,
  },
});
const hosts = (group: string) => ["TargetGroup", group, ...balancer];
const healthy = (...groups: string[]) =>
  graph("Healthy tasks", [
    ...groups.map((group) => [ELB, "HealthyHostCount", ...hosts(group), { stat: "Minimum" }]),
    ...groups.map((group) => [ELB, "UnHealthyHostCount", ...hosts(group), { stat: "Maximum" }]),
  ]);
const service = ["ClusterName", "cluster", "ServiceName", "service"];
const table = graph("Table", [
  ["AWS/DynamoDB", "ConsumedWriteCapacityUnits", "TableName", "table", { stat: "Sum" }],
  ["AWS/DynamoDB", "ConsumedReadCapacityUnits", "TableName", "table", { stat: "Sum" }],
  ["AWS/DynamoDB", "WriteThrottleEvents", "TableName", "table", { stat: "Sum" }],
]);
const blocked = (rule: string) => [
  ...["AWS/WAFV2", "BlockedRequests", "WebACL", "koa-fargate-dev"],
  ...["Region", "eu-west-1", "Rule", rule],
  { stat: "Sum", label: rule },
];
const webAcl = graph("Blocked by the web ACL", [blocked("body-size"), blocked("common")]);
const widgets = [
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
  healthy("targetgroup/blue/2"),
  graph("CPU and memory", [
    ["AWS/ECS", "CPUUtilization", ...service, { stat: "Average" }],
    ["AWS/ECS", "MemoryUtilization", ...service, { stat: "Maximum" }],
  ]),
  table,
  webAcl,
  {
    type: "log",
    width: 24,
    height: 6,
    properties: {
      title: "Errors",
      region: "eu-west-1",
      view: "table",
      query: `SOURCE 'logs' | fields @timestamp, @message | filter level in ["error", "fatal"] | sort @timestamp desc | limit 20`,
    },
  },
];

describe("dashboardBody", () => {
  it("shows what callers see, then tasks, table, what was blocked, and errors", () => {
    expect(dashboardBody(args)).to.deep.equal({ widgets });
  });

  it("leaves the table out where there is none", () => {
    expect(dashboardBody({ ...args, tableName: undefined })).to.deep.equal({
      widgets: widgets.filter((widget) => widget !== table),
    });
  });

  it("leaves the web ACL out where there is none", () => {
    expect(dashboardBody({ ...args, webAcl: undefined })).to.deep.equal({
      widgets: widgets.filter((widget) => widget !== webAcl),
    });
  });

  it("finds the metrics of CloudFront's web ACL in their region, by no region", () => {
    const metrics = { region: "us-east-1", regional: false };
    const found = dashboardBody({ ...args, webAcl: { ...args.webAcl, metrics } }).widgets.find(
      ({ properties }) => properties["title"] === "Blocked by the web ACL",
    );

    expect(found?.properties["region"]).to.equal("us-east-1");
    expect(found?.properties["metrics"]).to.deep.equal(
      args.webAcl.ruleNames.map((rule) => [
        ...["AWS/WAFV2", "BlockedRequests", "WebACL", "koa-fargate-dev", "Rule", rule],
        { stat: "Sum", label: rule },
      ]),
    );
  });

  it("counts the tasks of both target groups", () => {
    const targetGroups = ["targetgroup/blue/2", "targetgroup/green/3"];

    expect(dashboardBody({ ...args, targetGroups }).widgets[3]).to.deep.equal(
      healthy(...targetGroups),
    );
  });

  it("has an address in the console", () => {
    expect(dashboardUrl("eu-west-1", "koa-fargate-dev")).to.equal(
      "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#dashboards/dashboard/koa-fargate-dev",
    );
  });
});
