import { expect } from "chai";
import { match } from "../../src/assert/index.ts";
import { differences, type Expected } from "../../src/assert/matchers.ts";

const { absent, any, arrayWith, exact, objectLike, serializedJson, stringMatching } = match;

/** Differences as lines `path: expected | actual`. */
const lines = (expected: Expected, actual: unknown): string[] =>
  differences(expected, actual).map(
    (found) => `${found.path}: ${found.expected} | ${JSON.stringify(found.actual)}`,
  );

describe("matchers", () => {
  const fitting: [string, Expected, unknown][] = [
    ["a value", 3, 3],
    ["an object with more keys, at any depth", { a: { b: 1 } }, { a: { b: 1, c: 2 }, d: 3 }],
    ["a list of the same length", { a: [1, { b: 2 }] }, { a: [1, { b: 2, c: 3 }] }],
    ["undefined for what is not there", { a: undefined }, { b: 1 }],
    ["any: also false, zero and empty", [any(), any(), any()], [false, 0, ""]],
    ["absent", { a: absent() }, {}],
    ["stringMatching", stringMatching(/^v\d$/), "v1"],
    ["arrayWith: other order, others between", arrayWith([3, { a: 1 }]), [{ a: 1, b: 2 }, 0, 3]],
    ["arrayWith: items that fit several values", arrayWith([any(), 1, any()]), [1, 2, 3]],
    ["exact with a matcher inside", exact({ a: any(), b: [1] }), { a: 5, b: [1] }],
    ["objectLike inside exact", exact({ a: objectLike({ b: 1 }) }), { a: { b: 1, c: 2 } }],
    [
      "serializedJson",
      serializedJson({ Statement: arrayWith([{ Effect: "Deny" }]) }),
      `{"Version":"1","Statement":[{"Effect":"Deny"}]}`,
    ],
  ];
  for (const [name, expected, actual] of fitting)
    it(`takes ${name}`, () => {
      expect(lines(expected, actual)).to.deep.equal([]);
    });

  const differing: [string, Expected, unknown, string[]][] = [
    ["another value", { a: { b: 3 } }, { a: { b: "3" } }, [`a.b: 3 | "3"`]],
    ["null for a value", { a: any() }, { a: null }, ["a: any value | null"]],
    [
      "a value for absent and undefined",
      { a: absent(), b: undefined },
      { a: 1, b: 2 },
      ["a: no value | 1", "b: no value | 2"],
    ],
    ["a longer list", { a: [1] }, { a: [1, 2] }, ["a: 1 items [1] | [1,2]"]],
    [
      "every path that differs",
      { a: [1, { "b.c": 2 }], d: 4 },
      { a: [0, {}], d: 4 },
      ["a[0]: 1 | 0", `a[1]["b.c"]: 2 | undefined`],
    ],
    ["a text that does not match", stringMatching(/^v/), "x", [`: a text that matches /^v/ | "x"`]],
    ["a number for a text", stringMatching(/1/), 1, [": a text that matches /1/ | 1"]],
    [
      "more keys than exactly",
      { a: exact({ b: 1 }) },
      { a: { b: 1, c: { d: 2 } } },
      [`a.c: no value | {"d":2}`],
    ],
    [
      "an item that is missing, by the closest one",
      arrayWith([{ a: 1, b: 2 }]),
      [
        { a: 5, b: 5 },
        { a: 1, b: 3 },
      ],
      ["[1].b: 2 | 3"],
    ],
    [
      "an item that two would need",
      arrayWith([1, 1]),
      [1, 2],
      [": 2 items of their own for [1, 1] | [1,2]"],
    ],
    ["an item of nothing", arrayWith([1]), [], [": an item 1 | []"]],
    ["no list", arrayWith([1]), "1", [`: a list | "1"`]],
    ["a text that is no JSON", serializedJson({}), "{", [`: a text of JSON | "{"`]],
    [
      "a path inside JSON",
      { policy: serializedJson({ a: 1 }) },
      { policy: `{"a":2}` },
      ["policy.a: 1 | 2"],
    ],
  ];
  for (const [name, expected, actual, found] of differing)
    it(`tells ${name}`, () => {
      expect(lines(expected, actual)).to.deep.equal(found);
    });
});
