import { expect } from "chai";
import {
  parseActivityQuery,
  parseFeaturesQuery,
  parseKpisQuery,
  parseListQuery,
} from "../../../app/src/events/service.ts";

const DAY = 86_400_000;
/** 2026-11-23 already in India, still 2026-11-22 in UTC. */
const NOW = Date.UTC(2026, 10, 22, 20);
const TODAY = Date.UTC(2026, 10, 22) / DAY;
const params = (text: string): URLSearchParams => new URLSearchParams(text);

describe("Report queries", () => {
  it("default to the last days in UTC", () => {
    expect(parseActivityQuery(params(""), NOW)).to.deep.equal({
      ok: true,
      value: { fromDay: TODAY - 29, toDay: TODAY, timeZone: "UTC", interval: "day" },
    });
    expect(parseActivityQuery(params("interval=hour"), NOW)).to.deep.equal({
      ok: true,
      value: { fromDay: TODAY - 1, toDay: TODAY, timeZone: "UTC", interval: "hour" },
    });
    expect(parseFeaturesQuery(params(""), NOW)).to.deep.equal({
      ok: true,
      value: { fromDay: TODAY - 29, toDay: TODAY, timeZone: "UTC", limit: 100 },
    });
    expect(parseKpisQuery(params(""), NOW)).to.deep.equal({
      ok: true,
      value: { day: TODAY, timeZone: "UTC" },
    });
    expect(parseListQuery(params(""))).to.deep.equal({ ok: true, value: { limit: 100 } });
  });

  it("take today from the calendar of the time zone", () => {
    expect(parseKpisQuery(params("timeZone=Asia/Kolkata"), NOW)).to.deep.equal({
      ok: true,
      value: { day: TODAY + 1, timeZone: "Asia/Kolkata" },
    });
  });

  it("read what is given", () => {
    expect(
      parseActivityQuery(
        params("from=2026-10-23&to=2026-11-22&interval=hour&timeZone=Europe/Berlin"),
        NOW,
      ),
    ).to.deep.equal({
      ok: true,
      value: { fromDay: TODAY - 30, toDay: TODAY, timeZone: "Europe/Berlin", interval: "hour" },
    });
    expect(parseActivityQuery(params("from=2026-11-20"), NOW))
      .to.deep.include({ ok: true })
      .and.to.have.nested.property("value.toDay", TODAY);
    expect(parseActivityQuery(params("to=2026-11-20"), NOW)).to.have.nested.property(
      "value.fromDay",
      TODAY - 31,
    );
    expect(parseActivityQuery(params("from=2027-01-05"), NOW)).to.have.nested.property(
      "value.toDay",
      TODAY + 44,
    );
    expect(parseFeaturesQuery(params("limit=500"), NOW)).to.have.nested.property(
      "value.limit",
      500,
    );
    expect(parseKpisQuery(params("date=2026-11-01"), NOW)).to.have.nested.property(
      "value.day",
      TODAY - 21,
    );
    expect(parseListQuery(params("limit=1&cursor=abc"))).to.deep.equal({
      ok: true,
      value: { limit: 1, cursor: "abc" },
    });
  });

  const refused: [
    string,
    (text: URLSearchParams) => unknown,
    string,
    [string, string, string][],
  ][] = [
    [
      "an unknown and a repeated parameter, both at once",
      (text) => parseKpisQuery(text, NOW),
      "day=2026-11-01&date=2026-11-01&date=2026-11-02",
      [
        ["day", "unknown-parameter", "This resource has the parameters date, timeZone only."],
        ["date", "repeated", "date must be given once."],
      ],
    ],
    [
      "a day that does not exist",
      (text) => parseActivityQuery(text, NOW),
      "from=2026-02-30",
      [["from", "malformed", "from must be a date, e.g. 2026-11-22."]],
    ],
    [
      "a day beyond the calendar",
      (text) => parseKpisQuery(text, NOW),
      "date=1999-12-31",
      [["date", "out-of-range", "date must lie from 2000-01-01 to 2100-01-01."]],
    ],
    [
      "a range that runs backwards",
      (text) => parseActivityQuery(text, NOW),
      "from=2026-11-02&to=2026-11-01",
      [
        [
          "from",
          "out-of-range",
          "from is 2026-11-02, but must not be after to, which is 2026-11-01.",
        ],
      ],
    ],
    [
      "a long range by hour",
      (text) => parseActivityQuery(text, NOW),
      "from=2026-10-22&to=2026-11-22&interval=hour",
      [["from", "out-of-range", "The range has 32 days, at most 31 are allowed by hour."]],
    ],
    [
      "a long range by day",
      (text) => parseFeaturesQuery(text, NOW),
      "from=2026-08-22&to=2026-11-22",
      [["from", "out-of-range", "The range has 93 days, at most 92 are allowed by day."]],
    ],
    [
      "another interval",
      (text) => parseActivityQuery(text, NOW),
      "interval=week",
      [["interval", "malformed", "interval must be hour or day."]],
    ],
    ...["Mars/Olympus", "+01:00", "", "UTC\u0000"].map(
      (zone): [string, (text: URLSearchParams) => unknown, string, [string, string, string][]] => [
        `the time zone ${JSON.stringify(zone)}`,
        (text) => parseKpisQuery(text, NOW),
        `timeZone=${encodeURIComponent(zone)}`,
        [["timeZone", "malformed", "timeZone must be an IANA time zone, e.g. Europe/Berlin."]],
      ],
    ),
    ...["0", "501", "-1", "1.5", "1e2", "", "x"].map(
      (limit): [string, (text: URLSearchParams) => unknown, string, [string, string, string][]] => [
        `the limit ${JSON.stringify(limit)}`,
        (text) => parseListQuery(text),
        `limit=${limit}`,
        [["limit", "out-of-range", "limit must be a whole number from 1 to 500."]],
      ],
    ),
    [
      "an empty cursor",
      (text) => parseListQuery(text),
      "cursor=",
      [["cursor", "malformed", "cursor must be the nextCursor of a page, as it was given."]],
    ],
  ];
  for (const [what, parse, text, problems] of refused) {
    it(`refuse ${what}`, () => {
      expect(parse(params(text))).to.deep.equal({
        ok: false,
        problems: problems.map(([parameter, code, detail]) => ({ parameter, code, detail })),
      });
    });
  }
});
