import { expect } from "chai";
import {
  boolean,
  choice,
  integer,
  isPlaceholder,
  list,
  map,
  oneOf,
  Refusal,
  text,
  type Kind,
} from "../../config/kinds.ts";

/** What a kind makes of each text: its value, or the reason for which it refuses it. */
function table(kind: Kind<unknown>, rows: [string | undefined, unknown][]): void {
  for (const [source, expected] of rows) {
    it(`${source === undefined ? "nothing" : JSON.stringify(source)} -> ${JSON.stringify(expected)}`, () => {
      const value = kind.parse(source);

      expect(value instanceof Refusal ? value.reason : value).to.deep.equal(expected);
    });
  }
}

describe("config kinds", () => {
  describe("integer", () => {
    const kind = integer(0, 20);

    it("describes itself", () => {
      expect([kind.type, kind.allows]).to.deep.equal(["integer", "0 to 20"]);
    });
    table(kind, [
      ["0", 0],
      ["20", 20],
      ["-1", "is -1, but it has to be 0 to 20."],
      ["21", "is 21, but it has to be 0 to 20."],
      ["1.5", 'is "1.5", but it has to be a whole number, 0 to 20.'],
      ["ten", 'is "ten", but it has to be a whole number, 0 to 20.'],
      [" ", 'is " ", but it has to be a whole number, 0 to 20.'],
      ["", "is empty, but it has to be a whole number, 0 to 20."],
      [undefined, "is empty, but it has to be a whole number, 0 to 20."],
    ]);
  });

  describe("boolean", () => {
    it("describes itself", () => {
      expect([boolean().type, boolean().allows]).to.deep.equal(["boolean", "true or false"]);
    });
    table(boolean(), [
      ["true", true],
      ["false", false],
      ["yes", 'is "yes", but it has to be true or false.'],
      [undefined, "is empty, but it has to be true or false."],
    ]);
  });

  describe("choice", () => {
    const kind = choice("none", "single", "one-per-az");

    it("describes itself", () => {
      expect([kind.type, kind.allows]).to.deep.equal(["string", "none, single or one-per-az"]);
    });
    table(kind, [
      ["single", "single"],
      ["Single", 'is "Single", but it has to be none, single or one-per-az.'],
      ["", "is empty, but it has to be none, single or one-per-az."],
      [undefined, "is empty, but it has to be none, single or one-per-az."],
    ]);
  });

  describe("text", () => {
    const kind = text("a colour", /^(red|blue)$/);
    const optional = text("a colour", /^(red|blue)$/, true);

    it("describes itself", () => {
      expect([kind.type, kind.allows, optional.allows]).to.deep.equal([
        "string",
        "a colour",
        "empty, or a colour",
      ]);
    });
    table(kind, [
      ["red", "red"],
      ["<your colour>", "<your colour>"],
      ["green", 'is "green", but it has to be a colour.'],
      ["", "is empty, but it has to be a colour."],
      [undefined, "is empty, but it has to be a colour."],
    ]);
    table(optional, [
      ["", ""],
      [undefined, ""],
      ["green", 'is "green", but it has to be empty or a colour.'],
    ]);
  });

  describe("list", () => {
    const kind = list("colours", /^(red|blue)$/);

    it("describes itself", () => {
      expect([kind.type, kind.allows]).to.deep.equal(["array", "a list of colours"]);
    });
    table(kind, [
      ["[]", []],
      ['["red","blue"]', ["red", "blue"]],
      ['["<your colour>"]', ["<your colour>"]],
      ['["green"]', 'holds "green", but it has to be a list of colours.'],
      ["[1]", "holds 1, but it has to be a list of colours."],
      ["[null]", "holds null, but it has to be a list of colours."],
      ['["red","blue","red"]', 'holds "red" twice. Remove one.'],
      ["red", 'is "red", but it has to be a list.'],
      ["{}", 'is "{}", but it has to be a list.'],
      [undefined, "is empty, but it has to be a list."],
    ]);
  });

  describe("map", () => {
    const kind = map({ name: "capital letters", text: "a colour" }, /^[A-Z]+$/, /^(red|blue)$/);

    it("describes itself", () => {
      expect([kind.type, kind.allows]).to.deep.equal([
        "object",
        "names of capital letters with a colour each",
      ]);
    });
    table(kind, [
      ["{}", {}],
      ['{"A":"red"}', { A: "red" }],
      ['{"A":"<your colour>"}', { A: "<your colour>" }],
      ['{"a":"red"}', 'has the name "a", but a name consists of capital letters.'],
      ['{"":"red"}', "has the name empty, but a name consists of capital letters."],
      ['{"A":1}', "sets A to a value that is no text: put it in quotes."],
      ['{"A":"hunter2"}', "sets A to a value that is not a colour."],
      ["[]", "is not a map of names to texts."],
      ["hunter2", "is not a map of names to texts."],
      ["null", "is not a map of names to texts."],
      [undefined, "is not a map of names to texts."],
    ]);
  });

  it("oneOf joins words as a sentence does", () => {
    expect([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(oneOf)).to.deep.equal([
      "",
      "a",
      "a or b",
      "a, b or c",
    ]);
  });

  it("a placeholder is one pair of angle brackets around something", () => {
    const texts = ["<your domain>", "<>", "<a> <b>", "your domain", "<a", "x<a>"];

    expect(texts.filter(isPlaceholder)).to.deep.equal(["<your domain>"]);
  });
});
