import { expect } from "chai";
import { globSync, readFileSync } from "node:fs";

const SOURCE = new URL("../src/", import.meta.url);
const MAX_LINES = 3500;
const MAX_FILE_LINES = 300;

/** Physical lines, as `wc -l` counts them. */
const linesOf = (text: string): number => text.split("\n").length - 1;

describe("Size of the app", () => {
  const files = globSync("**/*.{ts,cjs}", { cwd: SOURCE }).map((name) => ({
    name,
    text: readFileSync(new URL(name, SOURCE), "utf8"),
  }));

  it(`is at most ${MAX_LINES} lines: it is read before it is replaced`, () => {
    expect(files.length).to.be.above(40);
    const lines = files.reduce((sum, { text }) => sum + linesOf(text), 0);
    expect(lines).to.be.at.most(MAX_LINES);
  });

  it(`has no file above ${MAX_FILE_LINES} lines`, () => {
    const long = files.filter(({ text }) => linesOf(text) > MAX_FILE_LINES);
    expect(long.map(({ name }) => name)).to.deep.equal([]);
  });
});
