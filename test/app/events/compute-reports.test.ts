import { expect } from "chai";
import { computeFeatures } from "../../../app/src/events/compute-reports.ts";
import { hashUser } from "../../../app/src/events/user-hash.ts";
import { UserSet } from "../../../app/src/events/user-set.ts";

describe("computeFeatures", () => {
  it("takes the users of one feature after the other, once each, however many days there are", () => {
    const taken: string[] = [];
    const set = new UserSet();
    set.add(hashUser("one"));
    const report = computeFeatures(
      { fromDay: 20_000, toDay: 20_002, timeZone: "UTC", limit: 10 },
      (pieces, byFeature) =>
        pieces.map(({ from, to }) =>
          Array.from({ length: to - from }).flatMap(() =>
            (byFeature ? ["a", "b"] : [""]).map((feature) => ({
              feature,
              events: 2,
              errors: 0,
              sessions: 1,
              users: {
                *[Symbol.iterator]() {
                  taken.push(feature);
                  yield set.encode();
                },
              },
            })),
          ),
        ),
    );
    expect(report.features.map((use) => [use.feature, use.events, use.activeUsers])).to.deep.equal([
      ["a", 6, 1],
      ["b", 6, 1],
    ]);
    // All features together, then each in the range, then each in the range before.
    const expected = "_ _ _ a a a b b b a a a b b b".replaceAll("_", "").split(" ");
    expect(taken).to.deep.equal(expected);
  });
});
