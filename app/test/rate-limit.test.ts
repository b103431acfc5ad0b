import { expect } from "chai";
import { RateLimiter } from "../src/middleware/rate-limit.ts";

describe("RateLimiter", () => {
  it("gives the quota of a minute at once, then one for every share of it", () => {
    const limiter = new RateLimiter(3);
    const decisions = [1000, 1000, 1000, 1000].map((now) => limiter.take("a", now));
    expect(decisions).to.deep.equal([
      { remaining: 2, resetSeconds: 20, waitSeconds: 0 },
      { remaining: 1, resetSeconds: 40, waitSeconds: 0 },
      { remaining: 0, resetSeconds: 60, waitSeconds: 0 },
      { remaining: 0, resetSeconds: 60, waitSeconds: 20 },
    ]);
    expect(limiter.take("a", 20_999).waitSeconds).to.be.above(0);
    expect(limiter.take("a", 21_000).waitSeconds).to.equal(0);
    expect(limiter.take("a", 21_000).waitSeconds).to.be.above(0);
  });

  it("is not a second off on a clock with fractions", () => {
    for (let now = 0.1; now < 1e7; now += 12_345.678_9)
      expect(new RateLimiter(2).take("a", now).resetSeconds).to.equal(30);
  });

  it("does not count refused requests", () => {
    const limiter = new RateLimiter(1);
    limiter.take("a", 0);
    for (let now = 0; now < 60_000; now += 1000)
      expect(limiter.take("a", now).waitSeconds).to.be.above(0);
    expect(limiter.take("a", 60_000).waitSeconds).to.equal(0);
  });

  it("counts each client for itself", () => {
    const limiter = new RateLimiter(1);
    expect(limiter.take("a", 0).waitSeconds).to.equal(0);
    expect(limiter.take("b", 0).waitSeconds).to.equal(0);
    expect(limiter.take("a", 0).waitSeconds).to.be.above(0);
  });

  it("remembers no more clients than it may", () => {
    const limiter = new RateLimiter(10, 100);
    for (let client = 0; client < 1000; client += 1) limiter.take(`client ${client}`, client);
    expect(limiter.clients).to.equal(100);
  });
});
