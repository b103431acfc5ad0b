import { expect } from "chai";
import {
  bakeMinutes,
  deadlineSeconds,
  DEFAULT_TIMING,
  duration,
  rollbackSeconds,
  stableSeconds,
  type Timing,
} from "../../src/ecs/timing.ts";

const DEV: Timing = {
  ...DEFAULT_TIMING,
  desired: 1,
  healthCheckGraceSeconds: 30,
  healthCheckIntervalSeconds: 5,
  healthyThreshold: 2,
  unhealthyThreshold: 2,
  deregistrationDelaySeconds: 5,
  stopTimeoutSeconds: 15,
};
const SHIFTING: Timing = {
  ...DEV,
  desired: 3,
  bakeMinutes: 5,
  canaryBakeMinutes: 7,
  stepPercent: 30,
  stepBakeMinutes: 2,
};

describe("deadlineSeconds", () => {
  it("lets the circuit breaker fail three tasks one after the other where one is desired", () => {
    // 3 rounds of 120 start + 30 grace + 2 x 5 checks, then 5 + 15 of draining and 60 of control, half as long again.
    expect(deadlineSeconds(DEV)).to.equal((3 * 160 + 20 + 60) * 1.5);
  });

  it("needs one round where three tasks start at once", () => {
    expect(deadlineSeconds({ ...DEV, desired: 3 })).to.equal((160 + 20 + 60) * 1.5);
  });

  it("adds the bake times in full", () => {
    const base = deadlineSeconds({ ...DEV, desired: 3 });
    const baking = (strategy: Timing["strategy"]): number =>
      deadlineSeconds({ ...SHIFTING, strategy }) - base;
    expect(["BLUE_GREEN", "CANARY", "LINEAR"].map((s) => baking(s as "CANARY"))).to.deep.equal([
      5 * 60,
      12 * 60,
      // 30, 60 and 90 % are watched; 100 % is what the last bake is for.
      (3 * 2 + 5) * 60,
    ]);
  });

  it("allows a rolling deployment with alarms the bake time that ECS adds", () => {
    expect(deadlineSeconds({ ...DEV, alarms: true }) - deadlineSeconds(DEV)).to.equal(600);
  });

  it("is finite for a service without tasks", () => {
    expect(deadlineSeconds({ ...DEV, desired: 0 })).to.equal(deadlineSeconds(DEV));
  });
});

describe("stableSeconds", () => {
  it("is the time for which ECS does not mind a bad task, a minute at least", () => {
    expect(stableSeconds(DEV)).to.equal(60);
    expect(stableSeconds({ ...DEV, healthCheckGraceSeconds: 90 })).to.equal(90 + 2 * 5);
  });
});

describe("rollbackSeconds", () => {
  it("has no bake time", () => {
    expect(rollbackSeconds({ ...SHIFTING, strategy: "CANARY" })).to.equal(360);
  });
});

describe("bakeMinutes", () => {
  it("is none with rolling", () => {
    expect(bakeMinutes({ ...SHIFTING, strategy: "ROLLING" })).to.equal(0);
  });
});

describe("duration", () => {
  it("reads as a person would say it", () => {
    expect([0, 45.4, 119, 120, 465, 3600, 7200, 7500].map(duration)).to.deep.equal([
      "0 s",
      "45 s",
      "119 s",
      "2 min",
      "8 min",
      "60 min",
      "2 h",
      "2 h 5 min",
    ]);
  });
});
