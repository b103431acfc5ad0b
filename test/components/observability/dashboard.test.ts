import { expect } from "chai";
import {
  dashboardBody,
  dashboardUrl,
  type DashboardArgs,
} from "../../../components/observability/dashboard.ts";

const main = {
  name: "api",
  targetGroupArnSuffixes: ["targetgroup/blue/2"],
  clusterName: "cluster",
  serviceName: "service",
  logGroupName: "logs",
};
const ACL = {
  metricName: "koa-fargate-dev",
  ruleNames: ["body-size", "common"],
  metrics: { region: "eu-west-1", regional: true },
};
const args: DashboardArgs = {
  region: "eu-west-1",
  loadBalancer: "app/lb/1",
  webAcl: ACL,
  tableName: "table",
  services: [main],
  insights: false,
  natGatewayIds: [],
  apps: [],
  metricsNamespace: "koa-fargate-dev",
};
const full: DashboardArgs = {
  ...args,
  services: [{ ...main, targetGroupArnSuffixes: ["targetgroup/blue/2", "targetgroup/green/3"] }],
  objective: { percent: "99.9", alarmArn: "arn:harm" },
  insights: true,
  natGatewayIds: ["nat-1", "nat-2"],
  apps: [
    {
      service: "shop-api",
      metrics: [
        { name: "EventLoopDelay", stat: "p99", row: "saturation" },
        { name: "EventsAccepted", stat: "Sum", row: "business" },
        { name: "FeatureUse", stat: "Sum", row: "business", by: "feature" },
      ],
    },
  ],
};

/** Headings and titles, from the top down and from left to right. */
const shown = (body: ReturnType<typeof dashboardBody>): unknown[] =>
  body.widgets.map(({ properties }) => properties["markdown"] ?? properties["title"]);
const metricsOf = (of: DashboardArgs, title: string) =>
  dashboardBody(of).widgets.find(({ properties }) => properties["title"] === title)?.properties[
    "metrics"
  ];
const ELB = "AWS/ApplicationELB";
const balancer = ["LoadBalancer", "app/lb/1"];

describe("dashboardBody", () => {
  it("shows what callers see, then what it runs on, what costs grow with, and errors", () => {
    expect(shown(dashboardBody(args))).to.deep.equal([
      "## Traffic, errors, answer time",
      ...["Requests a minute", "Answers by class", "Answer time", "Blocked by the web ACL"],
      "## Saturation",
      ...["CPU and memory", "Table"],
      "## Deployments",
      "Healthy tasks",
      "## What costs grow with",
      ...["Load balancer, in capacity units", "Bytes logged"],
      "Errors of api",
    ]);
  });

  it("with everything, begins with the alarm that pages and the objective, and has the app's own figures", () => {
    expect(shown(dashboardBody(full))).to.deep.equal([
      "Are callers harmed?",
      "## Objective",
      "Requests that succeed, in percent",
      "## Traffic, errors, answer time",
      ...["Requests a minute", "Answers by class", "Answer time", "Blocked by the web ACL"],
      "## Saturation",
      ...["CPU and memory", "Disk, in GB", "shop-api: saturation", "Table"],
      "## Deployments",
      ...["Healthy tasks", "Tasks and deployments"],
      "## Business",
      "shop-api: business",
      "## What costs grow with",
      ...["Load balancer, in capacity units", "Bytes logged", "Bytes through NAT"],
      "Errors of api",
    ]);
    const [alarm, , objective] = dashboardBody(full).widgets;
    expect(alarm).to.deep.equal({
      ...{ type: "alarm", x: 0, y: 0, width: 24, height: 2 },
      properties: { title: "Are callers harmed?", alarms: ["arn:harm"] },
    });
    expect(objective?.properties["annotations"]).to.deep.equal({
      horizontal: [{ label: "objective", value: 99.9 }],
    });
    expect(objective?.properties["metrics"]).to.deep.include.members([
      [{ expression: "100 - 100 * failed / all", id: "availability", label: "succeed" }],
      [{ expression: "FILL(requests, 0) + FILL(untaken, 0)", id: "all", visible: false }],
      [ELB, "RequestCount", ...balancer, { id: "requests", stat: "Sum", visible: false }],
    ]);
  });

  it("draws each metric of each of its owners, by name where there are several", () => {
    expect(metricsOf(args, "Answers by class")).to.deep.equal([
      [ELB, "HTTPCode_Target_4XX_Count", ...balancer, { stat: "Sum", label: "4xx" }],
      [ELB, "HTTPCode_Target_5XX_Count", ...balancer, { stat: "Sum", label: "5xx" }],
      [ELB, "HTTPCode_ELB_5XX_Count", ...balancer, { stat: "Sum", label: "5xx of the balancer" }],
    ]);
    const hosts = (metric: string, stat: string, group: string, label: string) => [
      ...[ELB, metric, "TargetGroup", group, ...balancer],
      { stat, label },
    ];
    expect(metricsOf(args, "Healthy tasks")).to.deep.equal([
      hosts("HealthyHostCount", "Minimum", "targetgroup/blue/2", "healthy"),
      hosts("UnHealthyHostCount", "Maximum", "targetgroup/blue/2", "unhealthy"),
    ]);
    expect(metricsOf(full, "Healthy tasks")).to.deep.equal([
      hosts("HealthyHostCount", "Minimum", "targetgroup/blue/2", "healthy blue"),
      hosts("HealthyHostCount", "Minimum", "targetgroup/green/3", "healthy green"),
      hosts("UnHealthyHostCount", "Maximum", "targetgroup/blue/2", "unhealthy blue"),
      hosts("UnHealthyHostCount", "Maximum", "targetgroup/green/3", "unhealthy green"),
    ]);
    const blocked = (rule: string) => [
      ...["AWS/WAFV2", "BlockedRequests", "WebACL", "koa-fargate-dev"],
      ...["Region", "eu-west-1", "Rule", rule],
      { stat: "Sum", label: rule },
    ];
    expect(metricsOf(args, "Blocked by the web ACL")).to.deep.equal([
      blocked("body-size"),
      blocked("common"),
    ]);
    expect(metricsOf(full, "shop-api: business")).to.deep.equal([
      [
        ...["koa-fargate-dev", "EventsAccepted", "service", "shop-api"],
        { stat: "Sum", label: "EventsAccepted" },
      ],
      [
        {
          expression: `SEARCH('{"koa-fargate-dev",service,feature} service="shop-api" MetricName="FeatureUse"', 'Sum', 60)`,
          label: "",
        },
      ],
    ]);
  });

  it("finds the metrics of CloudFront's web ACL in their region, by no region", () => {
    const metrics = { region: "us-east-1", regional: false };
    const found = dashboardBody({ ...args, webAcl: { ...ACL, metrics } }).widgets.find(
      ({ properties }) => properties["title"] === "Blocked by the web ACL",
    );

    expect(found?.properties["region"]).to.equal("us-east-1");
    expect(found?.properties["metrics"]).to.deep.equal(
      ACL.ruleNames.map((rule) => [
        ...["AWS/WAFV2", "BlockedRequests", "WebACL", "koa-fargate-dev", "Rule", rule],
        { stat: "Sum", label: rule },
      ]),
    );
  });

  it("leaves out what there is not", () => {
    expect(
      shown(dashboardBody({ ...args, webAcl: undefined, tableName: undefined })),
    ).to.deep.equal(
      shown(dashboardBody(args)).filter(
        (title) => title !== "Table" && title !== "Blocked by the web ACL",
      ),
    );
  });

  it("has a section for each service and scheduled task beside the main one", () => {
    const admin = { ...main, name: "admin", serviceName: "admin", logGroupName: "admin-logs" };
    const worker = {
      ...admin,
      name: "worker",
      targetGroupArnSuffixes: [],
      logGroupName: "worker-logs",
    };
    const nightly = {
      ...{
        name: "nightly",
        targetGroupArnSuffixes: [],
        clusterName: "cluster",
        logGroupName: "job-logs",
      },
      ...{ scheduleGroupName: "group", failureRuleName: "rule" },
    };
    const services = [main, admin, worker, nightly];
    const titles = shown(dashboardBody({ ...args, services, insights: true }));

    expect(titles.slice(titles.indexOf("## admin"))).to.deep.equal([
      "## admin",
      ...["Requests", "Answer time", "CPU and memory", "Tasks and deployments"],
      "## worker",
      ...["CPU and memory", "Tasks and deployments"],
      "## nightly",
      ...["Runs", "Failed runs"],
      ...["Errors of api", "Errors of admin", "Errors of worker", "Errors of nightly"],
    ]);
  });

  it("lays nothing over anything else, and leaves no widget empty", () => {
    for (const stack of [args, full]) {
      const { widgets } = dashboardBody(stack);
      const taken = new Set<string>();
      for (const { x, y, width, height, properties } of widgets) {
        expect(x + width).to.be.at.most(24);
        expect(properties["metrics"]).not.to.deep.equal([]);
        for (let row = y; row < y + height; row += 1)
          for (let column = x; column < x + width; column += 1) {
            expect(taken).not.to.include(`${column} ${row}`);
            taken.add(`${column} ${row}`);
          }
      }
    }
  });

  it("has an address in the console", () => {
    expect(dashboardUrl("eu-west-1", "koa-fargate-dev")).to.equal(
      "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#dashboards/dashboard/koa-fargate-dev",
    );
  });
});
