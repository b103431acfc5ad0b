import { expect } from "chai";
import { deal, namedFiles, namesFiles, tierOf } from "./tiers.ts";

describe("tierOf", () => {
  it("goes by the name of the file", () => {
    const files = ["a/x.test.ts", "a/x.parts.test.ts", "a/x.long.test.ts", "a/parts.test.ts"];
    expect(files.map(tierOf)).to.deep.equal(["fast", "parts", "long", "fast"]);
  });
});

describe("deal", () => {
  it("gives the longest first, to whoever has least to do", () => {
    const seconds = { a: 9, b: 5, c: 4, d: 3, e: 1 };
    expect(deal(["e", "d", "c", "b", "a"], seconds, 2)).to.deep.equal([
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
