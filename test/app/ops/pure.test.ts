import { expect } from "chai";
import { accessLine } from "../../../app/src/ops/access-log.ts";
import { isoTime } from "../../../app/src/ops/clock.ts";
import { EventLoopMonitor } from "../../../app/src/ops/event-loop.ts";
import { Histogram } from "../../../app/src/ops/histogram.ts";
import { formatTraceparent, traceContext } from "../../../app/src/ops/trace.ts";

describe("isoTime", () => {
  for (const time of [0, 1, 999, 1000, 1_795_378_001_047, 1_795_378_001_447, 1_795_378_060_009]) {
    it(`agrees with Date for ${time}`, () => {
      expect(isoTime(time)).to.equal(new Date(time).toISOString());
    });
  }
});

describe("traceContext", () => {
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";

  it("continues a traceparent with a span of its own", () => {
    const context = traceContext(`00-${traceId}-00f067aa0ba902b7-01`, undefined);
    expect(context.traceId).to.equal(traceId);
    expect(context.sampled).to.be.true;
    expect(context.spanId)
      .to.match(/^[0-9a-f]{16}$/)
      .and.not.equal("00f067aa0ba902b7");
    expect(formatTraceparent(context)).to.equal(`00-${traceId}-${context.spanId}-01`);
  });

  it("takes what it knows of a later version", () => {
    const context = traceContext(`01-${traceId}-00f067aa0ba902b7-00-more`, undefined);
    expect(context.traceId).to.equal(traceId);
    expect(context.sampled).to.be.false;
  });

  const malformed = [
    "",
    "garbage",
    `00-${traceId}-00f067aa0ba902b7`,
    `00-${traceId.toUpperCase()}-00f067aa0ba902b7-01`,
    `00-${"0".repeat(32)}-00f067aa0ba902b7-01`,
    `00-${traceId}-${"0".repeat(16)}-01`,
    `ff-${traceId}-00f067aa0ba902b7-01`,
    `00-${traceId}-00f067aa0ba902b7-01-more`,
  ];
  for (const header of malformed) {
    it(`begins a new trace instead of "${header}"`, () => {
      const context = traceContext(header, undefined);
      expect(context.traceId)
        .to.match(/^[0-9a-f]{32}$/)
        .and.not.equal(traceId);
    });
  }

  it("takes the root of X-Amzn-Trace-Id", () => {
    const header =
      "Self=1-67891234-12456789abcdef012345678;Root=1-67891233-abcdef012345678912345678;Sampled=1";
    const context = traceContext(undefined, header);
    expect(context.traceId).to.equal("67891233abcdef012345678912345678");
    expect(context.sampled).to.be.true;
  });

  it("prefers traceparent to X-Amzn-Trace-Id", () => {
    const header = `00-${traceId}-00f067aa0ba902b7-00`;
    const context = traceContext(header, "Root=1-67891233-abcdef012345678912345678");
    expect(context.traceId).to.equal(traceId);
  });

  it("never gives two requests one trace", () => {
    const ids = Array.from({ length: 1000 }, () => traceContext(undefined, undefined).traceId);
    expect(new Set(ids).size).to.equal(1000);
  });
});

describe("accessLine", () => {
  const record = {
    time: 0,
    requestId: "r-1",
    traceId: "t",
    spanId: "s",
    method: "GET",
    path: "/v1/kpis",
    route: "GET /v1/kpis",
    status: 200,
    milliseconds: 1.23456,
    bytes: 12,
    clientAddress: "192.0.2.1",
    client: "web",
    userAgent: 'quote " backslash \\ umlaut ü \u2028 end',
  };

  it("is one line of JSON with every member", () => {
    const line = accessLine(record, "info", "access");
    expect(line.indexOf("\n")).to.equal(line.length - 1);
    expect(JSON.parse(line)).to.deep.equal({
      ...record,
      time: "1970-01-01T00:00:00.000Z",
      level: "info",
      type: "access",
      milliseconds: 1.23,
    });
  });

  it("leaves out what is not known", () => {
    const line = accessLine({ ...record, client: undefined, userAgent: undefined }, "warn", "slow");
    expect(Object.keys(JSON.parse(line) as object)).to.not.include.members(["client", "userAgent"]);
  });

  it("cuts long texts, so that a line stays below 4096 bytes", () => {
    const long = "x".repeat(8000);
    const line = accessLine({ ...record, path: long, userAgent: long }, "info", "access");
    expect(line.length).to.be.below(4096);
    expect((JSON.parse(line) as { path: string }).path).to.equal("x".repeat(512));
  });
});

describe("Histogram", () => {
  it("has nothing to say before the first value", () => {
    expect(new Histogram().take()).to.equal(undefined);
  });

  it("keeps count, sum, minimum and maximum exactly, and begins again", () => {
    const histogram = new Histogram();
    for (const value of [0, 1, 10, 10, 250.5]) histogram.record(value);
    const taken = histogram.take();
    expect(taken).to.include({ Count: 5, Sum: 271.5, Min: 0, Max: 250.5 });
    expect(taken?.Counts).to.deep.equal([1, 1, 2, 1]);
    expect(histogram.take()).to.equal(undefined);
  });

  it("represents every value within 8 %", () => {
    for (let value = 0.2; value < 90_000; value *= 1.07) {
      const histogram = new Histogram();
      histogram.record(0);
      histogram.record(value);
      histogram.record(100_000);
      const represented = histogram.take()?.Values[1] ?? 0;
      expect(Math.abs(represented / value - 1), String(value)).to.be.below(0.08);
    }
  });

  it("never has more than the 100 values that CloudWatch takes", () => {
    const histogram = new Histogram();
    for (let value = 0.01; value < 1e9; value *= 1.01) histogram.record(value);
    expect(histogram.take()?.Values.length).to.equal(100);
  });
});

describe("EventLoopMonitor", () => {
  it("says how late its timer was, and forgets it at the next punctual one", () => {
    let now = 0;
    const samples: number[] = [];
    const monitor = new EventLoopMonitor({
      intervalMilliseconds: 100,
      now: () => now,
      onSample: (delay) => samples.push(delay),
    });
    monitor.start();

    now = 100;
    monitor.sample();
    expect(monitor.delayMilliseconds).to.equal(0);
    now = 1700;
    expect(monitor.delayMilliseconds).to.equal(1500);
    monitor.sample();
    expect(monitor.delayMilliseconds).to.equal(1500);
    now = 1800;
    monitor.sample();
    expect(monitor.delayMilliseconds).to.equal(0);

    monitor.stop();
    expect(samples).to.deep.equal([0, 1500, 0]);
  });
});
