import { expect } from "chai";
import type { Clock } from "../../../src/local/clock.ts";
import type { PlannedAlarm } from "../../../src/plan/alarms/planned-alarm.ts";
import { Observer } from "../../../src/local/rehearse/observer.ts";

/** A clock that stands at `seconds`. */
function standing(): Clock & { seconds: number } {
  return {
    seconds: 0,
    factor: 60,
    now() {
      return this.seconds * 1000;
    },
    sleep: () => Promise.resolve(),
    patience: (ms) => ms,
  };
}

/** Fires once its third period is over. */
const ALARM: PlannedAlarm = {
  name: "errors",
  periodSeconds: 60,
  evaluationPeriods: 3,
  datapointsToAlarm: 2,
  threshold: 1,
  metrics: [],
  value: () => 12.345,
  breaches: () => true,
  fires: (_, lastPeriod) => lastPeriod >= 2,
};

describe("observer of a rehearsal", () => {
  it("evaluates alarms over periods that are over, and tells once that one fires", () => {
    const clock = standing();
    const told: string[] = [];
    const observer = new Observer({
      clock,
      factor: 60,
      alarms: [ALARM],
      onProgress: (line) => told.push(line),
    });
    clock.seconds = 100;
    observer.begins();

    const firing = [179.9, 180, 181].map((seconds) => {
      clock.seconds = seconds;
      return observer.firing(seconds);
    });

    expect(firing).to.deep.equal([[], ["errors"], ["errors"]]);
    expect(told).to.deep.equal(["  1:20  alarm errors fires: 12.3, limit 1"]);
    expect(observer.result(100).happenings).to.deep.equal([
      { at: 80, kind: "alarm", text: "alarm errors fires: 12.3, limit 1" },
    ]);
  });

  it("notes a state only when it changes, and nothing of the alarms before the deployment", () => {
    const clock = standing();
    const observer = new Observer({ clock, factor: 60, alarms: [ALARM], onProgress: undefined });
    expect(observer.firing(500)).to.deep.equal(["errors"]);
    for (const [at, old] of [
      [1, 3],
      [2, 3],
      [3, 2],
    ] as const) {
      clock.seconds = at;
      observer.mark({ stage: "ROLLING", percent: 0, old, fresh: 0 });
    }
    const { happenings, marks } = observer.result(1);
    expect(happenings).to.deep.equal([]);
    expect(marks.map(({ at, old }) => [at, old])).to.deep.equal([
      [0, 3],
      [2, 2],
    ]);
  });
});
