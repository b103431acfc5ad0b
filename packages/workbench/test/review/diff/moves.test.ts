import { expect } from "chai";
import { difference } from "../../../src/review/diff/difference.ts";
import { movesOf } from "../../../src/review/diff/moves.ts";
import type { Plan } from "../../../src/plan/types.ts";
import { plan, planned } from "./change.ts";

const AGAINST = { ref: "main", commit: "1a2b3c4d" };

describe("movesOf", () => {
  const moved = (before: Plan["config"], after: Plan["config"]) =>
    movesOf(plan([], before), plan([], after));

  it("another region, account or project", () => {
    expect(moved({ "aws:region": "eu-west-1" }, { "aws:region": "us-east-1" })).to.deep.equal([
      { what: "region", before: "eu-west-1", after: "us-east-1" },
    ]);
    expect(
      moved({ allowedAccountIds: ["111122223333"] }, { allowedAccountIds: ["444455556666"] }),
    ).to.deep.equal([{ what: "account", before: "111122223333", after: "444455556666" }]);
    expect(movesOf(plan([]), { ...plan([]), project: "orders" })).to.deep.equal([
      { what: "project", before: "koa-fargate", after: "orders" },
    ]);
  });

  it("nothing moves where nobody named a place before, or it stays allowed", () => {
    expect(moved({}, { "aws:region": "us-east-1" })).to.deep.equal([]);
    const accounts = (...allowedAccountIds: string[]) => ({ allowedAccountIds });
    for (const [before, after] of [
      [accounts("<id of your production account>"), accounts("111122223333")],
      [accounts("111122223333"), accounts("111122223333", "444455556666")],
      [accounts("111122223333"), {}],
    ] as const)
      expect(moved(before, after)).to.deep.equal([]);
  });
});

describe("A change of the region", () => {
  it("replaces what is in a region, and leaves what is in none", () => {
    const resources = [
      planned("aws:dynamodb/table:Table", "table"),
      planned("aws:iam/role:Role", "role"),
      planned("aws:sns/topic:Topic", "elsewhere", { options: { provider: "urn::id" } }),
      planned("random:index/randomId:RandomId", "id"),
    ];
    const found = difference(
      AGAINST,
      plan(resources, { "aws:region": "eu-west-1" }),
      plan(resources, { "aws:region": "us-east-1" }),
    );
    expect(found.moves?.map(({ what }) => what)).to.deep.equal(["region"]);
    expect(found.changes.resources.map(({ name, operation }) => [name, operation])).to.deep.equal([
      ["table", "replace"],
    ]);
    expect(found.changes.resources[0]?.properties).to.deep.equal([
      { path: "region", before: "eu-west-1", after: "us-east-1", replaces: true },
    ]);
  });
});
