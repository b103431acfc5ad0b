import { expect } from "chai";
import { deal, namedFiles, namesFiles, sideBySide, tierOf, type Took } from "./tiers.ts";

describe("tierOf", () => {
  it("goes by the name of the file", () => {
    const files = ["a/x.test.ts", "a/x.parts.test.ts", "a/x.long.test.ts", "a/parts.test.ts"];
    expect(files.map(tierOf)).to.deep.equal(["fast", "parts", "long", "fast"]);
  });
});

describe("deal", () => {
  it("gives the longest first, to whoever has least to do", () => {
    const took: Took = { a: [9, 0], b: [5, 5], c: [4, 0], d: [3, 0], e: [1, 0] };
    expect(deal(["e", "d", "c", "b", "a"], took, 2)).to.deep.equal([
      ["a", "d"],
      ["b", "c", "e"],
    ]);
  });

  it("spreads files that are not on record", () => {
    const groups = deal(["a", "b", "c", "d", "e"], {}, 2);
    expect(groups).to.deep.equal([
      ["a", "c", "e"],
      ["b", "d"],
    ]);
  });

  it("leaves groups empty where there are more of them than files, and loses none", () => {
    expect(deal(["a"], {}, 3)).to.deep.equal([["a"], [], []]);
  });
});

describe("sideBySide", () => {
  const WAITS: Took = { a: [9, 0.9], b: [1, 0.05], c: [4, 0.1], d: [3, 0.1] };

  it("has files that mostly wait beside those that compute, for their share of the time", () => {
    const took = { ...WAITS, e: [8, 8], f: [7, 3] } as const;
    const files = ["d", "f", "x", "c", "e", "b", "a"];
    // Two sevenths of 32 seconds: c, d and b, which wait most, but not a as well.
    expect(sideBySide(files, took, 2)).to.deep.equal([
      ["a", "x"],
      ["e", "f"],
      ["c", "d", "b"],
    ]);
  });

  it("has nothing beside them where nothing waits, or one file is all", () => {
    expect(sideBySide(["a", "b"], { a: [1, 0.3], b: [4, 4] }, 1)).to.deep.equal([["b", "a"], []]);
    expect(sideBySide(["a"], WAITS, 1)).to.deep.equal([["a"], []]);
  });
});

describe("namedFiles", () => {
  const FILES = ["test/a/x.test.ts", "packages/p/test/x.test.ts", "test/ax.test.ts"];

  it("finds a name wherever it lies, and takes paths and patterns as they are", () => {
    expect(
      namedFiles(["x.test.ts", "test/ax.test.ts", "test/*.test.ts"], FILES, "fast"),
    ).to.deep.equal([
      "test/a/x.test.ts",
      "packages/p/test/x.test.ts",
      "test/ax.test.ts",
      "test/*.test.ts",
    ]);
  });

  it("refuses a name that no file has", () => {
    expect(() => namedFiles(["y.test.ts"], FILES, "fast")).to.throw(
      Error,
      "There is no test file y.test.ts; those of the app run in its own folder.",
    );
  });

  it("takes a folder for the tests of the tier below it", () => {
    const files = [...FILES, "test/a/y.parts.test.ts", "test/ab/z.test.ts"];
    expect(namedFiles(["test/a"], files, "fast")).to.deep.equal(["test/a/x.test.ts"]);
    expect(namedFiles(["./test/a/"], files, "parts")).to.deep.equal(["test/a/y.parts.test.ts"]);
    expect(() => namedFiles(["test/c"], files, "fast")).to.throw(
      Error,
      "There are no fast tests in a folder test/c; those of the app run in its own folder.",
    );
  });
});

describe("namesFiles", () => {
  it("tells files and folders from what mocha takes", () => {
    const args = ["x.test.ts", "test/a", "--grep", "a/b", "-g", "c/d", "--bail", "word"];
    expect(args.filter(namesFiles)).to.deep.equal(["x.test.ts", "test/a"]);
  });
});
