import { expect } from "chai";
import { counts, verdict } from "../../../src/local/rehearse/result.ts";
import { expectOldWhole, run } from "./rehearse-own-app.ts";

describe("rehearsal of the app of this repository", function () {
  it("rolling, a good version: completes and loses no request", async () => {
    const rehearsal = await run("rolling");
    expect([rehearsal.outcome, rehearsal.seen.failed, rehearsal.seen.refused]).to.deep.equal([
      "completed",
      0,
      0,
    ]);
    expect(counts(rehearsal.samples).new.requests).to.be.above(10);
    expect(verdict(rehearsal).good).to.equal(true);
    expectOldWhole(rehearsal);
  });
});
