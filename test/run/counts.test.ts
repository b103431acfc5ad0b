import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { countsOf, together } from "./counts.ts";
import { Folders } from "../components/registry/helpers/folder.ts";

const counts = (passed: number, failed: number, skipped: number) => ({ passed, failed, skipped });

describe("what a test run counted", () => {
  const folders = new Folders();
  afterEach(() => {
    folders.remove();
  });

  /** One test that passes, one that fails and two that are skipped, by a real runner. */
  const SUITE = (skip: string): string => `
    it("a", () => {});
    it("b", () => { throw new Error("1 passing in vain"); });
    ${skip}("c", () => {});
    ${skip}("d", () => {});`;
  function output(args: readonly string[], source: string): [string, number] {
    const folder = folders.make({ "suite.test.mjs": source });
    // A run inside of a run of Node's own would report to that one.
    const env = { ...process.env, NODE_TEST_CONTEXT: undefined };
    const { stdout, status } = spawnSync(process.execPath, [...args, "suite.test.mjs"], {
      cwd: folder,
      encoding: "utf8",
      env,
    });
    return [stdout, status ?? -1];
  }

  const mocha = `${process.cwd()}/node_modules/mocha/bin/mocha.js`;
  const node = `import { it } from "node:test";${SUITE("it.skip")}`;
  for (const [what, args, source] of [
    ["mocha", [mocha, "--no-config"], SUITE("it.skip")],
    [
      "mocha by the platform's reporter",
      [mocha, "--no-config", "--reporter", `${process.cwd()}/test/helpers/reporter.cjs`],
      SUITE("it.skip"),
    ],
    ["Node's own by spec", ["--test", "--test-reporter=spec"], node],
    ["Node's own by tap", ["--test", "--test-reporter=tap"], node],
  ] as const)
    it(`is read from ${what}`, () => {
      expect(countsOf(...output(args, source))).to.deep.equal(counts(1, 1, 2));
    });

  it("is one test of a runner that says nothing of the kind", () => {
    expect(countsOf("Tests: all fine\n", 0)).to.deep.equal(counts(1, 0, 0));
    expect(countsOf("", 1)).to.deep.equal(counts(0, 1, 0));
  });

  it("has a failure where the run failed all the same", () => {
    expect(countsOf("  3 passing (1s)\n", 1)).to.deep.equal(counts(3, 1, 0));
  });

  it("is the last of several closing lines", () => {
    const output = "1 passed, 0 failed, 0 skipped\n\n5 passed, 2 failed, 1 skipped\n";
    expect(countsOf(output, 1)).to.deep.equal(counts(5, 2, 1));
  });

  it("adds up", () => {
    expect(together([counts(1, 2, 3), counts(10, 20, 30)])).to.deep.equal(counts(11, 22, 33));
  });
});
