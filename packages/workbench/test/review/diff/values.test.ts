import { expect } from "chai";
import fc from "fast-check";
import type { Json } from "../../../src/plan/types.ts";
import { compareMaps, compareValues } from "../../../src/review/diff/values.ts";

describe("compareValues", () => {
  it("finds nothing between a value and itself, and something between any two that differ", () => {
    const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;
    fc.assert(
      fc.property(json, (value) => {
        expect(compareValues(value, structuredClone(value), "x")).to.deep.equal([]);
      }),
    );
    fc.assert(
      fc.property(json, json, (a, b) => {
        const same = JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
        expect(compareValues(a, b, "x").length > 0).to.equal(!same);
      }),
    );
  });

  it("names what came, went and changed, by path and sorted", () => {
    const before = { b: { c: 1, d: 2 }, gone: true, same: [1] };
    const after = { b: { c: 1, d: 3 }, a: "new", same: [1] };
    expect(compareMaps(before, after)).to.deep.equal([
      { path: "a", after: "new" },
      { path: "b.d", before: 2, after: 3 },
      { path: "gone", before: true },
    ]);
  });

  it("opens JSON in texts and finds elements by their names", () => {
    const containers = (port: string, cpu: number): string =>
      JSON.stringify([
        {
          name: "app",
          cpu,
          environment: [
            { name: "PORT", value: port },
            { name: "A.B", value: "1" },
          ],
        },
      ]);
    expect(compareValues(containers("80", 1), containers("81", 2), "definitions")).to.deep.equal([
      { path: "definitions[app].cpu", before: 1, after: 2 },
      { path: "definitions[app].environment[PORT].value", before: "80", after: "81" },
    ]);
  });

  it("tells elements with odd names apart", () => {
    const list = (value: number): Json => [{ name: 'a.b["c"]', value }];
    expect(compareValues(list(1), list(2), "x")).to.deep.equal([
      { path: 'x["a.b[\\"c\\"]"].value', before: 1, after: 2 },
    ]);
  });

  it("shows lists of plain values as what went and what came", () => {
    expect(compareValues(["a", "b"], ["b", "c"], "x")).to.deep.equal([
      { path: "x[]", before: "a" },
      { path: "x[]", after: "c" },
    ]);
    expect(compareValues(["a", "b"], ["b", "a"], "x")).to.deep.equal([
      { path: "x", before: ["a", "b"], after: ["b", "a"] },
    ]);
  });

  it("compares a statement with the one that has most in common with it", () => {
    const table = { Effect: "Allow", Action: ["get"], Resource: "table" };
    const key = { Effect: "Allow", Action: ["decrypt"], Resource: "key" };
    const all = { Effect: "Allow", Action: ["all"], Resource: "*" };
    expect(
      compareValues([table, key], [all, { ...table, Action: ["get", "put"] }, key], "s"),
    ).to.deep.equal([
      { path: "s[0]", after: all },
      { path: "s[1].Action[]", after: "put" },
    ]);
    expect(compareValues([table, key], [key], "s")).to.deep.equal([
      { path: "s[0]", before: table },
    ]);
  });
});

/** Keys in one order, so that equal maps have equal texts; -0 is 0 in JSON, but not for a strict comparison. */
function sorted(value: Json): Json {
  if (Object.is(value, -0)) return "-0";
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
