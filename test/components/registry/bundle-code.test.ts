import { expect } from "chai";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { bundleCode } from "../../../components/registry/bundle-code.ts";
import { Folders } from "./helpers/folder.ts";

describe("bundleCode, again in the same process", () => {
  const folders = new Folders();
  afterEach(() => {
    folders.remove();
  });

  const FILES = { "main.js": 'import { word } from "./word.js"; console.log(word);' };

  it("takes what it made while no file changed", () => {
    const app = folders.make({ ...FILES, "word.js": 'export const word = "one";' });
    const made = bundleCode(app, "./main.js", {});
    expect(bundleCode(app, "./main.js", {})).to.equal(made);
    expect(bundleCode(app, "./main.js", { mainFields: ["main"] })).to.not.equal(made);
  });

  it("bundles what changed, also in a file that the entry imports", () => {
    const app = folders.make({ ...FILES, "word.js": 'export const word = "one";' });
    bundleCode(app, "./main.js", {});
    writeFileSync(path.join(app, "word.js"), 'export const word = "other";');
    expect(Buffer.from(bundleCode(app, "./main.js", {}).code).toString()).to.include('"other"');
  });

  it("keeps nothing of an app that did not bundle", () => {
    const app = folders.make({ ...FILES, "word.js": "this is no JavaScript" });
    expect(() => bundleCode(app, "./main.js", {})).to.throw(Error, "does not bundle");
    writeFileSync(path.join(app, "word.js"), 'export const word = "one";');
    expect(bundleCode(app, "./main.js", {}).type).to.equal("commonjs");
  });
});
