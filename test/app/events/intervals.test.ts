import { expect } from "chai";
import fc from "fast-check";
import { cut, dayRange, days, hours, LEVEL_QUARTERS } from "../../../app/src/events/intervals.ts";
import { isTimeZone, QUARTER } from "../../../app/src/events/zone.ts";

const DAY = 86_400_000;
const dayOf = (year: number, month: number, day: number): number =>
  Date.UTC(year, month - 1, day) / DAY;
const query = (timeZone: string, fromDay: number, toDay = fromDay): Parameters<typeof days>[0] => ({
  timeZone,
  fromDay,
  toDay,
});

describe("cut", () => {
  it("covers a range without gap or overlap, by the fewest intervals", () => {
    const quarters = fc.integer({ min: 0, max: 1000 });
    fc.assert(
      fc.property(quarters, quarters, (from, length) => {
        const pieces = cut({ from, to: from + length });
        let at = from;
        for (const piece of pieces) {
          const size = LEVEL_QUARTERS[piece.level];
          expect(piece.from * size).to.equal(at);
          expect(piece.to).to.be.greaterThan(piece.from);
          at = piece.to * size;
        }
        expect(at).to.equal(from + length);
        const parts = (level: string): number =>
          pieces
            .filter((piece) => piece.level === level)
            .reduce((sum, piece) => sum + piece.to - piece.from, 0);
        expect(parts("quarter")).to.be.at.most(6);
        expect(parts("hour")).to.be.at.most(46);
      }),
    );
  });

  it("reads a day of India as 23 hours and 4 quarter hours", () => {
    const range = dayRange("Asia/Kolkata", dayOf(2026, 11, 22), dayOf(2026, 11, 22));
    expect(cut(range).map(({ level, from, to }) => [level, to - from])).to.deep.equal([
      ["quarter", 2],
      ["hour", 23],
      ["quarter", 2],
    ]);
  });
});

describe("days", () => {
  it("begin at midnight of the zone, and last 23 or 25 hours when its clocks are set", () => {
    expect(
      days(query("Europe/Berlin", dayOf(2026, 10, 24), dayOf(2026, 10, 26))).map(
        ({ start, from, to }) => [start, (to - from) / 4],
      ),
    ).to.deep.equal([
      ["2026-10-24T00:00:00+02:00", 24],
      ["2026-10-25T00:00:00+02:00", 25],
      ["2026-10-26T00:00:00+01:00", 24],
    ]);
    expect(
      days(query("America/New_York", dayOf(2026, 3, 8))).map(({ start, from, to }) => [
        start,
        (to - from) / 4,
      ]),
    ).to.deep.equal([["2026-03-08T00:00:00-05:00", 23]]);
  });

  it("begin after midnight where clocks are set at midnight", () => {
    // Paraguay did so until 2024, Lebanon does.
    expect(days(query("Asia/Beirut", dayOf(2026, 3, 29)))).to.deep.equal([
      {
        start: "2026-03-29T01:00:00+03:00",
        from: Date.UTC(2026, 2, 28, 22) / QUARTER,
        to: Date.UTC(2026, 2, 29, 21) / QUARTER,
      },
    ]);
  });

  it("begin where the date first comes up, also on days whose clocks are set soon before or after", () => {
    // Tonga went back from +14:00 at 2:00; Casey Station from +11:00 to +08:00 at 2:00, and had midnight twice.
    const begin = (timeZone: string, day: number): string | undefined =>
      days(query(timeZone, day))[0]?.start;
    expect(begin("Pacific/Tongatapu", dayOf(2001, 1, 28))).to.equal("2001-01-28T00:00:00+14:00");
    expect(begin("Pacific/Tongatapu", dayOf(2001, 1, 29))).to.equal("2001-01-29T00:00:00+13:00");
    expect(begin("Antarctica/Casey", dayOf(2010, 3, 5))).to.equal("2010-03-05T00:00:00+11:00");
    expect(begin("Antarctica/Casey", dayOf(2010, 3, 6))).to.equal("2010-03-06T00:00:00+08:00");
  });

  it("leave out the day that Samoa skipped", () => {
    expect(
      days(query("Pacific/Apia", dayOf(2011, 12, 29), dayOf(2011, 12, 31))).map(
        ({ start }) => start,
      ),
    ).to.deep.equal(["2011-12-29T00:00:00-10:00", "2011-12-31T00:00:00+14:00"]);
  });

  it("follow each other without gap in every zone", () => {
    const zones = fc.constantFrom(...Intl.supportedValuesOf("timeZone"));
    const first = fc.integer({ min: dayOf(2012, 1, 1), max: dayOf(2030, 1, 1) });
    fc.assert(
      fc.property(zones, first, (timeZone, fromDay) => {
        const intervals = days(query(timeZone, fromDay, fromDay + 6));
        expect(intervals).to.have.length(7);
        intervals.forEach(({ from, to, start }, index) => {
          expect(to).to.equal(intervals[index + 1]?.from ?? to);
          expect(Date.parse(start)).to.equal(from * QUARTER);
          expect(start.slice(0, 10)).to.equal(
            new Date((fromDay + index) * DAY).toISOString().slice(0, 10),
          );
        });
      }),
      { numRuns: 60 },
    );
  });
});

describe("hours", () => {
  const starts = (timeZone: string, day: number): string[] =>
    hours(query(timeZone, day)).map(({ start }) => start);

  it("repeat and skip with the clock", () => {
    const autumn = starts("Europe/Berlin", dayOf(2026, 10, 25));
    expect(autumn).to.have.length(25);
    expect(autumn.slice(1, 5)).to.deep.equal([
      "2026-10-25T01:00:00+02:00",
      "2026-10-25T02:00:00+02:00",
      "2026-10-25T02:00:00+01:00",
      "2026-10-25T03:00:00+01:00",
    ]);
    const spring = starts("America/New_York", dayOf(2026, 3, 8));
    expect(spring).to.have.length(23);
    expect(spring.slice(1, 3)).to.deep.equal([
      "2026-03-08T01:00:00-05:00",
      "2026-03-08T03:00:00-04:00",
    ]);
  });

  it("begin at full hours of zones that are half or quarter hours apart", () => {
    expect(starts("Asia/Kathmandu", dayOf(2026, 11, 22)).slice(0, 2)).to.deep.equal([
      "2026-11-22T00:00:00+05:45",
      "2026-11-22T01:00:00+05:45",
    ]);
    // Lord Howe sets its clocks by half an hour.
    expect(starts("Australia/Lord_Howe", dayOf(2026, 4, 5)).slice(1, 4)).to.deep.equal([
      "2026-04-05T01:00:00+11:00",
      "2026-04-05T01:30:00+10:30",
      "2026-04-05T02:00:00+10:30",
    ]);
  });
});

describe("isTimeZone", () => {
  it("knows IANA names only", () => {
    for (const name of ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5"]) {
      expect(isTimeZone(name), name).to.equal(true);
    }
    for (const name of ["+01:00", "Berlin", "", "Europe/Berlin ", "__proto__"])
      expect(isTimeZone(name), name).to.equal(false);
  });

  it("has offsets of whole quarter hours in every zone, which counters rely on", () => {
    for (const timeZone of Intl.supportedValuesOf("timeZone")) {
      for (const start of [dayOf(2000, 1, 1), dayOf(2026, 7, 1)]) {
        const [interval] = days(query(timeZone, start));
        expect((interval?.start ?? "").slice(14, 19), timeZone).to.match(/^(00|15|30|45):00$/);
      }
    }
  });
});
