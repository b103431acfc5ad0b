import { expect } from "chai";
import { planFrozen } from "../../../../../test/helpers/frozen.ts";
import type { Plan } from "../../../src/plan/types.ts";
import {
  rehearsedAlarms,
  type Datapoints,
  type RehearsedAlarm,
} from "../../../src/local/rehearse/alarms.ts";
import { compile } from "../../../src/local/rehearse/metric-math.ts";
import { percentile, PeriodMetrics } from "../../../src/local/rehearse/metrics.ts";
import type { RequestRecord } from "../../../src/local/balancer/request-record.ts";

describe("metric math", () => {
  const value = (text: string, values: Record<string, number> = {}): number | undefined =>
    compile(text)((id) => values[id]);

  it("computes with the usual precedence", () => {
    expect(value("1 + 2 * 3 - 4 / 2")).to.equal(5);
    expect(value("(1 + 2) * 3")).to.equal(9);
    expect(value("10 - 3 - 2")).to.equal(5);
    expect(value("2 * a >= 6", { a: 3 })).to.equal(1);
    expect(value("a != 3", { a: 3 })).to.equal(0);
  });

  it("passes a missing datapoint on, unless FILL gives it a value; a division by zero is missing", () => {
    expect(value("a + 1")).to.equal(undefined);
    expect(value("FILL(a, 7) + 1")).to.equal(8);
    expect(value("IF(a > 1, 2, 3)")).to.equal(undefined);
    expect(value("1 / a", { a: 0 })).to.equal(undefined);
  });

  it("chooses only the branch that is asked for", () => {
    expect(value("IF(a >= 20, 100 * FILL(b, 0) / a, 0)", { a: 40 })).to.equal(0);
    expect(value("IF(a >= 20, 100 * FILL(b, 0) / a, 0)", { a: 40, b: 10 })).to.equal(25);
    expect(value("IF(a >= 20, 100 * FILL(b, 0) / a, 0)", { a: 19, b: 19 })).to.equal(0);
  });

  it("refuses the rest in a sentence", () => {
    const refusal = (text: string): string => {
      try {
        compile(text);
        return "";
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(refusal("ANOMALY_DETECTION_BAND(m1, 2)")).to.equal(
      'The alarm expression "ANOMALY_DETECTION_BAND(m1, 2)" cannot be rehearsed: "ANOMALY_DETECTION_BAND" is not understood there.',
    );
    expect(refusal("1 +")).to.equal(
      'The alarm expression "1 +" cannot be rehearsed: it ends too early.',
    );
    expect(refusal("a ? b")).to.equal(
      'The alarm expression "a ? b" cannot be rehearsed: "?" is not understood there.',
    );
    expect(refusal("a b")).to.equal(
      'The alarm expression "a b" cannot be rehearsed: "b" is not understood there.',
    );
  });
});

describe("the stack's own alarms", () => {
  let plan: Plan;
  let alarms: RehearsedAlarm[];
  before(async () => {
    plan = await planFrozen({ stack: "prod", overrides: { deploymentStrategy: "canary" } });
    alarms = rehearsedAlarms(plan).alarms;
  });

  const alarm = (name: string): RehearsedAlarm => {
    const found = alarms.find((candidate) => candidate.name === name);
    if (found === undefined) throw new Error(name);
    return found;
  };

  it("all of them can be rehearsed, with the group that each watches", () => {
    expect(rehearsedAlarms(plan).leftOut).to.deep.equal([]);
    expect(
      alarms.map(({ name, threshold, metrics }) => [
        name,
        threshold,
        metrics.map(({ group }) => group),
      ]),
    ).to.deep.equal([
      ["deployment-blue-errors", 1, ["load-balancer-blue", "load-balancer-blue"]],
      ["deployment-blue-latency", 0.5, ["load-balancer-blue"]],
      ["deployment-blue-unhealthy", 0, ["load-balancer-blue"]],
      ["deployment-green-errors", 1, ["load-balancer-green", "load-balancer-green"]],
      ["deployment-green-latency", 0.5, ["load-balancer-green"]],
      ["deployment-green-unhealthy", 0, ["load-balancer-green"]],
    ]);
  });

  it("fire after as many bad periods as they name, and not on missing data", () => {
    const bad = new Set([3, 5]);
    const datapoints: Datapoints = ({ metric }, period) =>
      metric === "RequestCount" ? 100 : bad.has(period) ? 2 : undefined;
    const errors = alarm("deployment-green-errors");
    // Two of three: 3 and 5 are both within the three periods that end with 5, and no others.
    expect([3, 4, 5, 6].map((period) => errors.fires(datapoints, period))).to.deep.equal([
      false,
      false,
      true,
      false,
    ]);
    expect(alarm("deployment-green-latency").fires(() => undefined, 9)).to.equal(false);
    expect(alarm("deployment-green-latency").fires(() => 0.51, 1)).to.equal(false);
    expect(alarm("deployment-green-latency").fires(() => 0.51, 2)).to.equal(true);
    expect(alarm("deployment-green-latency").fires(() => 0.5, 2)).to.equal(false);
  });

  it("none when the stack has alarmRollback off, and one that is not understood is named", async () => {
    const off = await planFrozen({ stack: "prod", overrides: { alarmRollback: "false" } });
    expect(rehearsedAlarms(off).alarms).to.deep.equal([]);
    const changed = structuredClone(plan);
    const latency = changed.resources.find(({ name }) => name === "deployment-blue-latency");
    const [query] = latency?.inputs["metricQueries"] as [{ metric: { metricName: string } }];
    query.metric.metricName = "RuleEvaluations";
    expect(rehearsedAlarms(changed).leftOut).to.deep.equal([
      "deployment-blue-latency is not rehearsed: this machine does not measure p99 of RuleEvaluations.",
    ]);
  });
});

describe("metrics by period", () => {
  const record = (status: number, more: Partial<RequestRecord> = {}): RequestRecord => ({
    at: 0,
    group: "green",
    target: "task 1",
    method: "GET",
    path: "/",
    status,
    from: "target",
    cut: false,
    durationMs: 20,
    ...more,
  });

  it("count with their weight, and are missing where there was nothing", () => {
    const metrics = new PeriodMetrics(60, 30);
    metrics.request(record(200), 59);
    metrics.request(record(500, { durationMs: 40 }), 60);
    metrics.request(record(200), 119);
    metrics.request(record(502, { from: "load-balancer" }), 119);
    metrics.unhealthy("green", 2, 61);
    metrics.unhealthy("green", 1, 62);
    const of = (metric: string, stat = "Sum", period = 1, group = "green") =>
      metrics.datapoints({ metric, stat, group }, period);
    expect(of("RequestCount")).to.equal(90);
    expect(of("RequestCount", "Sum", 0)).to.equal(30);
    expect(of("RequestCount", "Sum", 2)).to.equal(undefined);
    expect(of("HTTPCode_Target_5XX_Count")).to.equal(30);
    expect(of("HTTPCode_Target_5XX_Count", "Sum", 0)).to.equal(undefined);
    expect(of("HTTPCode_ELB_5XX_Count")).to.equal(30);
    expect(of("RequestCount", "Sum", 1, "blue")).to.equal(undefined);
    expect(metrics.datapoints({ metric: "RequestCount", stat: "Sum" }, 1)).to.equal(90);
    expect(of("UnHealthyHostCount", "Maximum")).to.equal(2);
    expect(of("TargetResponseTime", "p99")).to.equal(0.04);
    expect(of("TargetResponseTime", "Average")).to.equal(0.03);
  });

  it("percentiles are nearest ranks", () => {
    const values = [5, 1, 4, 2, 3];
    expect([0, 20, 50, 99, 100].map((percent) => percentile(values, percent))).to.deep.equal([
      1, 1, 3, 5, 5,
    ]);
    expect(percentile([], 50)).to.equal(0);
  });
});
