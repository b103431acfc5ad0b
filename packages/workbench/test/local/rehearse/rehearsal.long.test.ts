import { expect } from "chai";
import { counts, verdict } from "../../../src/local/rehearse/result.ts";
import { expectOldWhole, run } from "./rehearse-own-app.ts";

describe("rehearsals of the app of this repository", function () {
  it("canary, a good version: the shares of the stack, and no request lost", async () => {
    const rehearsal = await run("canary", undefined, {
      canaryPercent: "20",
      canaryBakeTimeMinutes: "1",
    });
    expect([rehearsal.outcome, rehearsal.seen.failed, rehearsal.seen.refused]).to.deep.equal([
      "completed",
      0,
      0,
    ]);
    const shifted = rehearsal.happenings.filter(({ kind }) => kind === "traffic");
    expect(shifted.map(({ text }) => text)).to.deep.equal([
      "20 % of the requests to the new version",
      "100 % of the requests to the new version",
    ]);
    const [canary, all] = shifted.map(({ at }) => at);
    const during = counts(rehearsal.samples, canary, all);
    expect((100 * during.new.requests) / during.all.requests).to.be.closeTo(20, 3);
    expectOldWhole(rehearsal);
  });

  it("canary of 5 %, a version that answers 500: rolled back by the alarm, at most 5 % of the requests", async () => {
    const rehearsal = await run("canary", "500", {
      canaryPercent: "5",
      canaryBakeTimeMinutes: "5",
    });
    expect(rehearsal.outcome).to.equal("rolled-back");
    // Both see it in the same two minutes.
    expect(rehearsal.cause).to.match(/^alarm deployment-(?:green|control)-errors$/);
    const { firstTrafficAt = NaN, rollbackAt = NaN } = rehearsal;
    // Two bad minutes, the first of which begins at most a minute after the first answer; and a tick.
    expect(rollbackAt - firstTrafficAt).to.be.within(60, 200);
    const { all, new: fresh } = counts(rehearsal.samples, firstTrafficAt, rollbackAt);
    expect(fresh.failed).to.be.above(0);
    expect(all.failed).to.be.at.most(0.05 * all.requests + 1);
    expect(verdict(rehearsal).good).to.equal(true);
    expectOldWhole(rehearsal);
  });

  it("rolling, a version that crashes: the circuit breaker trips before a request reaches it", async () => {
    const rehearsal = await run("rolling", "crash");
    expect([rehearsal.outcome, rehearsal.seen.failed]).to.deep.equal(["rolled-back", 0]);
    // Two tasks start side by side: the third failure may come together with the fourth.
    expect(rehearsal.cause).to.match(/^circuit breaker: [34] failed tasks$/);
    expect(rehearsal.firstTrafficAt).to.equal(undefined);
    expect(counts(rehearsal.samples).new.requests).to.equal(0);
    expectOldWhole(rehearsal);
  });

  const SEEN: ["crash-later" | "hang" | "reset", string, RegExp][] = [
    ["crash-later", "rolling", /^alarm deployment-(?:balancer|blue-errors)$/],
    ["crash-later", "canary", /^alarm deployment-(?:balancer|green-errors|control-errors)$/],
    ["hang", "rolling", /^alarm deployment-balancer$/],
    ["hang", "canary", /^alarm deployment-(?:balancer|control-errors)$/],
    ["reset", "rolling", /^alarm deployment-balancer$/],
    ["reset", "canary", /^alarm deployment-(?:balancer|control-errors)$/],
  ];
  for (const [bad, strategy, cause] of SEEN)
    it(`${strategy}, a version that does this: ${bad}: an alarm of the stack notices it`, async () => {
      // Of two that crash one after the other, as on a busy machine, there is always one that serves.
      const tasks = bad === "crash-later" ? 1 : 2;
      const rehearsal = await run(strategy, bad, { canaryBakeTimeMinutes: "6" }, tasks);
      expect(rehearsal.outcome).to.equal("rolled-back");
      expect(rehearsal.cause).to.match(cause);
      // Its tasks got healthy, and callers reached them.
      expect(counts(rehearsal.samples).all.failed).to.be.above(0);
      expect(rehearsal.firstTrafficAt).to.be.above(0);
      expect(verdict(rehearsal).good).to.equal(true);
    });
});
