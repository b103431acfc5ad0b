import { expect } from "chai";
import fc from "fast-check";
import { WORST } from "../../../src/plan/rollout/assumptions.ts";
import {
  timeline,
  shifts,
  extraTaskSeconds,
  rollingMoments,
} from "../../../src/plan/rollout/timeline.ts";
import { detection } from "../../../src/plan/rollout/detection.ts";
import { clockTime, duration } from "../../../src/lib/words.ts";
import { brokenInvariants } from "../../../src/plan/rollout/invariants.ts";
import type { RolloutInputs } from "../../../src/plan/rollout/inputs.ts";
import { inputs } from "./inputs.ts";

describe("rolling deployment, played through", () => {
  const seconds = (desiredCount: number, minimum: number, maximum: number): number | undefined =>
    rollingMoments(
      { desiredCount, minimumHealthyPercent: minimum, maximumPercent: maximum },
      40,
      30,
    )?.at(-1)?.at;

  it("batches follow from minimum and maximum percent", () => {
    expect(seconds(4, 100, 200)).to.equal(70);
    // Two at a time: the second pair starts as the first old pair leaves.
    expect(seconds(4, 100, 150)).to.equal(110);
    expect(seconds(4, 100, 125)).to.equal(4 * 40 + 30);
    // Stops first: two drain while two start in their place, then the other two.
    expect(seconds(4, 50, 100)).to.equal(80);
    expect(seconds(0, 100, 200)).to.equal(0);
  });

  it("never ends when nothing may start and nothing may stop", () => {
    expect(seconds(1, 100, 100)).to.equal(undefined);
    const endless = timeline(inputs({ maximumPercent: 100 }), WORST);
    expect(endless).to.deep.equal({ seconds: Infinity, stages: [], extraTaskSeconds: 0 });
  });

  it("counts tasks above the desired count only", () => {
    const limits = { desiredCount: 2, minimumHealthyPercent: 100, maximumPercent: 200 };
    const moments = rollingMoments(limits, 40, 30) ?? [];
    expect(moments).to.deep.equal([
      { at: 0, old: 2, fresh: 0, starting: 2, stopping: 0, tasks: 4 },
      { at: 40, old: 0, fresh: 2, starting: 0, stopping: 2, tasks: 4 },
      { at: 70, old: 0, fresh: 2, starting: 0, stopping: 0, tasks: 2 },
    ]);
    expect(extraTaskSeconds(moments, 2)).to.equal(2 * 70);
  });

  it("never serves with fewer tasks than the minimum, nor starts more than the maximum", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 100, max: 300 }),
        (desiredCount, minimumHealthyPercent, maximumPercent) => {
          const limits = { desiredCount, minimumHealthyPercent, maximumPercent };
          const lower = Math.ceil((desiredCount * minimumHealthyPercent) / 100);
          const upper = Math.floor((desiredCount * maximumPercent) / 100);
          for (const { old, fresh, starting } of rollingMoments(limits, 7, 5) ?? []) {
            expect(old + fresh).to.be.at.least(lower);
            expect(old + fresh + starting).to.be.at.most(upper);
          }
        },
      ),
    );
  });
});

describe("traffic shifts", () => {
  it("end at 100 %, and a step that would go beyond is cut there", () => {
    const percents = (strategy: RolloutInputs["strategy"], stepPercent = 20): number[] =>
      shifts(inputs({ strategy, stepPercent })).map(({ percent }) => percent);
    expect(percents("rolling")).to.deep.equal([]);
    expect(percents("blue-green")).to.deep.equal([100]);
    expect(percents("canary")).to.deep.equal([10, 100]);
    expect(percents("linear")).to.deep.equal([20, 40, 60, 80, 100]);
    expect(percents("linear", 30)).to.deep.equal([30, 60, 90, 100]);
    expect(percents("linear", 100)).to.deep.equal([100]);
  });
});

describe("detection", () => {
  it("counts failed tasks in rounds of those that start side by side", () => {
    const of = (changes: Partial<RolloutInputs>): [number, number, string] => {
      const { crashSeconds, failedTasks, countedBy } = detection(inputs(changes));
      return [crashSeconds, failedTasks, countedBy];
    };
    expect(of({})).to.deep.equal([31, 3, "circuit breaker"]);
    expect(of({ desiredCount: 1 })).to.deep.equal([93, 3, "circuit breaker"]);
    expect(of({ desiredCount: 1000 })).to.deep.equal([31, 200, "circuit breaker"]);
    expect(of({ strategy: "canary" })).to.deep.equal([31 + 15, 3, "verification"]);
  });

  it("a task that never passes a check fails after its grace period or its failed checks", () => {
    expect(detection(inputs()).neverHealthySeconds).to.equal(30 + 30);
    expect(detection(inputs({ healthCheckGraceSeconds: 0 })).neverHealthySeconds).to.equal(30 + 21);
    expect(detection(inputs()).unhealthySeconds).to.equal(20);
  });

  it("wrong answers: share and sum of the traffic until the slowest alarm", () => {
    const of = (changes: Partial<RolloutInputs>): [number, number] => {
      const { reachPercent, exposedSeconds } = detection(inputs(changes));
      return [reachPercent, exposedSeconds];
    };
    expect(of({ strategy: "canary" })).to.deep.equal([10, 24]);
    expect(of({ strategy: "canary", canaryBakeSeconds: 60 })).to.deep.equal([100, 6 + 180]);
    expect(of({ strategy: "blue-green" })).to.deep.equal([100, 240]);
    expect(of({ strategy: "blue-green", bakeSeconds: 60 })).to.deep.equal([100, 240]);
    expect(of({ strategy: "linear" })).to.deep.equal([40, 24 + 48]);
    // Going back takes a start of the old version: 41 s more.
    expect(of({ strategy: "rolling" })).to.deep.equal([100, 240 + 41]);
    expect(of({ alarms: [] })).to.deep.equal([100, Infinity]);
    expect(detection(inputs({ alarms: [] })).alarms).to.equal(undefined);
  });
});

describe("invariants of a rollout", () => {
  const broken = (changes: Partial<RolloutInputs>): string[] =>
    brokenInvariants(inputs(changes)).map((sentence) => sentence.split(" ").slice(0, 3).join(" "));

  it("hold for good settings, and each breaks alone at its boundary", () => {
    expect(broken({})).to.deep.equal([]);
    expect(broken({ strategy: "canary" })).to.deep.equal([]);
    expect(broken({ keepAliveSeconds: 60 })).to.deep.equal(["KEEP_ALIVE_TIMEOUT_SECONDS is 60,"]);
    expect(broken({ keepAliveSeconds: 61 })).to.deep.equal([]);
    expect(broken({ stopTimeoutSeconds: 40 })).to.deep.equal(["SHUTDOWN_DEADLINE_SECONDS is 40,"]);
    expect(broken({ drainDelaySeconds: 40 })).to.deep.equal(["DRAIN_DELAY_SECONDS is 40,"]);
    expect(broken({ requestTimeoutSeconds: 31 })).to.deep.equal([
      "deregistrationDelaySeconds is 30,",
    ]);
    const check = { intervalSeconds: 10, timeoutSeconds: 10, unhealthyThreshold: 2 };
    expect(broken({ check })).to.deep.equal(["healthCheckTimeoutSeconds is 10,"]);
    expect(broken({ minimumHealthyPercent: 99 })).to.deep.equal([
      "deploymentMinimumHealthyPercent is 99:",
    ]);
    expect(broken({ maximumPercent: 199 })).to.deep.equal(["deploymentMaximumPercent is 199:"]);
    expect(broken({ circuitBreaker: false })).to.deep.equal(["The deployment circuit"]);
  });

  it("bake times outlast the slowest alarm", () => {
    expect(brokenInvariants(inputs({ strategy: "canary", canaryBakeSeconds: 180 }))).to.deep.equal([
      "canaryBakeTimeMinutes is 3, but the alarm latency takes up to 4 min: a bad version could get all traffic before it fires. Set it to 4.",
    ]);
    expect(broken({ strategy: "canary", canaryBakeSeconds: 240 })).to.deep.equal([]);
    expect(broken({ strategy: "blue-green", bakeSeconds: 180 })).to.deep.equal([
      "bakeTimeMinutes is 3,",
    ]);
    expect(broken({ strategy: "blue-green", bakeSeconds: 180, alarms: [] })).to.deep.equal([]);
  });

  it("variables that no platform set are not judged", () => {
    const { keepAliveSeconds, drainDelaySeconds, shutdownDeadlineSeconds, ...foreign } = inputs();
    expect([keepAliveSeconds, drainDelaySeconds, shutdownDeadlineSeconds]).to.have.length(3);
    expect(brokenInvariants(foreign)).to.deep.equal([]);
  });
});

describe("durations", () => {
  it("in words, rounded up", () => {
    expect([43.2, 119, 120, 372, 3600, 7200, 7201, 11000, Infinity].map(duration)).to.deep.equal([
      "44 s",
      "119 s",
      "2 min",
      "6 min 12 s",
      "60 min",
      "2 h",
      "2 h 1 min",
      "3 h 4 min",
      "no end",
    ]);
  });

  it("as moments on an axis", () => {
    expect([0, 41, 665, 3750].map(clockTime)).to.deep.equal(["0:00", "0:41", "11:05", "1:02:30"]);
  });
});
