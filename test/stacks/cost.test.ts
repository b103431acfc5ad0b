import { expect } from "chai";
import { estimate } from "@koa-fargate/workbench/review/cost/estimate.ts";
import { planOf } from "./helpers/plans.ts";

describe("Cost of the stacks", () => {
  it("dev stays below 36 USD a month, awake and without free tier, in us-east-1", async () => {
    const { monthlyUsd, lines } = estimate(await planOf("dev", { "aws:region": "us-east-1" }), {
      asleep: false,
    });

    expect(monthlyUsd).to.be.below(36);
    expect(lines[0]?.id).to.equal("alb");
  });

  for (const stack of ["dev", "prod"] as const)
    it(`every type of ${stack} that AWS bills has a price, or is known to cost nothing`, async () => {
      expect(estimate(await planOf(stack)).unknownTypes).to.deep.equal([]);
    });
});
