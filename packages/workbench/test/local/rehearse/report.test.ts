import { expect } from "chai";
import { buckets, report } from "../../../src/local/rehearse/report.ts";
import { counts, verdict } from "../../../src/local/rehearse/result.ts";
import { inputs } from "../../plan/rollout/inputs.ts";
import { completed, rolledBack } from "./fixture.ts";

describe("verdict on a rehearsal", () => {
  it("a bad version: rolled back, with its failures within the share of its strategy", () => {
    const { failedPercent, allowedPercent, lostSeconds, allowedSeconds, good } =
      verdict(rolledBack());
    // 15 of the 151 requests from second 40 to second 190, both included.
    expect(failedPercent).to.be.closeTo((100 * 15) / 151, 1e-9);
    expect(allowedPercent).to.equal(10);
    // 15 failures, at one request a second.
    expect(lostSeconds).to.be.closeTo((230 * 15) / 231, 1e-9);
    expect(allowedSeconds).to.equal(24);
    expect(good).to.equal(true);
  });

  it("a bad version that is not rolled back, or fails more than its share, is not good", () => {
    expect(verdict(rolledBack({ outcome: "completed" })).good).to.equal(false);
    const narrow = inputs({ strategy: "canary", canaryPercent: 5 });
    expect(verdict(rolledBack({ inputs: narrow })).good).to.equal(false);
    expect(verdict(rolledBack({ outcome: "unfinished" })).good).to.equal(false);
  });

  it("a bad version that no request reached has failed none", () => {
    const { samples } = completed();
    const rehearsal = rolledBack({ samples });
    delete rehearsal.firstTrafficAt;
    expect(verdict(rehearsal)).to.deep.include({ failedPercent: 0, good: true });
  });

  it("a good version: completed, without a failed request", () => {
    expect(verdict(completed()).good).to.equal(true);
    expect(verdict(completed({ seen: { sent: 9, failed: 1, refused: 0 } })).good).to.equal(false);
    expect(verdict(completed({ outcome: "rolled-back" })).good).to.equal(false);
  });
});

describe("report of a rehearsal", () => {
  it("tells what happened, draws it, counts it, and says what it rests on", () => {
    expect(report(rolledBack())).to.equal(
      [
        "shop / prod   canary, a new version that answers 500",
        "rolled back after 3 min 50 s (alarm deployment-green-errors)",
        "4 clients, 60 requests a second of GET /v1/orders; time x60",
        "",
        "   0:00  3 new tasks start beside 3 old ones",
        "   0:40  10 % of the requests to the new version",
        "   3:10  rollback: alarm <deployment-green-errors>",
        "   3:50  rolled back, all tasks are old",
        "",
        "new, planned                 ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁               ",
        ...report(rolledBack()).split("\n").slice(10, 13),
        "tasks, old          ███████████████████████████████████████████████████      ",
        "tasks, new          ████████████████████████████████████████████████         ",
        "             -0:30           0:42            1:55            3:07            4:19",
        "",
        "              requests            failed       p50       p99",
        "old version        275                 0     10 ms     10 ms",
        "new version         15        15 (100 %)     20 ms     20 ms",
        "all                290        15 (5.2 %)     10 ms     20 ms",
        "",
        "result    9.9 of 100 requests failed while the bad version served any; the strategy lets at most 10 fail; rolled back in time",
        "lost      15 requests, as many as arrive in 15 s (the plan says 24 s at most)",
        "rests on  3 assumed ECS rules: deregister-before-sigterm, crashing-tasks-stall-shift, groups-take-turns (npm run plan -- prod --assumptions)",
        "differs   a minute of the stack lasts 1 s here",
        "          CACHE files (was redis)",
      ].join("\n"),
    );
  });

  it("marks each failure in its own slice of the axis", () => {
    const failed = report(rolledBack())
      .split("\n")
      .find((line) => line.startsWith("failed"))
      ?.slice(13);
    const slices = buckets(rolledBack(), 64).map((slice) => (slice.failed > 0 ? "x" : " "));
    expect(failed?.replaceAll(/\S/g, "x")).to.equal(slices.join(""));
    expect(slices.filter((mark) => mark === "x")).to.have.length(15);
  });

  it("a good version, refused requests", () => {
    const lines = report(completed({ seen: { sent: 290, failed: 0, refused: 4 } })).split("\n");
    expect(lines.slice(-5, -2)).to.deep.equal([
      "result    0 of 290 requests failed: as it should be",
      "refused   4 requests with a 4xx, such as the app's own rate limit: lower --rate",
      "rests on  3 assumed ECS rules: deregister-before-sigterm, crashing-tasks-stall-shift, groups-take-turns (npm run plan -- prod --assumptions)",
    ]);
  });
});

describe("slices of a rehearsal", () => {
  it("hold every request once, by version", () => {
    const slices = buckets(rolledBack(), 29);
    const sum = (of: (slice: (typeof slices)[number]) => number): number =>
      slices.reduce((all, slice) => all + of(slice), 0);
    expect([
      sum(({ old }) => old),
      sum(({ fresh }) => fresh),
      sum(({ failed }) => failed),
    ]).to.deep.equal([275, 0, 15]);
    expect(slices[0]).to.deep.include({
      from: -30,
      mark: undefined,
      newShare: 0,
    });
    expect(slices[10]?.mark?.percent).to.equal(10);
    expect(counts(rolledBack().samples).all).to.deep.equal({ requests: 290, failed: 15 });
  });
});
