import { expect } from "chai";
import { formatTraceparent, traceContext } from "../src/observability/trace.ts";

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
