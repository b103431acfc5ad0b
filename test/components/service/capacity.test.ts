import { expect } from "chai";
import fc from "fast-check";
import { capacityStrategies } from "../../../components/service/capacity.ts";

const onDemand = (base: number, weight: number) => ({ capacityProvider: "FARGATE", base, weight });
const spot = (weight: number) => ({ capacityProvider: "FARGATE_SPOT", base: 0, weight });

describe("capacityStrategies", () => {
  const rows: [string, number, number, object[]][] = [
    ["all on demand", 0, 0, [onDemand(0, 100)]],
    ["all on demand with a base", 0, 3, [onDemand(3, 100)]],
    ["all on Spot", 100, 0, [spot(100)]],
    ["Spot above a base", 100, 2, [onDemand(2, 0), spot(100)]],
    ["mixed", 75, 1, [onDemand(1, 25), spot(75)]],
  ];
  for (const [name, spotPercent, base, expected] of rows) {
    it(name, () => {
      expect(capacityStrategies(spotPercent, base)).to.deep.equal(expected);
    });
  }

  it("weights sum to 100, and one provider at most has a base", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 0, max: 1000 }),
        (spotPercent, onDemandBase) => {
          const strategies = capacityStrategies(spotPercent, onDemandBase);

          expect(strategies.reduce((sum, { weight }) => sum + weight, 0)).to.equal(100);
          expect(strategies.filter(({ base }) => base > 0).length).to.equal(
            onDemandBase > 0 ? 1 : 0,
          );
        },
      ),
    );
  });
});
