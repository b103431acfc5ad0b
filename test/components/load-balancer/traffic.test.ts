import { expect } from "chai";
import { forwardWeights, targetGroupNames } from "../../../components/load-balancer/traffic.ts";

describe("traffic of the production rule", () => {
  it("rolling deployments have one group with all of it", () => {
    expect(targetGroupNames(false)).to.deep.equal(["blue"]);
    expect(forwardWeights(false)).to.deep.equal([1]);
  });

  it("traffic shifting has both groups, the first with all of it", () => {
    expect(targetGroupNames(true)).to.deep.equal(["blue", "green"]);
    expect(forwardWeights(true)).to.deep.equal([1, 0]);
  });
});
