import { expect } from "chai";
import { Histogram } from "../src/observability/histogram.ts";

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
