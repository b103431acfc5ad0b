import { expect } from "chai";
import fc from "fast-check";
import { DAILY_FEATURES, Delta, featureCap } from "../../../app/src/events/delta.ts";
import {
  decodeDelta,
  decodeFeatures,
  decodeTotals,
  encodeDelta,
  encodeFeatures,
  encodeTotals,
} from "../../../app/src/store/dynamodb/codec.ts";

const deltas = fc
  .array(
    fc.record({
      quarter: fc.integer({ min: 1_900_000, max: 1_900_005 }),
      feature: fc.constantFrom("search", "export", "(other)"),
      name: fc.constantFrom("opened", "error", "error.timeout", "errors"),
      user: fc.integer({ min: 1, max: 2 ** 48 - 1 }),
      sessions: fc.integer({ min: -3, max: 300 }),
    }),
    { maxLength: 30 },
  )
  .map((list) => {
    const delta = new Delta();
    for (const { quarter, feature, name, user, sessions } of list) {
      delta.add({ name, time: quarter * 900_000 }, user, feature);
      delta.addSessions(quarter, sessions);
    }
    return { list, delta };
  });

describe("Delta", () => {
  it("counts events, errors and users by quarter hour and feature", () => {
    const delta = new Delta();
    delta.add({ name: "error.timeout", time: 900_000 }, 7, "search");
    delta.add({ name: "errors", time: 1_799_999 }, 7, "search");
    delta.addSessions(1, 1);
    expect([...delta.quarters]).to.deep.equal([
      [
        1,
        { sessions: 1, features: new Map([["search", { events: 2, errors: 1, users: [7, 7] }]]) },
      ],
    ]);
  });

  it("keeps its content through encoding", () => {
    fc.assert(
      fc.property(deltas, ({ delta }) => {
        const distinct = new Delta();
        distinct.merge(delta);
        for (const { features } of distinct.quarters.values()) {
          for (const feature of features.values())
            feature.users.splice(0, Infinity, ...new Set(feature.users));
        }
        expect(decodeDelta(encodeDelta(delta, true))).to.deep.equal(distinct);
        for (const { features } of distinct.quarters.values())
          for (const feature of features.values()) feature.users.length = 0;
        expect(decodeDelta(encodeDelta(delta, false))).to.deep.equal(distinct);
      }),
    );
  });

  it("adds up by quarter hour and by feature", () => {
    fc.assert(
      fc.property(deltas, ({ list, delta }) => {
        const totals = decodeTotals(encodeTotals(delta));
        const features = decodeFeatures(encodeFeatures(delta));
        const isError = ({ name }: { name: string }): boolean =>
          name.startsWith("error") && name !== "errors";
        for (const [quarter, group] of Map.groupBy(list, (one) => one.quarter)) {
          const sessions = group.reduce((sum, one) => sum + one.sessions, 0);
          expect(totals.get(quarter)).to.deep.equal({
            events: group.length,
            errors: group.filter(isError).length,
            sessions,
          });
        }
        for (const [feature, group] of Map.groupBy(list, (one) => one.feature)) {
          expect(features.get(feature)).to.deep.equal({
            events: group.length,
            errors: group.filter(isError).length,
          });
        }
      }),
    );
  });
});

describe("featureCap", () => {
  it("counts features beyond the daily number as one, and known ones for ever", () => {
    const counted = featureCap(new Set(["known"]));
    const names = Array.from({ length: DAILY_FEATURES }, (_, index) => `feature-${String(index)}`);
    expect(names.map(counted)).to.deep.equal([...names.slice(0, -1), "(other)"]);
    expect([counted("known"), counted("feature-0"), counted("new")]).to.deep.equal([
      "known",
      "feature-0",
      "(other)",
    ]);
  });
});
