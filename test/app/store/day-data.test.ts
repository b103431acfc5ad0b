import { expect } from "chai";
import { Delta } from "../../../app/src/events/delta.ts";
import { countUnion, UserSet } from "../../../app/src/events/user-set.ts";
import {
  encodeDelta,
  encodeFeatures,
  encodeTotals,
} from "../../../app/src/store/dynamodb/codec.ts";
import { DayData } from "../../../app/src/store/dynamodb/day-data.ts";

const DAY = 20_000;
const QUARTER = DAY * 96 + 4;

type Items = Parameters<DayData["addShard"]>[0];

function delta(user: number, sessions = 1): Delta {
  const made = new Delta();
  made.addCounts(QUARTER, "search", 1, 0, [user]);
  made.addSessions(QUARTER, sessions);
  return made;
}

function deltaItem(commit: string, content: Delta): Items[number] {
  return { sk: { S: `0#${commit}` }, data: { B: encodeDelta(content, true) }, at: { N: "5" } };
}

function countsItem(content: Delta, folded: readonly string[]): Items[number] {
  return {
    sk: { S: "1#counts" },
    totals: { B: encodeTotals(content) },
    features: { B: encodeFeatures(content) },
    quarters: { B: encodeDelta(content, false) },
    folded: { S: folded.join(" ") },
  };
}

function setItem(sk: string, users: readonly number[]): Items[number] {
  const set = new UserSet();
  for (const user of users) set.add(user);
  return { sk: { S: sk }, users: { B: set.encode() } };
}

/** Cells of every level, with the number of their users. */
function cells(data: DayData): unknown[] {
  return (
    [
      ["day", 0],
      ["hour", 1],
      ["quarter", 4],
    ] as const
  ).flatMap(([level, bucket]) =>
    [false, true].flatMap((byFeature) =>
      data
        .cells(level, byFeature, bucket, bucket + 1)
        .map(({ feature, events, errors, sessions, users }) => [
          feature,
          events,
          errors,
          sessions,
          countUnion([...users]).users,
        ]),
    ),
  );
}

describe("DayData", () => {
  it("counts a delta once that was folded while the day was read", () => {
    const both = delta(7);
    both.merge(delta(8, 0));
    const sets = [
      "2#a0#00#",
      "2#a1#00#search",
      "2#b0#01#",
      "2#b1#01#search",
      "2#c0#04#",
      "2#c1#04#search",
    ];
    const data = new DayData(DAY);
    const waiting = data.addShard([
      deltaItem("one", delta(7)),
      deltaItem("two", delta(8, 0)),
      deltaItem("three", delta(9, 0)),
      countsItem(both, ["0#two", "0#one"]),
      ...sets.map((sk) => setItem(sk, [7, 8])),
    ]);

    expect(waiting).to.deep.equal([5]);
    expect(cells(data)).to.deep.equal(
      Array.from({ length: 3 }, () => [
        ["", 3, 0, 1, 3],
        ["search", 3, 0, 0, 3],
      ]).flat(),
    );
  });

  it("adds up shards, and gives empty cells for what is not there", () => {
    const data = new DayData(DAY);
    for (const user of [7, 8, 7]) data.addShard([deltaItem("commit", delta(user))]);
    expect(cells(data)[0]).to.deep.equal(["", 3, 0, 3, 2]);
    expect(data.cells("hour", true, 5, 9)).to.deep.equal([]);
    expect(countUnion([...(data.cells("hour", false, 5, 6)[0]?.users ?? [])])).to.deep.equal({
      users: 0,
      exact: true,
    });
  });
});
