import { expect } from "chai";
import packageJson from "../package.json" with { type: "json" };
import { Metrics } from "../src/observability/metrics.ts";

const GAUGES = { QueueDepth: 3, RequestsInFlight: 2, LogLinesDropped: 0, StoreUp: 1 } as const;

type Line = Record<string, unknown> & {
  _aws: {
    Timestamp: number;
    CloudWatchMetrics: { Dimensions: string[][]; Metrics: { Name: string; Unit: string }[] }[];
  };
};

function take(metrics: Metrics, gauges: Parameters<Metrics["take"]>[1] = GAUGES): Line[] {
  return JSON.parse(JSON.stringify(metrics.take(1000, gauges))) as Line[];
}

function newMetrics(): Metrics {
  return new Metrics({ namespace: "events-api", service: "events-api", worker: 0 });
}

describe("Metrics", () => {
  it("leave as one line for each route, with latencies as values and counts", () => {
    const metrics = newMetrics();
    metrics.request("GET /v1/kpis", 200, 10);
    metrics.request("GET /v1/kpis", 200, 10);
    metrics.request("GET /v1/kpis", 404, 1);
    metrics.request("GET /v1/kpis", 503, 250);
    metrics.request("POST /v1/events", 202, 5);

    const [kpis, events] = take(metrics);
    const { _aws, ...members } = kpis ?? { _aws: undefined };
    expect(members).to.deep.equal({
      type: "metrics",
      service: "events-api",
      worker: 0,
      route: "GET /v1/kpis",
      Latency: {
        Values: [1.003, 9.39, 233.738],
        Counts: [1, 2, 1],
        Max: 250,
        Min: 1,
        Sum: 271,
        Count: 4,
      },
      Requests: 4,
      ClientErrors: 1,
      ServerErrors: 1,
    });
    expect(_aws).to.deep.equal({
      Timestamp: 1000,
      CloudWatchMetrics: [
        {
          Namespace: "events-api",
          Dimensions: [["service"]],
          Metrics: [
            { Name: "Latency", Unit: "Milliseconds" },
            { Name: "Requests", Unit: "Count" },
            { Name: "ClientErrors", Unit: "Count" },
            { Name: "ServerErrors", Unit: "Count" },
          ],
        },
      ],
    });
    expect(events).to.include({ route: "POST /v1/events", Requests: 1 });
  });

  it("are for queries of the log alone without a namespace, and cost nothing else", () => {
    const metrics = new Metrics({ namespace: undefined, service: "events-api", worker: 0 });
    metrics.request("GET /v1/kpis", 200, 10);
    const [route, state] = take(metrics);
    expect(route).to.include({ type: "metrics", service: "events-api", Requests: 1 });
    expect(state).to.include({ QueueDepth: 3 });
    expect([route, state].map((line) => line && "_aws" in line)).to.deep.equal([false, false]);
  });

  it("begin again at 0, and say nothing of routes without a request", () => {
    const metrics = newMetrics();
    metrics.request("GET /v1/kpis", 200, 10);
    metrics.count("EventsAccepted", 2);
    expect(take(metrics)).to.have.length(2);

    const [only, ...more] = take(metrics);
    expect(more).to.deep.equal([]);
    expect(only).to.include({ EventsAccepted: 0, EventsDuplicate: 0, EventsRefused: 0 });
  });

  it("tell the state of the process and the business in one line", () => {
    const metrics = newMetrics();
    metrics.count("EventsAccepted", 2);
    metrics.count("RequestsShed");
    metrics.count("RequestsLimited");
    metrics.eventLoopDelay(12);
    const [first] = take(metrics, { ...GAUGES, LogLinesDropped: 5 });
    expect(first).to.include({ EventsAccepted: 2, RequestsShed: 1, RequestsLimited: 1 });
    metrics.eventLoopDelay(12);
    const [line] = take(metrics, { ...GAUGES, LogLinesDropped: 2, StoreUp: 0, ActiveUsers: 9 });

    expect(line).to.include({ QueueDepth: 3, RequestsInFlight: 2, StoreUp: 0, ActiveUsers: 9 });
    expect(line).to.include({ LogLinesDropped: 2, RequestsShed: 0, RequestsLimited: 0 });
    expect(line?.["EventLoopDelay"]).to.include({ Count: 1, Sum: 12 });
    const named = line?._aws.CloudWatchMetrics[0]?.Metrics.map(({ Name }) => Name) ?? [];
    const values = Object.keys(line ?? {}).filter((member) => /^[A-Z]/.test(member));
    expect(named).to.have.members(values);
  });

  it("count the use of features, the most used ones only", () => {
    const metrics = newMetrics();
    for (let at = 0; at < 12; at += 1)
      for (let uses = 0; uses <= at; uses += 1) metrics.featureUsed(`f${at}`);
    const lines = take(metrics).filter((line) => line["feature"] !== undefined);
    expect(lines).to.have.length(10);
    expect(lines[0]).to.include({ feature: "f11", FeatureUse: 12 });
    expect(lines[9]).to.include({ feature: "f2", FeatureUse: 3 });
    expect(lines[0]?._aws.CloudWatchMetrics[0]?.Dimensions).to.deep.equal([["service", "feature"]]);
  });

  it("stay below 4096 bytes a line, so that processes never tear each other's", () => {
    const metrics = newMetrics();
    for (let value = 0.01; value < 1e6; value *= 1.01) {
      metrics.request("GET /v1/activity", 200, value);
      metrics.eventLoopDelay(value);
    }
    for (const document of metrics.take(Date.now(), { ...GAUGES, ActiveUsers: 1_000_000 })) {
      // The logger adds time and level.
      expect(Buffer.byteLength(JSON.stringify(document))).to.be.below(4000);
    }
  });

  it("are those that package.json lists for the platform, which has alarms and graphs of them", () => {
    const metrics = newMetrics();
    metrics.request("GET /v1/kpis", 200, 10);
    metrics.eventLoopDelay(20);
    metrics.featureUsed("search");
    const emitted = take(metrics, { ...GAUGES, ActiveUsers: 1 }).flatMap(({ _aws }) =>
      _aws.CloudWatchMetrics.flatMap(({ Dimensions: [dimensions = []], Metrics: of }) =>
        of.map(({ Name }) => [Name, ...dimensions].join(" ")),
      ),
    );
    const listed = Object.entries(packageJson.metrics).map(([name, metric]) =>
      [name, "service", ...("by" in metric ? [metric.by] : [])].join(" "),
    );
    expect([...new Set(emitted)].sort()).to.deep.equal(listed.sort());
  });
});
