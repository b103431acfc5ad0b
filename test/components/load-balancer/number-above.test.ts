import { expect } from "chai";
import fc from "fast-check";
import { numberAbove } from "../../../components/load-balancer/number-above.ts";

/** What configuration allows for a body, in bytes, and more. */
const LIMIT = fc.nat({ max: 999_999_999 });
const above = (limit: number, text: string): boolean => new RegExp(numberAbove(limit)).test(text);

describe("numberAbove", () => {
  for (const [limit, pattern] of [
    [0, "^0*(?:[1-9][0-9]{1,}|[1-9])$"],
    [8, "^0*(?:[1-9][0-9]{1,}|9)$"],
    [99, "^0*(?:[1-9][0-9]{2,})$"],
    [1024, "^0*(?:[1-9][0-9]{4,}|[2-9][0-9]{3}|1[1-9][0-9]{2}|10[3-9][0-9]|102[5-9])$"],
  ] as const)
    it(`${limit} -> ${pattern}`, () => {
      expect(numberAbove(limit)).to.equal(pattern);
    });

  it("tells every number from every limit as a comparison does, with leading zeros too", () => {
    fc.assert(
      fc.property(LIMIT, fc.nat({ max: Number.MAX_SAFE_INTEGER }), fc.nat(4), (limit, n, zeros) => {
        expect(above(limit, "0".repeat(zeros) + String(n))).to.equal(n > limit);
      }),
    );
  });

  it("changes its mind between the limit and the next number, whatever stands around them", () => {
    fc.assert(
      fc.property(LIMIT, fc.integer({ min: -200, max: 200 }), (limit, difference) => {
        const n = Math.max(0, limit + difference);
        expect(above(limit, String(n))).to.equal(n > limit);
      }),
    );
  });

  it("is right for every pair of small numbers", () => {
    for (let limit = 0; limit <= 120; limit++)
      expect(
        Array.from({ length: 1300 }, (_, n) => n).filter((n) => above(limit, String(n))),
        String(limit),
      ).to.deep.equal(Array.from({ length: 1299 - limit }, (_, index) => limit + 1 + index));
  });

  it("takes numbers that no computer counts to for what they are", () => {
    expect(above(1048576, "9".repeat(400))).to.equal(true);
    expect(above(1048576, "0".repeat(400))).to.equal(false);
  });

  it("matches nothing that is no decimal number", () => {
    for (const text of ["", "-9999999", "+9999999", "9e9", "0x9999999", "9999999 ", "99,9999999"])
      expect(above(1048576, text), text).to.equal(false);
  });

  it("fits into a pattern of AWS WAF, and uses nothing that WAF refuses", () => {
    fc.assert(
      fc.property(LIMIT, (limit) => {
        const pattern = numberAbove(limit);
        expect(pattern.length).to.be.at.most(173);
        expect(pattern).to.match(/^\^0\*\(\?:[0-9[\]{},|-]+\)\$$/);
      }),
    );
    expect(numberAbove(111_111_111)).to.have.lengthOf(173);
  });
});
