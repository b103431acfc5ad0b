import { expect } from "chai";
import { readFileSync } from "node:fs";
import path from "node:path";
import {
  ALARMS,
  balancerAlarm,
  deploymentAlarms,
  filled,
  type AlarmSpec,
} from "../../../components/observability/alarms.ts";
import { appAlarms } from "../../../components/observability/app-metrics.ts";
import { controlAlarms } from "../../../components/observability/control-group.ts";
import { burnAlarms, harmRule } from "../../../components/observability/slo.ts";
import { ROOT } from "../../helpers/app.ts";

const limits = { maxErrorPercent: 5, maxLatencyMilliseconds: 250 };

/** `name: what decides > threshold, n of m periods, missing`. */
const line = (spec: AlarmSpec): string => {
  const what = Object.values(spec.queries).at(-1);
  const decides = typeof what === "string" ? what : what?.join(" ");
  return `${spec.name}: ${decides} ${spec.comparison} ${spec.threshold}, ${spec.datapointsToAlarm} of ${spec.evaluationPeriods} by ${spec.periodSeconds} s, ${spec.missing}, ${spec.severity}`;
};

const ofApp = [
  { name: "EventLoopDelay", stat: "p99", row: "saturation", above: 500 },
  { name: "EventsAccepted", stat: "Sum", row: "business", drops: true },
] as const;

const EVERY: readonly AlarmSpec[] = [
  ...deploymentAlarms(limits),
  ...controlAlarms(limits, 10),
  balancerAlarm(limits, 10),
  ...burnAlarms(99.9),
  ...Object.values(ALARMS).flat(),
  ...appAlarms("shop-prod", ofApp, true),
];

describe("filled", () => {
  it("puts values in places: as they are where a text is nothing else, and none where nobody has one", () => {
    const row = { threshold: "{limit}", list: ["{names}"], text: "{limit} % of {what}", other: 3 };

    expect(filled(row, { limit: 5, names: ["a", "b"], what: '"all"' })).to.deep.equal({
      threshold: 5,
      list: [["a", "b"]],
      text: '5 % of "all"',
      other: 3,
    });
    expect(filled(["{other}", "of {other}", "<limit>"], { limit: 5 })).to.deep.equal([
      ...["{other}", "of {other}", "<limit>"],
    ]);
  });
});

describe("deploymentAlarms", () => {
  it("are errors, latency and health of a target group", () => {
    expect(deploymentAlarms(limits).map(line)).to.include.members([
      "errors: IF(failed >= 5, 100 * failed / requests, 0) GreaterThanThreshold 5, 2 of 3 by 60 s, notBreaching, ticket",
      "latency: IF(requests >= 100, p99, IF(requests >= 20, p90, 0)) GreaterThanThreshold 0.25, 3 of 3 by 60 s, notBreaching, ticket",
      "unhealthy: AWS/ApplicationELB UnHealthyHostCount Maximum GreaterThanThreshold 0, 3 of 3 by 60 s, notBreaching, ticket",
    ]);
  });

  it("the share of errors is computed from what the targets answered, and what reached none of them", () => {
    expect(deploymentAlarms(limits)[0]?.queries).to.deep.include({
      answered5xx: ["AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", "Sum"],
      unreached: ["AWS/ApplicationELB", "TargetConnectionErrorCount", "Sum"],
      requests: ["AWS/ApplicationELB", "RequestCount", "Sum"],
      failed: "FILL(answered5xx, 0) + FILL(unreached, 0)",
    });
  });

  it("descriptions name the limits", () => {
    expect(deploymentAlarms(limits).map(({ description }) => description)).to.include.members([
      "More than 5 % of the requests end with 5xx, or reach no task. Look at the error log of the service.",
      "One request in a hundred takes longer than 250 ms, or one in ten while there are few. Look at slow requests in the log, CPU and the table.",
      "Tasks fail their health checks. Look at the service's events and the log.",
    ]);
  });
});

describe("balancerAlarm", () => {
  it("holds what the load balancer itself answers against the share that a new version gets first", () => {
    expect([100, 10].map((percent) => balancerAlarm(limits, percent).threshold)).to.deep.equal([
      5, 0.5,
    ]);
    expect(balancerAlarm(limits, 10).description).to.equal(
      "The load balancer itself answers more than 5 % of the requests to a new version that has 10 % of them with 5xx: tasks hang, hang up or are gone. Look at the targets' health.",
    );
  });
});

describe("controlAlarms", () => {
  it("are for canaries that their share tells from the old version", () => {
    expect([1, 40, 41].map((percent) => controlAlarms(limits, percent).length)).to.deep.equal([
      2, 2, 0,
    ]);
    expect(controlAlarms(limits, 10).map(({ name, threshold }) => [name, threshold])).to.deep.equal(
      [
        ["control-errors", 1],
        ["control-latency", 2],
      ],
    );
  });
});

describe("burnAlarms", () => {
  const share = "IF(failed >= 5, 100 * failed / all, 0) GreaterThanThreshold";

  it("are the workbook's two rates, each by a long window and a twelfth of it", () => {
    expect(burnAlarms(99.9).map(line)).to.deep.equal([
      `burn-fast-long: ${share} 1.44, 1 of 1 by 3600 s, notBreaching, part`,
      `burn-fast-short: ${share} 1.44, 1 of 1 by 300 s, notBreaching, part`,
      `burn-slow-long: ${share} 0.6, 1 of 1 by 21600 s, notBreaching, part`,
      `burn-slow-short: ${share} 0.6, 1 of 1 by 1800 s, notBreaching, part`,
    ]);
    expect(burnAlarms(95).map(({ threshold }) => threshold)).to.deep.equal([72, 72, 30, 30]);
  });

  it("page when both windows of a rate are lost, or answers are slow", () => {
    expect(harmRule(["fl", "fs", "sl", "ss"], ["blue", "green"])).to.equal(
      '(ALARM("fl") AND ALARM("fs")) OR (ALARM("sl") AND ALARM("ss")) OR ALARM("blue") OR ALARM("green")',
    );
  });
});

describe("appAlarms", () => {
  it("are a limit, and a band below which a figure of the business drops", () => {
    expect(appAlarms("shop-prod", ofApp, true).map(line)).to.deep.equal([
      "app-event-loop-delay: shop-prod EventLoopDelay p99 GreaterThanThreshold 500, 3 of 5 by 60 s, notBreaching, ticket",
      "app-events-accepted-drop: ANOMALY_DETECTION_BAND(series, 3) LessThanLowerThreshold band, 3 of 3 by 300 s, notBreaching, ticket",
    ]);
    expect(appAlarms("shop-prod", ofApp, true)[1]?.queries).to.deep.equal({
      metric: ["shop-prod", "EventsAccepted", "Sum"],
      series: "FILL(metric, 0)",
      band: "ANOMALY_DETECTION_BAND(series, 3)",
    });
  });

  it("in a stack that sleeps, sleep is no drop", () => {
    expect(appAlarms("shop-dev", ofApp, false).map(({ name }) => name)).to.deep.equal([
      "app-event-loop-delay",
    ]);
  });
});

describe("alarms.json", () => {
  // An owner may add others, of which the same is asked.
  it("has these, by whose metrics they read", () => {
    const found = Object.entries(ALARMS).flatMap(([of, specs]) =>
      specs.map((spec) => `${of} ${line(spec)}`),
    );
    const once = "GreaterThanThreshold 0, 1 of 1 by 60 s, notBreaching, ticket";
    const trail = "1 of 1 by 300 s, notBreaching, ticket";
    expect(found).to.include.members([
      "service cpu: AWS/ECS CPUUtilization Average GreaterThanThreshold 85, 8 of 10 by 60 s, notBreaching, ticket",
      "service memory: AWS/ECS MemoryUtilization Maximum GreaterThanThreshold 85, 8 of 10 by 60 s, notBreaching, ticket",
      "table table-throttles: AWS/DynamoDB WriteThrottleEvents Sum GreaterThanThreshold 50, 3 of 5 by 60 s, notBreaching, ticket",
      `schedule missed-starts: AWS/Scheduler InvocationDroppedCount Sum ${once}`,
      `runs failed-runs: AWS/Events MatchedEvents Sum ${once}`,
      "insights tasks-missing: desired - FILL(running, 0) GreaterThanThreshold 0, 10 of 10 by 60 s, notBreaching, ticket",
      "insights disk: 100 * used / reserved GreaterThanThreshold 85, 8 of 10 by 60 s, notBreaching, ticket",
      "natGateway nat-ports: AWS/NATGateway ErrorPortAllocation Sum GreaterThanThreshold 0, 3 of 5 by 60 s, notBreaching, ticket",
      "certificate certificate: AWS/CertificateManager DaysToExpiry Minimum LessThanThreshold 30, 1 of 1 by 86400 s, notBreaching, ticket",
      "traffic traffic-drop: ANOMALY_DETECTION_BAND(series, 3) LessThanLowerThreshold band, 3 of 3 by 300 s, notBreaching, ticket",
      "traffic latency-anomaly: ANOMALY_DETECTION_BAND(series, 3) GreaterThanUpperThreshold band, 3 of 3 by 300 s, notBreaching, ticket",
      ...["deployment-failed", "task-stopped", "image-findings", "aws-health", "threat"].map(
        (name) => `events ${name}: AWS/Events MatchedEvents Sum ${once}`,
      ),
      ...["root-use", "trail-changed", "key-changed", "network-changed"].map(
        (name) => `trail ${name}: {namespace} ${name} Sum GreaterThanThreshold 0, ${trail}`,
      ),
      `trail denied-calls: {namespace} denied-calls Sum GreaterThanThreshold 20, ${trail}`,
    ]);
  });
});

describe("every alarm", () => {
  const runbook = readFileSync(path.join(ROOT, "docs/runbook.md"), "utf8");

  for (const spec of EVERY) {
    it(`${spec.name} decides by queries that CloudWatch takes, says what to look at, and has a paragraph in the runbook`, () => {
      const ids = Object.keys(spec.queries);
      const metrics = Object.values(spec.queries).filter((query) => typeof query !== "string");

      // CloudWatch takes ten metrics in an alarm (aws/aws-cdk#24509); Terraform's provider twenty queries.
      expect(metrics.length).to.be.within(1, 10);
      expect(ids.length).to.be.at.most(20);
      for (const id of ids) expect(id).to.match(/^[a-z][a-zA-Z0-9_]*$/);
      expect(spec.datapointsToAlarm).to.be.at.most(spec.evaluationPeriods);
      // Amazon CloudWatch API Reference, PutMetricAlarm, Period: a day below an hour, seven days otherwise.
      expect(spec.periodSeconds % 60).to.equal(0);
      expect(spec.periodSeconds * spec.evaluationPeriods).to.be.at.most(
        spec.periodSeconds < 3600 ? 86_400 : 604_800,
      );
      expect(["notBreaching", "breaching", "ignore"]).to.include(spec.missing);
      expect(["page", "ticket", "part"]).to.include(spec.severity);
      // Of a band the series that it is for stands before it, and only a band is a threshold by name.
      if (typeof spec.threshold === "string")
        expect(ids.slice(-2)).to.deep.equal(["series", spec.threshold]);
      else expect(spec.comparison).to.match(/^(Greater|Less)ThanThreshold$/);
      expect(spec.description).to.match(/ (Look|Raise) [^.]+(\.\w[^.]*)*\.$/);
      expect(runbook).to.include(`\n### Alarm \`${spec.runbook ?? spec.name}\`\n\n`);
    });
  }

  it("has its metrics in time: filter patterns of at most 1,024 characters", () => {
    for (const { pattern } of ALARMS.trail) expect(pattern.length).to.be.at.most(1024);
  });
});
