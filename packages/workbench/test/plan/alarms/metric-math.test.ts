import { expect } from "chai";
import { compile } from "../../../src/plan/alarms/metric-math.ts";

describe("metric math", () => {
  const value = (text: string, values: Record<string, number> = {}): number | undefined =>
    compile(text)((id) => values[id]);

  it("computes with the usual precedence", () => {
    expect(value("1 + 2 * 3 - 4 / 2")).to.equal(5);
    expect(value("(1 + 2) * 3")).to.equal(9);
    expect(value("10 - 3 - 2")).to.equal(5);
    expect(value("2 * a >= 6", { a: 3 })).to.equal(1);
    expect(value("a != 3", { a: 3 })).to.equal(0);
  });

  it("takes one missing series for 0, and both, or one beside a number, for missing, as CloudWatch does", () => {
    expect(value("a - b", { a: 3 })).to.equal(3);
    expect(value("a - b", { b: 3 })).to.equal(-3);
    expect(value("a < b", { b: 3 })).to.equal(1);
    expect(value("a - b")).to.equal(undefined);
    expect(value("a + 1")).to.equal(undefined);
    expect(value("1 + a")).to.equal(undefined);
    expect(value("a / b", { a: 3 })).to.equal(undefined);
  });

  it("takes a missing datapoint that a true condition chooses for 0, and one that a false one chooses for missing", () => {
    expect(value("IF(a, b, c)", { a: 1 })).to.equal(0);
    expect(value("IF(a, b, c)", { a: 0 })).to.equal(undefined);
    expect(value("IF(a, b, c)", { b: 30, c: 20 })).to.equal(undefined);
  });

  it("gives FILL's value to a missing datapoint; a division by zero is missing", () => {
    expect(value("FILL(a, 7) + 1")).to.equal(8);
    expect(value("IF(a > 1, 2, 3)")).to.equal(undefined);
    expect(value("1 / a", { a: 0 })).to.equal(undefined);
  });

  it("chooses only the branch that is asked for", () => {
    expect(value("IF(a >= 20, 100 * FILL(b, 0) / a, 0)", { a: 40 })).to.equal(0);
    expect(value("IF(a >= 20, 100 * FILL(b, 0) / a, 0)", { a: 40, b: 10 })).to.equal(25);
    expect(value("IF(a >= 20, 100 * FILL(b, 0) / a, 0)", { a: 19, b: 19 })).to.equal(0);
  });

  it("refuses the rest in a sentence", () => {
    const refusal = (text: string): string => {
      try {
        compile(text);
        return "";
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(refusal("ANOMALY_DETECTION_BAND(m1, 2)")).to.equal(
      'The alarm expression "ANOMALY_DETECTION_BAND(m1, 2)" cannot be evaluated: "ANOMALY_DETECTION_BAND" is not understood there.',
    );
    expect(refusal("1 +")).to.equal(
      'The alarm expression "1 +" cannot be evaluated: it ends too early.',
    );
    expect(refusal("a ? b")).to.equal(
      'The alarm expression "a ? b" cannot be evaluated: "?" is not understood there.',
    );
    expect(refusal("a b")).to.equal(
      'The alarm expression "a b" cannot be evaluated: "b" is not understood there.',
    );
  });
});
