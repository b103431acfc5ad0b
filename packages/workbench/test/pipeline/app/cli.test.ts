import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const CLI = fileURLToPath(new URL("../../../src/pipeline/app/cli.ts", import.meta.url));

describe("scripts of the apps", () => {
  let root: string;
  before(() => {
    root = mkdtempSync(join(tmpdir(), "apps-"));
    mkdirSync(join(root, "app"));
    writeFileSync(join(root, "app/package.json"), '{"scripts":{"hello":"echo hello"}}');
  });
  after(() => {
    rmSync(root, { recursive: true });
  });

  const run = (...args: string[]): [code: number | null, said: boolean, refused: string] => {
    const ran = spawnSync(process.execPath, [CLI, "run", "hello", ...args], {
      cwd: root,
      encoding: "utf8",
    });
    return [ran.status, ran.stdout.split("\n").includes("hello"), ran.stderr];
  };

  it("run in each of them, or in the one that is named", () => {
    expect(run()).to.deep.equal([0, true, ""]);
    expect(run("--in", "app")).to.deep.equal([0, true, ""]);
  });

  it("are refused in a sentence for one that is not there", () => {
    const refused = (name: string): string => `There is no app ${name}; there are app.\n`;
    expect(run("--in", "worker")).to.deep.equal([1, false, refused("worker")]);
    expect(run("--in")).to.deep.equal([1, false, refused("")]);
  });
});
