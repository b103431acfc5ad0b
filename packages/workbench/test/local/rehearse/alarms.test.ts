import { expect } from "chai";
import { planFrozen } from "../../../../../test/helpers/frozen.ts";
import type { Datapoints, PlannedAlarm } from "../../../src/plan/alarms/planned-alarm.ts";
import type { Plan } from "../../../src/plan/types.ts";
import { rehearsedAlarms } from "../../../src/local/rehearse/alarms.ts";
import { percentile, PeriodMetrics } from "../../../src/local/rehearse/metrics.ts";
import type { RequestRecord } from "../../../src/local/balancer/request-record.ts";

describe("the stack's own alarms", () => {
  let plan: Plan;
  let alarms: PlannedAlarm[];
  before(async () => {
    plan = await planFrozen({ stack: "prod", overrides: { deploymentStrategy: "canary" } });
    alarms = rehearsedAlarms(plan).alarms;
  });

  const alarm = (name: string): PlannedAlarm => {
    const found = alarms.find((candidate) => candidate.name === name);
    if (found === undefined) throw new Error(name);
    return found;
  };

  it("all of them can be rehearsed, with the group that each watches", () => {
    expect(rehearsedAlarms(plan).leftOut).to.deep.equal([]);
    const [blue, green] = ["load-balancer-blue", "load-balancer-green"];
    expect(
      alarms.map(({ name, threshold, metrics }) => [
        name,
        threshold,
        [...new Set(metrics.map(({ group }) => group))],
      ]),
    ).to.deep.equal([
      ["deployment-balancer", 0.1, [undefined]],
      ["deployment-blue-errors", 1, [blue]],
      ["deployment-blue-latency", 0.5, [blue]],
      ["deployment-blue-unhealthy", 0, [blue]],
      ["deployment-control-errors", 0.2, [blue, green]],
      ["deployment-control-latency", 2, [blue, green]],
      ["deployment-green-errors", 1, [green]],
      ["deployment-green-latency", 0.5, [green]],
      ["deployment-green-unhealthy", 0, [green]],
    ]);
  });

  it("fire after as many bad periods as they name, and not on missing data", () => {
    const bad = new Set([3, 5]);
    const datapoints: Datapoints = ({ metric }, period) =>
      metric === "RequestCount" ? 100 : bad.has(period) ? 5 : undefined;
    const errors = alarm("deployment-green-errors");
    // Two of three: 3 and 5 are both within the three periods that end with 5, and no others.
    expect([3, 4, 5, 6].map((period) => errors.fires(datapoints, period))).to.deep.equal([
      false,
      false,
      true,
      false,
    ]);
    const latency = (seconds: number, lastPeriod: number): boolean =>
      alarm("deployment-green-latency").fires(
        ({ metric }) => (metric === "RequestCount" ? 100 : seconds),
        lastPeriod,
      );
    expect(alarm("deployment-green-latency").fires(() => undefined, 9)).to.equal(false);
    expect([latency(0.51, 1), latency(0.51, 2), latency(0.5, 2)]).to.deep.equal([
      false,
      true,
      false,
    ]);
  });

  it("see nothing of what the load balancer itself answers where they ask for that of a target group", () => {
    const asked = (metricName: string): number | undefined => {
      const changed = structuredClone(plan);
      const errors = changed.resources.find(({ name }) => name === "deployment-green-errors");
      const queries = errors?.inputs["metricQueries"] as { metric: { metricName: string } }[];
      if (queries[0] !== undefined) queries[0].metric.metricName = metricName;
      return rehearsedAlarms(changed)
        .alarms.find(({ name }) => name === "deployment-green-errors")
        ?.value(({ metric }) => (metric === "TargetConnectionErrorCount" ? 0 : 10), 0);
    };
    expect(asked("HTTPCode_Target_5XX_Count")).to.equal(100);
    expect(asked("HTTPCode_ELB_5XX_Count")).to.equal(0);
  });

  it("none when the stack has alarmRollback off, and one that is not understood is named", async () => {
    const off = await planFrozen({ stack: "prod", overrides: { alarmRollback: "false" } });
    expect(rehearsedAlarms(off).alarms).to.deep.equal([]);
    const changed = structuredClone(plan);
    const latency = changed.resources.find(({ name }) => name === "deployment-blue-latency");
    const [, query] = latency?.inputs["metricQueries"] as { metric: { metricName: string } }[];
    if (query !== undefined) query.metric.metricName = "RuleEvaluations";
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
    expect(of("RequestCount", "Sum", 1, "blue")).to.equal(undefined);
    const all = (metric: string) => metrics.datapoints({ metric, stat: "Sum" }, 1);
    expect(all("RequestCount")).to.equal(90);
    expect(all("HTTPCode_ELB_5XX_Count")).to.equal(30);
    expect(of("UnHealthyHostCount", "Maximum")).to.equal(2);
    expect(of("TargetResponseTime", "p99")).to.equal(0.04);
    expect(of("TargetResponseTime", "Average")).to.equal(0.03);
  });

  it("tell a request that no target could take from one whose target took no connection, and from one that hangs up", () => {
    const metrics = new PeriodMetrics(60, 1);
    const untaken = record(503, { from: "load-balancer", group: "green" });
    delete untaken.target;
    metrics.request(untaken, 0);
    metrics.request(record(502, { from: "load-balancer", unreached: true }), 1);
    metrics.request(record(502, { from: "load-balancer" }), 2);
    metrics.request(record(504, { from: "load-balancer" }), 3);
    const counted = [
      "RequestCount",
      "TargetConnectionErrorCount",
      "HTTPCode_ELB_502_Count",
      "HTTPCode_ELB_503_Count",
      "HTTPCode_ELB_504_Count",
      "HTTPCode_ELB_5XX_Count",
      "HTTPCode_Target_2XX_Count",
    ].map((metric) => metrics.datapoints({ metric, stat: "Sum" }, 0));
    expect(counted).to.deep.equal([3, 1, 2, 1, 1, 4, undefined]);
  });

  it("percentiles are nearest ranks", () => {
    const values = [5, 1, 4, 2, 3];
    expect([0, 20, 50, 99, 100].map((percent) => percentile(values, percent))).to.deep.equal([
      1, 1, 3, 5, 5,
    ]);
    expect(percentile([], 50)).to.equal(0);
  });
});
