import { expect } from "chai";
import { failureThreshold, restartDelayMs } from "../../src/ecs/restart-policy.ts";

describe("restart policy", () => {
  it("waits twice as long after each failed start, up to a minute", () => {
    const delays = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 100].map(restartDelayMs);

    expect(delays).to.deep.equal([
      0, 0, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000,
    ]);
  });

  it("gives a deployment up at half the desired count, at least 3 and at most 200 failures", () => {
    expect([1, 6, 7, 9, 400, 1000].map(failureThreshold)).to.deep.equal([3, 3, 4, 5, 200, 200]);
  });
});
