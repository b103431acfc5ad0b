import { expect } from "chai";
import { writeFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { watchFolders } from "../../src/local/watch.ts";
import { until } from "./fixture/harness.ts";

describe("watchFolders", () => {
  let folder: string;
  let other: string;
  let calls: number;
  let end: () => void;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "watch-"));
    await mkdir(join(folder, "src", "deep"), { recursive: true });
    await mkdir(join(folder, "node_modules", "koa"), { recursive: true });
    other = await mkdtemp(join(tmpdir(), "watch-"));
    calls = 0;
    end = await watchFolders([folder, other], () => (calls += 1));
  });
  afterEach(async () => {
    end();
    for (const each of [folder, other]) await rm(each, { recursive: true });
  });

  it("calls once for a burst of changes, at any depth", async () => {
    // At one go, or a busy machine would make two bursts of them.
    for (const name of ["a.ts", "src/b.ts", "src/deep/c.ts"])
      writeFileSync(join(folder, name), "x");
    writeFileSync(join(other, "a.ts"), "x");
    await until(() => calls > 0, "call");
    await wait(300);

    expect(calls).to.equal(1);
  });

  it("sees changes in each of the folders", async () => {
    writeFileSync(join(other, "a.ts"), "x");
    await until(() => calls === 1, "call for the second");
    writeFileSync(join(folder, "a.ts"), "x");
    await until(() => calls === 2, "call for the first");
  });

  it("sees changes in a folder that is new", async () => {
    await mkdir(join(folder, "src", "new"));
    await until(() => calls === 1, "call for the folder");
    writeFileSync(join(folder, "src", "new", "d.ts"), "x");
    await until(() => calls === 2, "call for the file in it");
  });

  it("leaves dependencies and hidden files out", async () => {
    await writeFile(join(folder, "node_modules", "koa", "index.js"), "x");
    await writeFile(join(folder, ".swp"), "x");
    await wait(400);

    expect(calls).to.equal(0);
  });

  it("ends", async () => {
    end();
    await writeFile(join(folder, "a.ts"), "x");
    await wait(300);

    expect(calls).to.equal(0);
  });
});
