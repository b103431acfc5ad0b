import { expect } from "chai";
import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import { testFiles, tierOf } from "./tiers.ts";

const ROOT = process.cwd();

/** Calls by which a test asks whether a part is here: of test/helpers, of test/emulated, of act, and of the app's helpers. */
const ASKS =
  /(?<!function )\b(?:isOnPath|dockerIsHere|engineIsHere|pluginIsHere|startMinistack|startCloud|actIsHere|hasBrowser|isInstalled|startEmulator)\(/;

/** The text of a test and of the helpers that it loads. */
function textOf(file: string, seen = new Set<string>()): string {
  if (seen.has(file)) return "";
  seen.add(file);
  const text = readFileSync(file, "utf8");
  const helpers = [...text.matchAll(/from "(\.[^"]+)"/g)]
    .map(([, name = ""]) => path.resolve(path.dirname(file), name))
    .filter((name) => name.includes("/test/") && existsSync(name));
  return [text, ...helpers.map((name) => textOf(name, seen))].join("\n");
}

/** A test that asks for a part waits for those who have it: it says so by its name. */
describe("Tiers of the tests", () => {
  const files = [...testFiles(ROOT), ...globSync("app/test/**/*.test.ts", { cwd: ROOT })]
    .filter((file) => !file.startsWith("test/run/"))
    .sort();
  const asking = files.filter((file) => ASKS.test(textOf(path.join(ROOT, file))));

  it("what needs a part is named x.parts.test.ts or x.long.test.ts", () => {
    expect(asking.filter((file) => tierOf(file) === "fast")).to.deep.equal([]);
  });

  it("what needs none is not moved there for its time", () => {
    const parts = files.filter((file) => tierOf(file) === "parts");
    expect(parts.filter((file) => !asking.includes(file))).to.deep.equal([]);
    expect(parts.length).to.be.above(0);
  });
});
