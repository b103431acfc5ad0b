import { expect } from "chai";
import { writeFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mock } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { watchFolders, whenQuiet } from "../../src/local/watch.ts";
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

  it("sees changes at any depth, in each of the folders", async () => {
    for (const file of [join(folder, "src", "deep", "c.ts"), join(other, "a.ts")]) {
      const before = calls;
      writeFileSync(file, "x");
      await until(() => calls > before, `call for ${file}`);
    }
  });

  it("sees changes in a folder that is new", async () => {
    await mkdir(join(folder, "src", "new"));
    await until(() => calls > 0, "call for the folder");
    const before = calls;
    writeFileSync(join(folder, "src", "new", "d.ts"), "x");
    await until(() => calls > before, "call for the file in it");
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

describe("whenQuiet", () => {
  let calls: number;
  beforeEach(() => {
    mock.timers.enable({ apis: ["setTimeout"] });
    calls = 0;
  });
  afterEach(() => {
    mock.timers.reset();
  });

  it("calls once for a burst, 200 ms after its last event", () => {
    const { happened } = whenQuiet(() => (calls += 1));
    for (let event = 0; event < 5; event++) {
      happened();
      mock.timers.tick(199);
    }
    expect(calls).to.equal(0);
    mock.timers.tick(1);
    expect(calls).to.equal(1);
    mock.timers.tick(10_000);
    expect(calls).to.equal(1);
  });

  it("calls no more after its end", () => {
    const { happened, end } = whenQuiet(() => (calls += 1));
    happened();
    end();
    mock.timers.tick(10_000);
    expect(calls).to.equal(0);
  });
});
