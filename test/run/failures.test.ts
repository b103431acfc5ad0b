import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { complaint, failuresOf, told } from "./failures.ts";
import { Folders } from "../components/registry/helpers/folder.ts";

describe("what failed", () => {
  const folders = new Folders();
  afterEach(() => {
    folders.remove();
  });

  it("is read from what mocha prints: title with its suites, and what went wrong", () => {
    const source = `
      import { deepEqual } from "node:assert";
      describe("a suite: of two", () => {
        describe("inner", () => {
          it("differs", () => deepEqual({ a: 1 }, { a: 2 }));
          it("fails within 2 s:", () => { throw new Error("why:\\nso"); });
        });
      });`;
    const folder = folders.make({ "suite.test.mjs": source });
    const mocha = `${process.cwd()}/node_modules/mocha/bin/mocha.js`;
    const { stdout } = spawnSync(process.execPath, [mocha, "--no-config", "suite.test.mjs"], {
      cwd: folder,
      encoding: "utf8",
    });
    const read = failuresOf(stdout);
    expect(read.map(({ title }) => title)).to.deep.equal([
      "a suite: of two > inner > differs",
      "a suite: of two > inner > fails within 2 s:",
    ]);
    expect(read[0]?.text).to.match(
      /^AssertionError[^]*\n *\+ expected - actual\n[^]*\n *\+ +"a": 2\n/,
    );
    expect(read[0]?.text).to.match(/ at Context.*suite\.test/);
    expect(read[1]?.text).to.match(/^Error: why:\nso\n +at Context/);
    expect(failuresOf("  2 passing (1s)\n\n")).to.deep.equal([]);
  });

  it("is told in a few lines, without those of a stack that say nothing", () => {
    const stack = ["    at test.ts:1:1", "    at run (node:internal/timers:1:1)"];
    const text = ["Error: why", ...stack].join("\n");
    expect(told({ file: "a.test.ts", title: "a suite > fails", text })).to.equal(
      "a.test.ts\n  a suite > fails\n    Error: why\n        at test.ts:1:1",
    );
    const long = Array.from({ length: 40 }, (_, index) => String(index)).join("\n");
    const lines = told({ title: "fails", text: long }).split("\n");
    expect([lines.length, lines.at(-1)]).to.deep.equal([16, "    ... 26 more lines above"]);
  });

  it("is a process's first error, or else what it wrote last", () => {
    expect(complaint("a warning\nTypeError: why\n    at a\n")).to.equal("TypeError: why\n    at a");
    expect(complaint("a\n\nb\n")).to.equal("a\n\nb");
  });
});
