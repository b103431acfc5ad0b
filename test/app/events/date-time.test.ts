import { expect } from "chai";
import fc from "fast-check";
import { formatDate, parseDate, parseDateTime } from "../../../app/src/events/date-time.ts";

describe("parseDateTime", () => {
  it("reads what RFC 3339 gives as examples", () => {
    expect(parseDateTime("1985-04-12T23:20:50.52Z")).to.equal(
      Date.UTC(1985, 3, 12, 23, 20, 50, 520),
    );
    expect(parseDateTime("1996-12-19T16:39:57-08:00")).to.equal(Date.UTC(1996, 11, 20, 0, 39, 57));
    expect(parseDateTime("1990-12-31T23:59:60Z")).to.equal(Date.UTC(1991, 0, 1));
    expect(parseDateTime("1937-01-01T12:00:27.87+00:20")).to.equal(
      Date.UTC(1937, 0, 1, 11, 40, 27, 870),
    );
    expect(parseDateTime("2026-11-22t09:30:00.123456789z")).to.equal(
      Date.UTC(2026, 10, 22, 9, 30, 0, 123),
    );
  });

  it("refuses what it does not allow, and what does not exist", () => {
    for (const text of [
      "",
      "2026-11-22",
      "2026-11-22T09:30Z",
      "2026-11-22T09:30:00",
      "2026-11-22 09:30:00Z",
      "2026-11-22T09:30:00+0100",
      "2026-11-22T24:00:00Z",
      "2026-11-22T09:60:00Z",
      "2026-11-22T09:30:61Z",
      "2026-11-22T09:30:00.Z",
      "2026-11-22T09:30:00+24:00",
      "2026-02-29T00:00:00Z",
      "2026-13-01T00:00:00Z",
      "2026-00-10T00:00:00Z",
      "+002026-11-22T09:30:00Z",
      "2026-11-22T09:30:00Z\n",
    ]) {
      expect(parseDateTime(text), text).to.equal(undefined);
    }
  });

  it("reads every moment as the platform writes it", () => {
    const moments = fc.date({
      min: new Date("0001-01-01"),
      max: new Date("9999-12-31"),
      noInvalidDate: true,
    });
    fc.assert(fc.property(moments, (date) => parseDateTime(date.toISOString()) === date.getTime()));
  });
});

describe("parseDate", () => {
  it("is the inverse of formatDate", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -700_000, max: 2_900_000 }),
        (day) => parseDate(formatDate(day)) === day,
      ),
    );
  });

  it("refuses days that do not exist", () => {
    for (const text of ["2026-02-30", "2026-2-3", "26-02-03", "2026-11-22T00:00:00Z", ""]) {
      expect(parseDate(text), text).to.equal(undefined);
    }
  });
});
