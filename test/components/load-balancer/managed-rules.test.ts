import { expect } from "chai";
import {
  ALWAYS_COUNTED,
  MANAGED_GROUPS,
  MANAGED_RULES,
} from "../../../components/load-balancer/managed-rules.ts";

describe("managed rules", () => {
  it("three groups, in this order", () => {
    expect(
      MANAGED_GROUPS.map(({ name, group, rules }) => [name, group, rules.length]),
    ).to.deep.equal([
      ["ip-reputation", "AWSManagedRulesAmazonIpReputationList", 3],
      ["common", "AWSManagedRulesCommonRuleSet", 22],
      ["known-bad-inputs", "AWSManagedRulesKnownBadInputsRuleSet", 12],
    ]);
  });

  it("a rule belongs to one group alone, so that its name says which", () => {
    expect(new Set(MANAGED_RULES).size).to.equal(MANAGED_RULES.length);
  });

  it("what is always counted is the size of bodies, and a rule that there is", () => {
    expect(ALWAYS_COUNTED).to.deep.equal(["SizeRestrictions_BODY"]);
    expect(MANAGED_RULES).to.include.members(ALWAYS_COUNTED);
  });
});
