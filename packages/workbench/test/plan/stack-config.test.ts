import { expect } from "chai";
import { readDeclaration } from "../../src/plan/config-types.ts";
import { PlanError } from "../../src/plan/errors.ts";
import type { Project } from "../../src/plan/project.ts";
import { stackConfig, type Overrides, type StackConfig } from "../../src/plan/stack-config.ts";

const declared = (keys: Record<string, unknown>): Project => ({
  root: "/shop",
  name: "shop",
  main: "index.ts",
  declarations: new Map(
    Object.entries(keys).map(([key, value]) => [
      key.includes(":") ? key : `shop:${key}`,
      readDeclaration(value, !key.includes(":")),
    ]),
  ),
});

const read = (
  keys: Record<string, unknown>,
  file: Record<string, unknown> = {},
  overrides: Overrides = {},
): StackConfig => stackConfig(declared(keys), "dev", new Map(Object.entries(file)), overrides);

const STRINGS = { type: "array", items: { type: "string" } };

describe("stackConfig", () => {
  it("gives the program texts and the plan typed values", () => {
    const config = read(
      {
        size: { type: "integer", default: 3 },
        open: { type: "boolean", default: true },
        zones: { ...STRINGS, default: ["a"] },
        labels: { type: "object", default: {} },
        name: { type: "string" },
        "aws:region": "eu-west-1",
      },
      { "shop:name": "first", "shop:zones": ["b", "c"], "shop:extra": 7 },
    );
    expect(config).to.deep.equal({
      texts: {
        "aws:region": "eu-west-1",
        "shop:extra": "7",
        "shop:labels": "{}",
        "shop:name": "first",
        "shop:open": "true",
        "shop:size": "3",
        "shop:zones": '["b","c"]',
      },
      secretKeys: [],
      secretTexts: [],
      shown: {
        "aws:region": "eu-west-1",
        extra: 7,
        labels: {},
        name: "first",
        open: true,
        size: 3,
        zones: ["b", "c"],
      },
    });
  });

  it("numbers and words written as text are taken as the CLI takes them", () => {
    const keys = { size: { type: "integer" }, open: { type: "boolean" } };
    expect(read(keys, { "shop:size": "12", "shop:open": "false" }).shown).to.deep.equal({
      size: 12,
      open: false,
    });
  });

  it("an encrypted value becomes a text that names its key, secret for the program and hidden in the plan", () => {
    const config = read(
      { token: { type: "string", secret: true }, login: { type: "object" } },
      {
        "shop:token": { secure: "v1:abc" },
        "shop:login": { user: "me", keys: [{ secure: "v1:def" }] },
      },
    );
    expect(config).to.deep.equal({
      texts: {
        "shop:token": "[secret shop:token]",
        "shop:login": '{"user":"me","keys":["[secret shop:login.keys[0]]"]}',
      },
      secretKeys: ["shop:token", "shop:login"],
      secretTexts: ["[secret shop:token]", "[secret shop:login.keys[0]]"],
      shown: { token: "[secret]", login: "[secret]" },
    });
  });

  it("an override takes the place of the file's value, or removes it", () => {
    const keys = { size: { type: "integer", default: 3 }, name: { type: "string", default: "" } };
    const file = { "shop:size": 4, "shop:name": "first" };
    expect(read(keys, file, { size: "5", "aws:region": "eu-north-1" }).shown).to.deep.equal({
      "aws:region": "eu-north-1",
      name: "first",
      size: 5,
    });
    expect(read(keys, file, { size: undefined }).shown["size"]).to.equal(3);
  });

  it("an override of a list may be JSON; one of a secret stays secret", () => {
    const keys = { zones: STRINGS, token: { type: "string", secret: true } };
    const config = read(keys, {}, { zones: '["a","b"]', token: "hunter-22" });
    expect(config.shown).to.deep.equal({ token: "[secret]", zones: ["a", "b"] });
    expect(config.secretKeys).to.deep.equal(["shop:token"]);
    expect(config.secretTexts).to.deep.equal(["hunter-22"]);
  });

  const refused: [string, Record<string, unknown>, Record<string, unknown>, string][] = [
    [
      "a missing key",
      { url: { type: "string" } },
      {},
      "Stack 'dev' is missing configuration value 'url'",
    ],
    [
      "missing keys",
      { a: { type: "string" }, b: { type: "string" }, c: { type: "string" } },
      {},
      "Stack 'dev' is missing configuration values 'a', 'b' and 'c'",
    ],
    [
      "text for an integer",
      { n: { type: "integer" } },
      { "shop:n": "many" },
      "Stack 'dev' with configuration key 'n' must be of type 'integer'",
    ],
    [
      "a fraction for an integer",
      { n: { type: "integer" } },
      { "shop:n": 1.5 },
      "Stack 'dev' with configuration key 'n' must be of type 'integer'",
    ],
    [
      "a word for a boolean",
      { b: { type: "boolean" } },
      { "shop:b": "yes" },
      "Stack 'dev' with configuration key 'b' must be of type 'boolean'",
    ],
    [
      "a list for an object",
      { o: { type: "object" } },
      { "shop:o": [] },
      "Stack 'dev' with configuration key 'o' must be of type 'object'",
    ],
    [
      "a map for a string",
      { s: { type: "string" } },
      { "shop:s": {} },
      "Stack 'dev' with configuration key 's' must be of type 'string'",
    ],
    [
      "a text for a list",
      { l: STRINGS },
      { "shop:l": "a" },
      "Stack 'dev' with configuration key 'l' must be of type 'array<string>'",
    ],
    [
      "a list of numbers for one of texts",
      { l: STRINGS },
      { "shop:l": [1] },
      "Stack 'dev' with configuration key 'l' must be of type 'array<string>'",
    ],
    [
      "plain text for a secret",
      { s: { type: "string", secret: true } },
      { "shop:s": "open" },
      "Stack 'dev' with configuration key 's' must be encrypted as it's secret",
    ],
    [
      "two wrong values",
      { n: { type: "integer" }, b: { type: "boolean" } },
      { "shop:n": "x", "shop:b": "x" },
      "Stack 'dev' with configuration key 'b' must be of type 'boolean'\nStack 'dev' with configuration key 'n' must be of type 'integer'",
    ],
  ];
  for (const [what, keys, file, message] of refused)
    it(`${what}: refused as the CLI would`, () => {
      expect(() => read(keys, file))
        .to.throw(PlanError)
        .with.property("message", message);
    });

  it("an override of a list that is no JSON is refused with an example", () => {
    expect(() => read({ zones: STRINGS }, {}, { zones: "a,b" }))
      .to.throw(PlanError)
      .with.property(
        "message",
        `zones is of type 'array<string>': "a,b" is not JSON. Write for example '["a","b"]'.`,
      );
  });
});
