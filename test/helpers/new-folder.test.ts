import { expect } from "chai";
import { mkdirSync, rmSync } from "node:fs";
import { folderPrefix, newFolder } from "./new-folder.ts";

describe("newFolder", () => {
  const name = `new-folder-${process.pid}`;
  const prefix = folderPrefix(name);
  afterEach(() => {
    for (const number of [0, 1, 2]) rmSync(`${prefix}${number}`, { recursive: true, force: true });
  });

  it("goes on to the next number, even past one that is gone again or there already", () => {
    expect(newFolder(name)).to.equal(`${prefix}0`);
    rmSync(`${prefix}0`, { recursive: true });
    mkdirSync(`${prefix}1`);
    expect(newFolder(name)).to.equal(`${prefix}2`);
  });

  it("says what else is wrong", () => {
    expect(() => newFolder("none/there")).to.throw(Error, "ENOENT");
  });
});
