import { expect } from "chai";
import { RestartPolicy } from "../../../app/src/process/restart-policy.ts";

const SLOTS = [0, 1, 2, 3, 4, 5, 6, 7];

describe("RestartPolicy", () => {
  it("waits twice as long with every death, and gives up at the sixth within a minute", () => {
    const policy = new RestartPolicy();
    const waits = [0, 1, 2, 3, 4, 5].map((time) => policy.died(3, time * 1000));
    expect(waits).to.deep.equal([100, 200, 400, 800, 1600, "give-up"]);
    expect(policy.restarts).to.equal(5);
  });

  it("waits 5 s at most", () => {
    const policy = new RestartPolicy({ maxDeaths: 7 });
    const waits = [0, 1, 2, 3, 4, 5, 6].map((time) => policy.died(0, time));
    expect(waits).to.deep.equal([100, 200, 400, 800, 1600, 3200, 5000]);
  });

  it("forgets a death after a minute", () => {
    const policy = new RestartPolicy({ maxDeaths: 1 });
    expect(policy.died(0, 0)).to.equal(100);
    expect(policy.died(0, 60_000)).to.equal(100);
    expect(policy.died(0, 119_999)).to.equal("give-up");
  });

  it("counts each worker for itself", () => {
    const policy = new RestartPolicy();
    expect(SLOTS.map((slot) => policy.died(slot, 0))).to.deep.equal(SLOTS.map(() => 100));
    expect(SLOTS.map((slot) => policy.died(slot, 1))).to.deep.equal(SLOTS.map(() => 200));
    expect(policy.restarts).to.equal(16);
  });
});
