import { expect } from "chai";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { assetFiles, assetsHash, assetType } from "../../../components/storage/assets.ts";

describe("static files of an app", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "assets-"));
    mkdirSync(path.join(folder, "img"));
    writeFileSync(path.join(folder, "style.css"), "a{}");
    writeFileSync(path.join(folder, "img", "logo.SVG"), "<svg/>");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const hash = () => assetsHash(folder, assetFiles(folder));

  it("are all that lie below the folder, by their paths in it", () => {
    expect(assetFiles(folder)).to.deep.equal(["img/logo.SVG", "style.css"]);
  });

  it("have one hash, which changes with a name or a content and with nothing else", () => {
    const before = hash();

    expect(before).to.match(/^[0-9a-f]{12}$/);
    writeFileSync(path.join(folder, "style.css"), "a{}");
    expect(hash()).to.equal(before);
    writeFileSync(path.join(folder, "style.css"), "b{}");
    expect(hash()).not.to.equal(before);
    writeFileSync(path.join(folder, "style.css"), "a{}");
    writeFileSync(path.join(folder, "more.css"), "");
    expect(hash()).not.to.equal(before);
  });

  it("have the type that browsers want", () => {
    const types = ["style.css", "img/logo.SVG", "a.mjs", "app.woff2", "LICENSE", "data.bin"];

    expect(types.map(assetType)).to.deep.equal([
      ...["text/css", "image/svg+xml", "text/javascript", "font/woff2"],
      ...["application/octet-stream", "application/octet-stream"],
    ]);
  });

  it("a folder that is not there, or empty, is refused in a sentence", () => {
    const missing = path.join(folder, "none");
    mkdirSync(missing);
    for (const one of [missing, path.join(folder, "never")])
      expect(() => assetFiles(one)).to.throw(
        `assetsPath names ${one}, which has no file. Correct it, or leave it empty.`,
      );
  });
});
