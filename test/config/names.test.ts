import { expect } from "chai";
import { nameProblems } from "../../config/names.ts";

/** The sentences by which a prefix and a stack are refused. */
const refused = (prefix: string, stack: string): string[] =>
  nameProblems(prefix, stack).map(({ key, reason }) => `${key} ${reason}`);

describe("names of a stack", () => {
  it("are taken up to 24 characters of prefix and stack", () => {
    expect(refused("koa-fargate", "prod")).to.deep.equal([]);
    expect(refused("a".repeat(19), "prod")).to.deep.equal([]);
  });

  it("are refused where they would be too long for a load balancer, with the length that fits", () => {
    expect(refused("customer-notifications", "prod")).to.deep.equal([
      'namePrefix is "customer-notifications", so names begin with "customer-notifications-prod", 27 characters; those of load balancers leave 24 for that. Set one of at most 19.',
    ]);
  });

  for (const [stack, legal] of [
    ["feature.login", "feature-login"],
    ["Prod", "prod"],
    ["pr_12", "pr-12"],
    ["a--b", "a-b"],
  ] as const)
    it(`are refused for the stack ${stack}`, () => {
      expect(refused("shop", stack)).to.deep.equal([
        `pulumi:autonaming would make names that begin with "shop-${stack}", but not every service of AWS takes other than small letters, digits and single hyphens. Call the stack ${legal}.`,
      ]);
    });
});
