import { expect } from "chai";
import { readFileSync } from "node:fs";
import path from "node:path";
import { plannedAlarm, type Datapoints } from "@koa-fargate/workbench/plan/alarms/planned-alarm.ts";
import { MetricMathError } from "@koa-fargate/workbench/plan/alarms/metric-math.ts";
import { list } from "@koa-fargate/workbench/plan/plan-reader.ts";
import type { Plan } from "@koa-fargate/workbench/plan/types.ts";
import { estimate } from "@koa-fargate/workbench/review/cost/estimate.ts";
import { appMetrics } from "../../components/observability/app-metrics.ts";
import { APP_NAME, IS_SAMPLE_APP } from "../helpers/sample-app.ts";
import { PROJECT } from "../helpers/project.ts";
import { snapshot } from "../helpers/snapshot.ts";
import { emitted, read, unemitted } from "./helpers/emitted.ts";
import { all, at, byName, names, one, parsed, planOf, show } from "./helpers/plans.ts";

/** What the sample app emits of what it lists. The command in test/helpers/snapshot.ts writes it. */
const METRICS = path.join(import.meta.dirname, "monitoring.json");
const APP = IS_SAMPLE_APP ? "./app" : "./test/fixtures/apps/hello";
const FULL = {
  ...{ monitoring: "full", appPath: APP, build: "bundle" },
  ...{ alarmEmails: ["team@example.com"], escalationEmails: ["second@example.com"] },
  ...{ pageEndpoints: ["https://events.example.com/integration/x"] },
};
const planFull = (stack: string, overrides: Record<string, unknown> = {}) =>
  planOf(stack, { ...FULL, ...overrides });

/** Value of a metric in a period of so many seconds, by its name; undefined where nothing is reported. */
type Series = (metric: string, seconds: number) => number | undefined;

/** Names of the alarms that fire when every period is like this one; of anomaly bands only AWS knows. */
function firing(plan: Plan, series: Series): string[] {
  return all(plan, "MetricAlarm").flatMap((resource) => {
    try {
      const alarm = plannedAlarm(plan, resource);
      const datapoints: Datapoints = ({ metric }) => series(metric, alarm.periodSeconds);
      return alarm.fires(datapoints, alarm.evaluationPeriods - 1) ? [resource.name] : [];
    } catch (error) {
      if (!(error instanceof MetricMathError)) throw error;
      return [];
    }
  });
}

/** Whether the alarm that pages is in ALARM while these are. */
function harmed(plan: Plan, firingNow: readonly string[]): boolean {
  const firingNames = new Set(
    firingNow.map((name) => one(plan, "MetricAlarm", name).outputs["name"]),
  );
  const rule = show(one(plan, "CompositeAlarm", "monitoring-harm").inputs["alarmRule"]);
  return rule.split(" OR ").some((part) => {
    const asked = [...part.matchAll(/ALARM\("([^"]+)"\)/g)].map(([, name]) => name);
    return asked.length > 0 && asked.every((name) => firingNames.has(name));
  });
}

/** So many requests a minute, of which a part fails, all of them answered by a task in 50 ms. */
const traffic =
  (perMinute: number, failedPart: number): Series =>
  (metric, seconds) => {
    const requests = (perMinute * seconds) / 60;
    switch (metric) {
      case "RequestCount":
        return requests;
      case "HTTPCode_Target_5XX_Count":
        return Math.floor(requests * failedPart) || undefined;
      case "HTTPCode_Target_2XX_Count":
        return requests - Math.floor(requests * failedPart) || undefined;
      case "TargetResponseTime":
        return 0.05;
      default:
        return undefined;
    }
  };
const burning = (found: readonly string[]) =>
  found.filter((name) => name.includes("burn")).map((name) => name.replace("monitoring-burn-", ""));

describe("monitoring: full", () => {
  it("pages on harm that callers see: fast and slow burn, at many and at few requests", async () => {
    const plan = await planFull("prod");
    const seen = (perMinute: number, part: number) => {
      const found = firing(plan, traffic(perMinute, part));
      return { burning: burning(found), harmed: harmed(plan, found) };
    };
    const nothing = { burning: [], harmed: false };

    expect(seen(1000, 0)).to.deep.equal(nothing);
    // Half of the objective of 99.9 % is lost, which the budget is for.
    expect(seen(1000, 0.0005)).to.deep.equal(nothing);
    expect(seen(1000, 0.008)).to.deep.equal({ burning: ["slow-long", "slow-short"], harmed: true });
    expect(seen(1000, 0.02)).to.deep.equal({
      burning: ["fast-long", "fast-short", "slow-long", "slow-short"],
      harmed: true,
    });
    // At one request a minute a whole outage pages by the short window of five requests; one in ten pages by the slow one alone,
    // and that only once it was five: three in half an hour are not.
    expect(seen(1, 1).harmed).to.equal(true);
    expect(seen(1, 0.1)).to.deep.equal({ burning: ["fast-long", "slow-long"], harmed: false });
    expect(seen(1, 0.02)).to.deep.equal({ burning: ["slow-long"], harmed: false });
  });

  it("is silent once the harm is over, though the long windows still remember it", async () => {
    const plan = await planFull("prod");
    const found = firing(plan, (metric, seconds) =>
      traffic(1000, seconds > 1800 ? 0.1 : 0)(metric, seconds),
    );

    expect(burning(found)).to.deep.equal(["fast-long", "slow-long"]);
    expect(harmed(plan, found)).to.equal(false);
  });

  it("pages on slow answers, which are no failed requests", async () => {
    const plan = await planFull("prod");
    const found = firing(plan, (metric, seconds) =>
      metric === "TargetResponseTime" ? 2 : traffic(1000, 0)(metric, seconds),
    );

    expect(found).to.include.members(["deployment-blue-latency", "deployment-green-latency"]);
    expect(harmed(plan, found)).to.equal(true);
  });

  for (const stack of ["dev", "prod"])
    it(`${stack} is quiet where nothing is reported, as asleep, and where all is well`, async () => {
      const plan = await planFull(stack, { containerInsights: "enhanced" });
      const well: Series = (metric, seconds) =>
        ({
          ...{ DesiredTaskCount: 3, RunningTaskCount: 3, HealthyHostCount: 3 },
          ...{ CPUUtilization: 60, MemoryUtilization: 70, DaysToExpiry: 200 },
          ...{ EphemeralStorageUtilized: 2, EphemeralStorageReserved: 21 },
          ...{ EventLoopDelay: 12, QueueDepth: 10, LogLinesDropped: 0, WriteThrottleEvents: 0 },
        })[metric] ?? traffic(100, 0)(metric, seconds);

      expect(firing(plan, () => undefined)).to.deep.equal([]);
      // Asleep, ECS reports that none is desired.
      expect(
        firing(plan, (metric) => (metric === "DesiredTaskCount" ? 0 : undefined)),
      ).to.deep.equal([]);
      expect(firing(plan, well)).to.deep.equal([]);
    });

  const causes: [what: string, values: Record<string, number>, fires: string[]][] = [
    ["a task lacks", { DesiredTaskCount: 3, RunningTaskCount: 2 }, ["tasks-missing"]],
    ["none runs, and none is reported", { DesiredTaskCount: 3 }, ["tasks-missing"]],
    ["a deployment has more", { DesiredTaskCount: 3, RunningTaskCount: 6 }, []],
    ["the disk is full", { EphemeralStorageUtilized: 19, EphemeralStorageReserved: 21 }, ["disk"]],
    [
      "a NAT gateway refuses",
      { ErrorPortAllocation: 3 },
      ["nat-ports", "zone-2-nat-ports", "zone-3-nat-ports"],
    ],
    ["a certificate ends", { DaysToExpiry: 29 }, ["certificate"]],
    ["root is used", { "root-use": 1 }, ["root-use"]],
    ["a few calls are denied", { "denied-calls": 20 }, []],
    ["many calls are denied", { "denied-calls": 21 }, ["denied-calls"]],
    [
      "a trail, a key, the network is changed",
      { "trail-changed": 1, "key-changed": 1, "network-changed": 2 },
      ["trail-changed", "key-changed", "network-changed"],
    ],
    ["somebody is on it", { acknowledged: 1 }, ["acknowledged"]],
    [
      "an event of each kind",
      { MatchedEvents: 1 },
      ["deployment-failed", "task-stopped", "image-findings", "aws-health", "threat"],
    ],
  ];
  for (const [what, values, fires] of causes)
    it(`raises ${fires.length === 0 ? "no alarm" : fires.join(", ")} when ${what}`, async () => {
      const plan = await planFull("prod", { threatDetection: "guardduty" });
      const found = firing(plan, (metric) => values[metric]);

      expect(found).to.have.members(fires.map((name) => `monitoring-${name}`));
      expect(harmed(plan, found)).to.equal(false);
    });

  it("of what the app itself measures: a limit that its package.json sets", async function () {
    if (!IS_SAMPLE_APP) this.skip();
    const plan = await planFull("prod");

    expect(firing(plan, (metric) => ({ EventLoopDelay: 501 })[metric])).to.deep.equal([
      "monitoring-app-event-loop-delay",
    ]);
    expect(
      firing(plan, (metric) => ({ EventLoopDelay: 500, LogLinesDropped: 3 })[metric]),
    ).to.deep.equal(["monitoring-app-log-lines-dropped"]);
  });

  it("learns bands of traffic, answer time and the business in a stack that runs all week, and of none that sleeps", async () => {
    const bands = async (stack: string) =>
      byName(await planFull(stack), "MetricAlarm", ({ inputs }) => inputs["thresholdMetricId"]);
    const learned = (found: Awaited<ReturnType<typeof bands>>) =>
      Object.keys(found).filter((name) => found[name] !== undefined);

    expect(learned(await bands("dev"))).to.deep.equal([]);
    expect(learned(await bands("prod"))).to.have.members([
      "monitoring-traffic-drop",
      "monitoring-latency-anomaly",
      ...(IS_SAMPLE_APP ? ["monitoring-app-events-accepted-drop"] : []),
    ]);
    const { inputs } = one(await planFull("prod"), "MetricAlarm", "monitoring-traffic-drop");
    expect(inputs).to.deep.include({
      comparisonOperator: "LessThanLowerThreshold",
      thresholdMetricId: "band",
      treatMissingData: "notBreaching",
    });
    expect(inputs).not.to.have.property("threshold");
    expect(
      list(inputs["metricQueries"]).map((query) => [at(query, "id"), at(query, "returnData")]),
    ).to.deep.equal([
      ["metric", false],
      ["series", true],
      ["band", true],
    ]);
  });

  it("sends pages and tickets to topics of their own, and what goes on to the second contact", async () => {
    const plan = await planFull("prod");
    const topic = (name: string) => one(plan, "Topic", name).outputs["arn"];
    const [page, ticket] = [topic("notifications-page"), topic("notifications")];

    expect(
      byName(plan, "TopicSubscription", ({ inputs }) => [
        ...[inputs["topic"], inputs["protocol"], inputs["endpoint"]],
      ]),
    ).to.deep.equal({
      "notifications-email-1": [ticket, "email", "team@example.com"],
      "notifications-page-email-1": [page, "email", "team@example.com"],
      "notifications-page-https-1": [page, "https", "https://events.example.com/integration/x"],
      "notifications-escalation-email-1": [
        topic("notifications-escalation"),
        ...["email", "second@example.com"],
      ],
    });
    const reached = byName(plan, "MetricAlarm", ({ inputs }) => inputs["alarmActions"]);
    for (const [name, actions] of Object.entries(reached))
      expect(actions, name).to.deep.equal(/burn|acknowledged/.test(name) ? [] : [ticket]);
    const harm = one(plan, "CompositeAlarm", "monitoring-harm");
    const escalation = one(plan, "CompositeAlarm", "monitoring-escalation");
    expect(harm.inputs["alarmActions"]).to.deep.equal([page]);
    expect(escalation.inputs).to.deep.include({
      alarmRule: `ALARM("${PROJECT}-prod-harm")`,
      alarmActions: [topic("notifications-escalation")],
      actionsSuppressor: {
        alarm: one(plan, "MetricAlarm", "monitoring-acknowledged").outputs["name"],
        waitPeriod: 900,
        extensionPeriod: 60,
      },
    });
  });

  it("calls nobody else where there is no second contact", async () => {
    const plan = await planFull("prod", { escalationEmails: [] });

    expect(names(all(plan, "CompositeAlarm"))).to.deep.equal(["monitoring-harm"]);
    expect(names(all(plan, "Topic"))).to.deep.equal(["notifications", "notifications-page"]);
    expect(names(all(plan, "MetricAlarm"))).not.to.include("monitoring-acknowledged");
  });

  it("every alarm names its paragraph of the runbook, which is there", async () => {
    const plan = await planFull("prod", { threatDetection: "guardduty", backupIntervalDays: 2 });
    const alarms = [...all(plan, "MetricAlarm"), ...all(plan, "CompositeAlarm")];
    const paragraphs = [
      ...readFileSync("docs/runbook.md", "utf8").matchAll(/^### Alarm `(.+)`$/gm),
    ];
    const anchors = paragraphs.map(([, name = ""]) => `Runbook: docs/runbook.md#alarm-${name}`);

    for (const { name, inputs } of alarms)
      expect(anchors, name).to.include(/Runbook: .*$/.exec(show(inputs["alarmDescription"]))?.[0]);
    expect(names(alarms)).to.include.members(["backups-missing", "backups-refused"]);
  });

  it("asks EventBridge for this cluster's events and these repositories' alone", async () => {
    const plan = await planFull("prod");
    const pattern = (name: string) =>
      parsed(one(plan, "EventRule", `monitoring-${name}`).inputs["eventPattern"]);
    const cluster = show(one(plan, "Cluster").outputs["arn"]);

    expect(pattern("deployment-failed")).to.deep.equal({
      detail: { eventName: ["SERVICE_DEPLOYMENT_FAILED"] },
      "detail-type": ["ECS Deployment State Change"],
      resources: [{ prefix: `${cluster.replace(":cluster/", ":service/")}/` }],
      source: ["aws.ecs"],
    });
    expect(at(pattern("task-stopped"), "detail", "clusterArn")).to.deep.equal([cluster]);
    expect(at(pattern("image-findings"), "detail", "repository-name")).to.deep.equal([
      one(plan, "Repository").outputs["name"],
    ]);
  });

  it("a budget tells of the stack's cost by the topic of tickets, which takes it and alarms alone", async () => {
    const plan = await planFull("prod", { monthlyBudgetUsd: 400 });
    const ticket = one(plan, "Topic", "notifications").outputs["arn"];
    const { inputs } = one(plan, "Budget");

    expect(inputs).to.deep.include({
      ...{ budgetType: "COST", timeUnit: "MONTHLY", limitAmount: "400", limitUnit: "USD" },
      costFilters: [
        { name: "TagKeyValue", values: [`user:project$${PROJECT}`, "user:stack$prod"] },
      ],
    });
    expect(
      list(inputs["notifications"]).map((notice) => [
        ...[at(notice, "notificationType"), at(notice, "threshold")],
        at(notice, "subscriberSnsTopicArns", 0) === ticket,
      ]),
    ).to.deep.equal([
      ["ACTUAL", 80, true],
      ["ACTUAL", 100, true],
      ["FORECASTED", 100, true],
    ]);
    const { policy, arn } = one(plan, "TopicPolicy").inputs;
    expect(arn).to.equal(ticket);
    expect(
      list(at(parsed(policy), "Statement")).map((statement) =>
        at(statement, "Principal", "Service"),
      ),
    ).to.deep.equal(["cloudwatch.amazonaws.com", "budgets.amazonaws.com"]);
  });

  it("Slack hears both topics, by a role that only chat may take and that may do nothing", async () => {
    const plan = await planFull("prod", { slackChannel: "T0123ABCD/C0123ABCD" });
    const role = one(plan, "Role", "notifications-slack");

    expect(one(plan, "SlackChannelConfiguration").inputs).to.deep.include({
      ...{ slackTeamId: "T0123ABCD", slackChannelId: "C0123ABCD", iamRoleArn: role.outputs["arn"] },
      snsTopicArns: ["notifications", "notifications-page"].map(
        (topic) => one(plan, "Topic", topic).outputs["arn"],
      ),
    });
    expect(at(parsed(role.inputs["assumeRolePolicy"]), "Statement", 0, "Principal")).to.deep.equal({
      Service: "chatbot.amazonaws.com",
    });
    expect(
      ["managedPolicyArns", "inlinePolicies"].map((policies) => role.inputs[policies]),
    ).to.deep.equal([undefined, undefined]);
    expect(all(plan, "SlackChannelConfiguration")).to.have.length(1);
    expect(all(await planFull("prod"), "SlackChannelConfiguration")).to.deep.equal([]);
  });

  it("with one topic, Slack hears that", async () => {
    const plan = await planOf("dev", { slackChannel: "T0123ABCD/C0123ABCD" });

    expect(one(plan, "SlackChannelConfiguration").inputs["snsTopicArns"]).to.deep.equal([
      one(plan, "Topic").outputs["arn"],
    ]);
  });

  it("GuardDuty is turned on where it is asked for, and its findings of high severity counted", async () => {
    const plan = await planFull("prod", { threatDetection: "guardduty" });

    expect(names(all(plan, "Detector"))).to.deep.equal(["monitoring-threats"]);
    expect(
      parsed(one(plan, "EventRule", "monitoring-threat").inputs["eventPattern"]),
    ).to.deep.equal({
      detail: { severity: [{ numeric: [">=", 7] }] },
      "detail-type": ["GuardDuty Finding"],
      source: ["aws.guardduty"],
    });
    const without = names((await planFull("prod")).resources);
    expect(without.filter((name) => name.includes("threat"))).to.deep.equal([]);
  });

  it("masks keys in the app's log where it is asked to, by the audit that AWS wants before", async () => {
    const plan = await planOf("dev", { logMasking: "secrets" });
    const { inputs } = one(plan, "LogDataProtectionPolicy", "api-masking");
    const [audit, mask, ...others] = list(at(parsed(inputs["policyDocument"]), "Statement"));

    expect(inputs["logGroupName"]).to.equal(one(plan, "LogGroup", "api").outputs["name"]);
    expect(at(audit, "Operation")).to.deep.equal({ Audit: { FindingsDestination: {} } });
    expect(at(mask, "Operation")).to.deep.equal({ Deidentify: { MaskConfig: {} } });
    expect(at(audit, "DataIdentifier")).to.deep.equal(at(mask, "DataIdentifier"));
    expect(others).to.deep.equal([]);
    expect(all(await planOf("dev"), "LogDataProtectionPolicy")).to.deep.equal([]);
  });

  it("without an amount there is no budget, and SNS's own policy stays", async () => {
    const plan = await planFull("prod");

    expect([...all(plan, "Budget"), ...all(plan, "TopicPolicy")]).to.deep.equal([]);
  });

  it("has a price for everything, and costs about 6 USD a month more, and 0.30 for each metric of the app", async () => {
    const [plain, full] = [await planOf("prod"), await planFull("prod")].map((plan) =>
      estimate(plan),
    );
    const listed = appMetrics([APP]).flatMap(({ metrics }) => metrics.filter(({ by }) => !by));
    const more = (full?.monthlyUsd ?? 0) - (plain?.monthlyUsd ?? 0);

    expect(full?.unknownTypes).to.deep.equal([]);
    expect(more - 0.3 * listed.length).to.be.within(4, 7);
  });
});

describe("Metrics that are read", () => {
  const removed = (plan: Plan, gone: (resource: Plan["resources"][number]) => boolean): Plan => ({
    ...plan,
    resources: plan.resources.filter((resource) => !gone(resource)),
  });

  for (const [stack, overrides] of [
    ["dev", {}],
    ["prod", {}],
    ["dev", FULL],
    ["prod", FULL],
    ["prod", { ...FULL, threatDetection: "guardduty", deploymentStrategy: "rolling" }],
  ] as const)
    it(`${stack} with ${Object.keys(overrides).join(", ") || "nothing else"}: each is emitted`, async () => {
      const plan = await planOf(stack, overrides);

      expect(unemitted(plan, APP)).to.deep.equal([]);
      expect(read(plan).length).to.be.above(15);
    });

  it("every metric that the app lists for the dashboard or an alarm is read", async function () {
    if (!IS_SAMPLE_APP) this.skip();
    const plan = await planFull("prod");
    const asked = new Set(read(plan).map(({ name }) => name));
    const ours = [...emitted(plan, APP)].filter((name) => name.includes(`service=${APP_NAME}`));

    expect(ours.filter((name) => !asked.has(name))).to.deep.equal([]);
    const listed = ours.map((name) => name.split(" ")[1] ?? "").sort();
    expect(listed).to.deep.equal(snapshot(METRICS, { app: listed }).app);
  });

  const emitters: [what: string, gone: Parameters<typeof removed>[1], read: string][] = [
    ["the web ACL", ({ type }) => type.endsWith(":WebAcl"), "Blocked by the web ACL: AWS/WAFV2"],
    [
      "a filter of the trail",
      ({ name, type }) => type.endsWith(":LogMetricFilter") && name === "monitoring-root-use",
      "monitoring-root-use: ",
    ],
    [
      "the table",
      ({ type }) => type.endsWith(":Table"),
      "observability-table-throttles: AWS/DynamoDB",
    ],
    [
      "the NAT gateways",
      ({ type }) => type.endsWith(":NatGateway"),
      "monitoring-nat-ports: AWS/NATGateway",
    ],
    [
      "a rule",
      ({ name, type }) => type.endsWith(":EventRule") && name === "monitoring-aws-health",
      "monitoring-aws-health: AWS/Events",
    ],
    [
      "Container Insights",
      ({ type }) => type.endsWith(":Cluster"),
      "monitoring-disk: ECS/ContainerInsights",
    ],
    [
      "the app's namespace",
      ({ type }) => type.endsWith(":TaskDefinition"),
      "monitoring-acknowledged: ",
    ],
  ];
  for (const [what, gone, missed] of emitters)
    it(`without ${what} something is read that nobody emits`, async () => {
      const found = unemitted(removed(await planFull("prod"), gone), APP);

      expect(found.filter((line) => line.startsWith(missed))).not.to.deep.equal([]);
    });
});
