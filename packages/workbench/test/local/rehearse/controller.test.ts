import { expect } from "chai";
import fc from "fast-check";
import {
  begin,
  next,
  type ControllerSettings,
  type ControllerState,
  type Snapshot,
} from "../../../src/local/rehearse/controller.ts";

const ROLLING: ControllerSettings = {
  desiredCount: 2,
  shifts: [],
  alarmBakeSeconds: 240,
  failedTaskLimit: 3,
  countedBy: "circuit breaker",
};

const CANARY: ControllerSettings = {
  desiredCount: 2,
  shifts: [
    { percent: 10, seconds: 300 },
    { percent: 100, seconds: 120 },
  ],
  alarmBakeSeconds: 0,
  failedTaskLimit: 3,
  countedBy: "verification",
};

/** Healthy tasks as [healthy, all]. */
function snapshot(
  at: number,
  old: [number, number],
  fresh: [number, number],
  more: Partial<Pick<Snapshot, "failedTasks" | "firing">> = {},
): Snapshot {
  return {
    at,
    old: { healthy: old[0], all: old[1] },
    fresh: { healthy: fresh[0], all: fresh[1] },
    failedTasks: 0,
    firing: [],
    ...more,
  };
}

/** Stage, percent and end after each snapshot. */
function play(
  settings: ControllerSettings,
  snapshots: readonly Snapshot[],
  firing: readonly string[] = [],
): string[] {
  let state = begin(settings, 0, firing);
  return snapshots.map((seen) => {
    state = next(state, settings, seen);
    return [state.stage, state.percent, state.outcome ?? "", state.cause ?? ""].join(" ").trim();
  });
}

describe("controller of a rehearsal", () => {
  it("rolling: replaced when all new tasks are healthy and no old one is left, then watches alarms", () => {
    expect(
      play(ROLLING, [
        snapshot(1, [2, 2], [0, 2]),
        snapshot(40, [2, 2], [2, 2]),
        snapshot(41, [0, 2], [2, 2]),
        snapshot(74, [0, 0], [2, 2]),
        snapshot(313, [0, 0], [2, 2]),
        snapshot(314, [0, 0], [2, 2]),
      ]),
    ).to.deep.equal([
      "ROLLING 0",
      "ROLLING 0",
      "ROLLING 0",
      "ALARM_BAKE 0",
      "ALARM_BAKE 0",
      "DONE 0 completed",
    ]);
  });

  it("rolling without alarms is completed at once", () => {
    const settings = { ...ROLLING, alarmBakeSeconds: 0 };
    expect(play(settings, [snapshot(74, [0, 0], [2, 2])])).to.deep.equal(["DONE 0 completed"]);
  });

  it("rolling: the circuit breaker trips at its threshold, and the end waits for the old tasks", () => {
    expect(
      play(ROLLING, [
        snapshot(30, [2, 2], [0, 2], { failedTasks: 2 }),
        snapshot(31, [2, 2], [0, 2], { failedTasks: 3 }),
        snapshot(32, [2, 2], [0, 1], { failedTasks: 3 }),
        snapshot(33, [1, 2], [0, 0], { failedTasks: 3 }),
        snapshot(34, [2, 2], [0, 0], { failedTasks: 3 }),
      ]),
    ).to.deep.equal([
      "ROLLING 0",
      "ROLLBACK 0  circuit breaker: 3 failed tasks",
      "ROLLBACK 0  circuit breaker: 3 failed tasks",
      "ROLLBACK 0  circuit breaker: 3 failed tasks",
      "DONE 0 rolled-back circuit breaker: 3 failed tasks",
    ]);
  });

  it("rolling: once replaced, alarms still roll back but failed tasks do not", () => {
    const done = snapshot(74, [0, 0], [2, 2]);
    expect(play(ROLLING, [done, snapshot(90, [0, 0], [2, 2], { failedTasks: 9 })]).at(-1)).to.equal(
      "ALARM_BAKE 0",
    );
    expect(
      play(ROLLING, [done, snapshot(90, [0, 0], [2, 2], { firing: ["errors"] })]).at(-1),
    ).to.equal("ROLLBACK 0  alarm errors");
  });

  it("canary: scale-up, the canary's share, all of it, clean-up", () => {
    expect(
      play(CANARY, [
        snapshot(20, [2, 2], [1, 2]),
        snapshot(41, [2, 2], [2, 2]),
        snapshot(340, [2, 2], [2, 2]),
        snapshot(341, [2, 2], [2, 2]),
        snapshot(460, [2, 2], [2, 2]),
        snapshot(461, [2, 2], [2, 2]),
        snapshot(480, [0, 1], [2, 2]),
        snapshot(494, [0, 0], [2, 2]),
      ]),
    ).to.deep.equal([
      "SCALE_UP 0",
      "PRODUCTION_TRAFFIC_SHIFT 10",
      "PRODUCTION_TRAFFIC_SHIFT 10",
      "PRODUCTION_TRAFFIC_SHIFT 100",
      "PRODUCTION_TRAFFIC_SHIFT 100",
      "CLEAN_UP 100",
      "CLEAN_UP 100",
      "DONE 100 completed",
    ]);
  });

  it("an alarm takes the traffic back at once, in each stage before the clean-up", () => {
    const firing = ["green-errors"];
    const healthy = snapshot(41, [2, 2], [2, 2]);
    const rolledBack = "ROLLBACK 0  alarm green-errors";
    expect(play(CANARY, [snapshot(9, [2, 2], [0, 2], { firing })])).to.deep.equal([rolledBack]);
    expect(play(CANARY, [healthy, snapshot(99, [2, 2], [2, 2], { firing })]).at(-1)).to.equal(
      rolledBack,
    );
    expect(
      play(CANARY, [
        healthy,
        snapshot(341, [2, 2], [2, 2]),
        snapshot(461, [2, 2], [2, 2]),
        snapshot(462, [2, 2], [2, 2], { firing }),
      ]).at(-1),
    ).to.equal("CLEAN_UP 100");
  });

  it("an alarm that fired before the deployment switches all of them off for it", () => {
    const firing = ["old-latency"];
    const seen = snapshot(41, [2, 2], [2, 2], { firing });
    const both = snapshot(42, [2, 2], [2, 2], { firing: [...firing, "new-errors"] });
    expect(play(CANARY, [seen, both], firing)).to.deep.equal([
      "PRODUCTION_TRAFFIC_SHIFT 10",
      "PRODUCTION_TRAFFIC_SHIFT 10",
    ]);
    expect(play(CANARY, [seen], [])).to.deep.equal(["ROLLBACK 0  alarm old-latency"]);
  });

  it("shifting: the verification counts failed tasks until traffic moves, and no deadline stops anything", () => {
    expect(play(CANARY, [snapshot(60, [2, 2], [0, 2], { failedTasks: 3 })])).to.deep.equal([
      "ROLLBACK 0  verification: 3 failed tasks",
    ]);
    expect(
      play(CANARY, [
        snapshot(41, [2, 2], [2, 2]),
        snapshot(60, [2, 2], [0, 2], { failedTasks: 9 }),
      ]),
    ).to.deep.equal(["PRODUCTION_TRAFFIC_SHIFT 10", "PRODUCTION_TRAFFIC_SHIFT 10"]);
    expect(play(CANARY, [snapshot(1e6, [2, 2], [1, 2])])).to.deep.equal(["SCALE_UP 0"]);
  });

  it("never shows more traffic than the shifts reached, and stays done", () => {
    const seen = fc.record({
      step: fc.integer({ min: 1, max: 200 }),
      healthy: fc.integer({ min: 0, max: 2 }),
      old: fc.integer({ min: 0, max: 2 }),
      failedTasks: fc.integer({ min: 0, max: 3 }),
      alarm: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(seen, { maxLength: 40 }), (steps) => {
        let state: ControllerState = begin(CANARY, 0, []);
        let at = 0;
        for (const { step, healthy, old, failedTasks, alarm } of steps) {
          at += step;
          const before = state;
          state = next(
            state,
            CANARY,
            snapshot(at, [old, old], [healthy, healthy], {
              failedTasks,
              firing: alarm ? ["errors"] : [],
            }),
          );
          if (before.stage === "DONE") expect(state).to.equal(before);
          if (state.stage === "ROLLBACK") expect(state.percent).to.equal(0);
          // All the traffic only after the canary's whole bake time.
          if (before.percent === 10 && state.percent === 100)
            expect(at - before.since).to.be.at.least(300);
          expect([0, 10, 100]).to.include(state.percent);
        }
      }),
    );
  });
});
