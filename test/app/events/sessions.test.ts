import { expect } from "chai";
import fc from "fast-check";
import type { Spans } from "../../../app/src/events/sessions.ts";
import {
  addActivity,
  decodeSpans,
  encodeSpans,
  SESSION_GAP,
} from "../../../app/src/events/sessions.ts";
import { QUARTER } from "../../../app/src/events/zone.ts";

const DAY = 86_400_000;
const NOON = 20_000 * DAY + DAY / 2;

/** Folds times in their order; returns the session starts by quarter hour, and how many runs were read. */
function fold(times: readonly number[]): {
  starts: Record<string, number>;
  days: Map<number, Spans>;
} {
  const days = new Map<number, Spans>();
  const starts: Record<string, number> = {};
  for (const time of times) {
    const change = addActivity(time, (day) => days.get(day) ?? []);
    if (change.spans !== undefined) days.set(change.day, change.spans);
    for (const [quarter, delta] of change.starts) starts[quarter] = (starts[quarter] ?? 0) + delta;
  }
  return {
    starts: Object.fromEntries(Object.entries(starts).filter(([, count]) => count !== 0)),
    days,
  };
}

/** The definition: an event begins a session when none of the same user lies in the 30 minutes before it. */
function naive(times: readonly number[]): Record<string, number> {
  const starts: Record<string, number> = {};
  const sorted = [...new Set(times)].sort((a, b) => a - b);
  sorted.forEach((time, index) => {
    const before = sorted[index - 1];
    if (before !== undefined && time - before <= SESSION_GAP) return;
    const quarter = Math.floor(time / QUARTER);
    starts[quarter] = (starts[quarter] ?? 0) + 1;
  });
  return starts;
}

describe("addActivity", () => {
  it("goes on with a session within 30 minutes, and begins one a millisecond later", () => {
    expect(fold([NOON, NOON + SESSION_GAP]).starts).to.deep.equal({ [NOON / QUARTER]: 1 });
    expect(fold([NOON, NOON + SESSION_GAP + 1]).starts).to.deep.equal({
      [NOON / QUARTER]: 1,
      [NOON / QUARTER + 2]: 1,
    });
  });

  it("joins two sessions when an event comes late between them", () => {
    const { starts, days } = fold([NOON, NOON + 2 * SESSION_GAP, NOON + SESSION_GAP]);
    expect(starts).to.deep.equal({ [NOON / QUARTER]: 1 });
    expect([...days.values()]).to.deep.equal([[NOON, NOON + 2 * SESSION_GAP]]);
  });

  it("changes nothing, and reads no other day, for an event within a session", () => {
    const spans = [NOON - 1000, NOON + 1000];
    const change = addActivity(NOON, (day) => (day === 20_000 ? spans : expect.fail()));
    expect(change).to.deep.equal({ day: 20_000, starts: [], reads: [] });
  });

  it("reads the neighbouring day only for the first or last event within reach of midnight", () => {
    const midnight = 20_001 * DAY;
    const reads = (time: number, ...before: number[]): readonly number[] =>
      addActivity(time, (day) => (day === Math.floor(time / DAY) ? before : [])).reads;
    expect(reads(midnight - SESSION_GAP - 1)).to.deep.equal([]);
    expect(reads(midnight - SESSION_GAP)).to.deep.equal([20_001]);
    expect(reads(midnight + SESSION_GAP - 1)).to.deep.equal([20_000]);
    expect(reads(midnight + SESSION_GAP)).to.deep.equal([]);
    expect(reads(midnight + 5000, midnight, midnight + 1000)).to.deep.equal([]);
  });

  it("counts what the definition says, whatever the order, over days", () => {
    const time = fc.oneof(
      fc.integer({ min: 0, max: 3 * DAY }),
      fc.integer({ min: 0, max: 144 }).map((halfHours) => halfHours * SESSION_GAP),
      fc.integer({ min: -40, max: 40 }).map((minutes) => DAY + minutes * 60_000),
    );
    const times = fc.array(
      time.map((at) => 20_000 * DAY + at),
      { maxLength: 80 },
    );
    fc.assert(
      fc.property(times, (list) => {
        const { starts, days } = fold(list);
        expect(starts).to.deep.equal(naive(list));
        for (const [day, spans] of days)
          expect(decodeSpans(encodeSpans(spans, day), day)).to.deep.equal(spans);
      }),
      { numRuns: 500 },
    );
  });
});
