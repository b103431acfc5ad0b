import { expect } from "chai";
import {
  balancerAlarm,
  deploymentAlarms,
  serviceAlarms,
  type AlarmSpec,
} from "../../../components/observability/alarms.ts";
import { controlAlarms } from "../../../components/observability/control-group.ts";

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
      "errors: target-group IF(failed >= 5, 100 * failed / requests, 0) GreaterThanThreshold 5, 2 of 3",
      "latency: target-group IF(requests >= 100, p99, IF(requests >= 20, p90, 0)) GreaterThanThreshold 0.25, 3 of 3",
      "unhealthy: target-group AWS/ApplicationELB UnHealthyHostCount Maximum GreaterThanThreshold 0, 3 of 3",
    ]);
  });

  it("the share of errors is computed from what the targets answered, and what reached none of them", () => {
    const metrics = deploymentAlarms(limits)[0]?.queries.map((query) =>
      "metric" in query ? query.metric : query.expression,
    );
    expect(metrics?.slice(0, 4)).to.deep.equal([
      "HTTPCode_Target_5XX_Count",
      "TargetConnectionErrorCount",
      "RequestCount",
      "FILL(answered5xx, 0) + FILL(unreached, 0)",
    ]);
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
    expect([100, 10].map((percent) => line(balancerAlarm(limits, percent)))).to.deep.equal([
      "balancer: load-balancer IF(errors >= 5, 100 * errors / all, 0) GreaterThanThreshold 5, 2 of 3",
      "balancer: load-balancer IF(errors >= 5, 100 * errors / all, 0) GreaterThanThreshold 0.5, 2 of 3",
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

describe("serviceAlarms", () => {
  const withoutTable = [
    "cpu: service AWS/ECS CPUUtilization Average GreaterThanThreshold 85, 8 of 10",
    "memory: service AWS/ECS MemoryUtilization Maximum GreaterThanThreshold 85, 8 of 10",
  ];

  // An owner may add others, for which `every alarm` holds too.
  it("are CPU and memory", () => {
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
  for (const spec of [
    ...deploymentAlarms(limits),
    ...controlAlarms(limits, 10),
    balancerAlarm(limits, 10),
    ...serviceAlarms({ table: true }),
  ]) {
    it(`${spec.name} returns one series, from queries whose ids CloudWatch takes, and says what to look at`, () => {
      const ids = spec.queries.map(({ id }) => id);

      expect(spec.queries.filter(({ returnData }) => returnData)).to.have.length(1);
      expect(new Set(ids).size).to.equal(ids.length);
      // CloudWatch takes ten metrics in an alarm (aws/aws-cdk#24509); Terraform's provider twenty queries.
      expect(spec.queries.filter((query) => "metric" in query).length).to.be.at.most(10);
      expect(ids.length).to.be.at.most(20);
      for (const id of ids) expect(id).to.match(/^[a-z][a-zA-Z0-9_]*$/);
      expect(spec.datapointsToAlarm).to.be.at.most(spec.evaluationPeriods);
      expect(spec.description).to.match(/ (Look|Raise) [^.]+\.$/);
    });
  }
});
