import { expect } from "chai";
import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { weightedRouter } from "../../../src/local/balancer/router.ts";

const request = new IncomingMessage(new Socket());

function shares(
  router: ReturnType<typeof weightedRouter>,
  requests: number,
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (let n = 0; n < requests; n += 1) {
    const group = router.choose(request) ?? "none";
    counts[group] = (counts[group] ?? 0) + 1;
  }
  return counts;
}

describe("weighted router", () => {
  it("gives each group its exact share", () => {
    expect(shares(weightedRouter({ blue: 95, green: 5 }), 400)).to.deep.equal({
      blue: 380,
      green: 20,
    });
  });

  it("spreads the smaller share evenly", () => {
    const router = weightedRouter({ blue: 3, green: 1 });

    const order = Array.from({ length: 8 }, () => router.choose(request));

    expect(order).to.deep.equal(["blue", "blue", "green", "blue", "blue", "blue", "green", "blue"]);
  });

  it("sends nothing to a group of weight 0", () => {
    const router = weightedRouter({ blue: 1, green: 0 });
    expect(shares(router, 10)).to.deep.equal({ blue: 10 });

    router.setWeights({ blue: 0, green: 1 });

    expect(router.weights).to.deep.equal({ blue: 0, green: 1 });
    expect(shares(router, 10)).to.deep.equal({ green: 10 });
  });

  it("chooses nothing when every weight is 0", () => {
    expect(weightedRouter({ blue: 0 }).choose(request)).to.equal(undefined);
  });

  it("refuses a weight that a listener refuses", () => {
    expect(() => weightedRouter({ blue: 1000 })).to.throw(
      RangeError,
      /^the weight of target group blue is 1000, but a listener takes 0 to 999\.$/,
    );
  });
});
