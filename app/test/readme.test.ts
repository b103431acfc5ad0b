import { expect } from "chai";
import { existsSync, readFileSync } from "node:fs";
import { readConfig } from "../src/config.ts";

const README = readFileSync(new URL("../README.md", import.meta.url), "utf8");

describe("README of the app", () => {
  it("has every variable that the configuration reads, and no other", () => {
    const read = new Set<string>();
    readConfig(
      new Proxy<Record<string, string>>(
        {},
        {
          get: (_target, name) => {
            read.add(String(name));
            return undefined;
          },
        },
      ),
    );
    const section = README.slice(
      README.indexOf("## Configuration"),
      README.indexOf("## Operations"),
    );
    const rows = section.split("\n").filter((line) => line.startsWith("| `"));
    const documented = rows.flatMap((row) =>
      [...(row.split("|")[1] ?? "").matchAll(/`(\w+)`/g)].map(([, name]) => name),
    );
    expect(documented).to.have.members([...read]);
  });

  it("names only files and folders that exist", () => {
    const paths = [...README.matchAll(/^\| `(src\/[^`]*)`/gm)].map(([, path = ""]) => path);
    expect(paths.length).to.equal(14);
    for (const path of paths) {
      expect(existsSync(new URL(`../${path}`, import.meta.url)), path).to.be.true;
    }
  });
});
