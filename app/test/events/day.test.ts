import { expect } from "chai";
import fc from "fast-check";
import { dayOf, daysOf, formatDay, includes, parseDay } from "../../src/events/day.ts";

describe("Days", () => {
  it("are UTC, and begin at midnight", () => {
    const midnight = Date.UTC(2026, 10, 29);
    expect([midnight - 1, midnight].map(dayOf).map(formatDay)).to.deep.equal([
      "2026-11-28",
      "2026-11-29",
    ]);
    expect([-1, 0].map(dayOf)).to.deep.equal([-1, 0]);
  });

  it("are read as they are written", () => {
    const days = fc.integer({ min: parseDay("0001-01-01") ?? 0, max: parseDay("9999-12-31") ?? 0 });
    fc.assert(fc.property(days, (day) => parseDay(formatDay(day)) === day));
  });

  for (const text of [
    "2026-02-29",
    "2026-02-30",
    "2026-13-01",
    "2026-00-10",
    "2026-01-00",
    "2026-1-01",
    "26-01-01",
    "2026-01-01T00:00:00Z",
    " 2026-01-01",
    "+012026-01-01",
    "",
  ]) {
    it(`are not read from "${text}"`, () => {
      expect(parseDay(text)).to.equal(undefined);
    });
  }

  it("of a range are all from the first to the last", () => {
    const range = { fromDay: 5, toDay: 7 };
    expect(daysOf(range)).to.deep.equal([5, 6, 7]);
    expect([4, 5, 7, 8].map((day) => includes(range, day))).to.deep.equal([
      false,
      true,
      true,
      false,
    ]);
    expect(daysOf({ fromDay: 5, toDay: 4 })).to.deep.equal([]);
  });
});
