import { expect } from "chai";
import type { Figures, FiguresQuery } from "../../src/events/reports.ts";
import { computeActivity, computeFeatures, computeKpis } from "../../src/events/reports.ts";

/** 2026-11-29 */
const DAY = 20_786;

/** Gives the figures, and keeps what was asked for. */
function source(figures: Figures): {
  read: (query: FiguresQuery) => Promise<Figures>;
  asked: FiguresQuery[];
} {
  const asked: FiguresQuery[] = [];
  const read = (query: FiguresQuery): Promise<Figures> => {
    asked.push(query);
    return Promise.resolve(figures);
  };
  return { read, asked };
}

const range = (fromDay: number, toDay: number): { fromDay: number; toDay: number } => ({
  fromDay,
  toDay,
});

describe("computeActivity", () => {
  it("has a point for every day, and users of the range that are no sum of days", async () => {
    const { read, asked } = source({
      counts: [
        { day: DAY - 2, feature: "search", events: 3, errors: 1 },
        { day: DAY - 2, feature: "export", events: 2, errors: 0 },
        // A second part of the same counter.
        { day: DAY - 2, feature: "search", events: 4, errors: 2 },
        { day: DAY, feature: "search", events: 1, errors: 0 },
      ],
      users: [7, 6, 0, 1],
      byFeature: [],
    });
    expect(await computeActivity(read, range(DAY - 2, DAY))).to.deep.equal({
      from: "2026-11-27",
      to: "2026-11-29",
      totals: { events: 10, activeUsers: 7, errors: 3 },
      points: [
        { start: "2026-11-27T00:00:00Z", events: 9, activeUsers: 6, errors: 3 },
        { start: "2026-11-28T00:00:00Z", events: 0, activeUsers: 0, errors: 0 },
        { start: "2026-11-29T00:00:00Z", events: 1, activeUsers: 1, errors: 0 },
      ],
    });
    expect(asked).to.deep.equal([
      {
        counts: range(DAY - 2, DAY),
        users: [
          range(DAY - 2, DAY),
          range(DAY - 2, DAY - 2),
          range(DAY - 1, DAY - 1),
          range(DAY, DAY),
        ],
        byFeature: [],
      },
    ]);
  });
});

describe("computeFeatures", () => {
  it("compares with the range of equal length before, most used first, then by name", async () => {
    const { read, asked } = source({
      counts: [
        { day: DAY, feature: "search", events: 1, errors: 0 },
        { day: DAY - 1, feature: "search", events: 2, errors: 1 },
        { day: DAY - 2, feature: "search", events: 4, errors: 0 },
        { day: DAY, feature: "export", events: 9, errors: 0 },
        { day: DAY, feature: "billing", events: 3, errors: 0 },
        { day: DAY - 3, feature: "old", events: 5, errors: 0 },
      ],
      users: [8],
      byFeature: [
        new Map([
          ["search", 2],
          ["export", 7],
          ["billing", 1],
        ]),
        new Map([
          ["search", 4],
          ["old", 3],
        ]),
      ],
    });
    const none = { events: 0, activeUsers: 0 };
    expect(await computeFeatures(read, { ...range(DAY - 1, DAY), limit: 4 })).to.deep.equal({
      from: "2026-11-28",
      to: "2026-11-29",
      previousRange: { from: "2026-11-26", to: "2026-11-27" },
      count: 4,
      totals: { events: 15, activeUsers: 8 },
      features: [
        {
          feature: "export",
          events: 9,
          activeUsers: 7,
          share: 0.6,
          previous: none,
          trend: null,
        },
        {
          feature: "billing",
          events: 3,
          activeUsers: 1,
          share: 0.2,
          previous: none,
          trend: null,
        },
        {
          feature: "search",
          events: 3,
          activeUsers: 2,
          share: 0.2,
          previous: { events: 4, activeUsers: 4 },
          trend: -0.25,
        },
        {
          feature: "old",
          events: 0,
          activeUsers: 0,
          share: 0,
          previous: { events: 5, activeUsers: 3 },
          trend: -1,
        },
      ],
    });
    expect(asked).to.deep.equal([
      {
        counts: range(DAY - 3, DAY),
        users: [range(DAY - 1, DAY)],
        byFeature: [range(DAY - 1, DAY), range(DAY - 3, DAY - 2)],
      },
    ]);
    const { count, features } = await computeFeatures(read, {
      ...range(DAY - 1, DAY),
      limit: 1,
    });
    expect([count, features.map(({ feature }) => feature)]).to.deep.equal([4, ["export"]]);
  });
});

describe("computeKpis", () => {
  it("has windows of 1, 7 and 30 days and those before, and ratios of four decimals", async () => {
    const { read, asked } = source({
      counts: [
        { day: DAY, feature: "search", events: 30, errors: 1 },
        { day: DAY - 29, feature: "export", events: 0, errors: 0 },
      ],
      users: [2, 3, 5, 7, 30, 13],
      byFeature: [
        new Map([
          ["search", 10],
          ["billing", 20],
          ["export", 10],
        ]),
      ],
    });
    expect(await computeKpis(read, { day: DAY })).to.deep.equal({
      date: "2026-11-29",
      dailyActiveUsers: { users: 2, previous: 3 },
      weeklyActiveUsers: { users: 5, previous: 7 },
      monthlyActiveUsers: { users: 30, previous: 13 },
      stickiness: 0.0667,
      errorShare: 0.0333,
      monthlyEvents: 30,
      monthlyErrors: 1,
      adoption: [
        { feature: "billing", users: 20, share: 0.6667 },
        { feature: "export", users: 10, share: 0.3333 },
        { feature: "search", users: 10, share: 0.3333 },
      ],
    });
    expect(asked).to.deep.equal([
      {
        counts: range(DAY - 29, DAY),
        users: [
          range(DAY, DAY),
          range(DAY - 1, DAY - 1),
          range(DAY - 6, DAY),
          range(DAY - 13, DAY - 7),
          range(DAY - 29, DAY),
          range(DAY - 59, DAY - 30),
        ],
        byFeature: [range(DAY - 29, DAY)],
      },
    ]);
  });

  it("has no ratios without events, and adoption of 20 features at most", async () => {
    const many = Array.from({ length: 21 }, (_, at) => [`feature-${String(at)}`, 21 - at] as const);
    const { read } = source({ counts: [], users: [], byFeature: [new Map(many)] });
    const report = await computeKpis(read, { day: DAY });
    expect(report).to.include({ stickiness: null, errorShare: null, monthlyEvents: 0 });
    expect(report.adoption).to.have.length(20);
    expect(report.adoption.at(-1)).to.deep.equal({ feature: "feature-19", users: 2, share: 0 });
  });
});
