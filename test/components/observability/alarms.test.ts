import { expect } from "chai";
import {
  deploymentAlarms,
  serviceAlarms,
  type AlarmSpec,
} from "../../../components/observability/alarms.ts";

const limits = { maxErrorPercent: 5, maxLatencyMilliseconds: 250 };

/** `name subject statistic > threshold, n of m minutes`. */
const line = (spec: AlarmSpec): string => {
  const returned = spec.queries.filter(({ returnData }) => returnData);
  const what = returned.map((query) =>
    "expression" in query ? query.expression : `${query.namespace} ${query.metric} ${query.stat}`,
  );
  return `${spec.name}: ${spec.subject} ${what.join(", ")} ${spec.comparison} ${spec.threshold}, ${spec.datapointsToAlarm} of ${spec.evaluationPeriods}`;
};

describe("deploymentAlarms", () => {
  it("are errors, latency and health of a target group", () => {
    expect(deploymentAlarms(limits).map(line)).to.include.members([
      "errors: target-group IF(requests >= 20, 100 * FILL(failed, 0) / requests, 0) GreaterThanThreshold 5, 2 of 3",
      "latency: target-group AWS/ApplicationELB TargetResponseTime p99 GreaterThanThreshold 0.25, 3 of 3",
      "unhealthy: target-group AWS/ApplicationELB UnHealthyHostCount Maximum GreaterThanThreshold 0, 3 of 3",
    ]);
  });

  it("the share of errors is computed from what the targets answered", () => {
    expect(deploymentAlarms(limits)[0]?.queries.slice(0, 2)).to.deep.equal([
      {
        id: "failed",
        namespace: "AWS/ApplicationELB",
        metric: "HTTPCode_Target_5XX_Count",
        stat: "Sum",
        returnData: false,
      },
      {
        id: "requests",
        namespace: "AWS/ApplicationELB",
        metric: "RequestCount",
        stat: "Sum",
        returnData: false,
      },
    ]);
  });

  it("descriptions name the limits", () => {
    expect(deploymentAlarms(limits).map(({ description }) => description)).to.include.members([
      "More than 5 % of the answers are 5xx. Look at the error log of the service.",
      "One request in a hundred takes longer than 250 ms. Look at slow requests in the log, CPU and the table.",
      "Tasks fail their health checks. Look at the service's events and the log.",
    ]);
  });
});

describe("serviceAlarms", () => {
  const withoutTable = [
    "balancer-errors: load-balancer AWS/ApplicationELB HTTPCode_ELB_5XX_Count Sum GreaterThanThreshold 10, 2 of 3",
    "cpu: service AWS/ECS CPUUtilization Average GreaterThanThreshold 85, 8 of 10",
    "memory: service AWS/ECS MemoryUtilization Maximum GreaterThanThreshold 85, 8 of 10",
  ];

  // An owner may add others, for which `every alarm` holds too.
  it("are the load balancer's errors, CPU and memory", () => {
    const lines = serviceAlarms({ table: false }).map(line);
    expect(lines).to.include.members(withoutTable);
    expect(lines.filter((text) => text.includes(": table "))).to.deep.equal([]);
  });

  it("a table adds its throttles", () => {
    expect(serviceAlarms({ table: true }).map(line)).to.include.members([
      ...withoutTable,
      "table-throttles: table AWS/DynamoDB WriteThrottleEvents Sum GreaterThanThreshold 50, 3 of 5",
    ]);
  });
});

describe("every alarm", () => {
  for (const spec of [...deploymentAlarms(limits), ...serviceAlarms({ table: true })]) {
    it(`${spec.name} returns one series, from queries whose ids CloudWatch takes, and says what to look at`, () => {
      const ids = spec.queries.map(({ id }) => id);

      expect(spec.queries.filter(({ returnData }) => returnData)).to.have.length(1);
      expect(new Set(ids).size).to.equal(ids.length);
      for (const id of ids) expect(id).to.match(/^[a-z][a-zA-Z0-9_]*$/);
      expect(spec.datapointsToAlarm).to.be.at.most(spec.evaluationPeriods);
      expect(spec.description).to.match(/ (Look|Raise) [^.]+\.$/);
    });
  }
});
