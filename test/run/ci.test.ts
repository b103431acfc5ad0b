import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import path from "node:path";
import { childEnvironment } from "../helpers/environment.ts";
import { Folders } from "../components/registry/helpers/folder.ts";

/** Parts that are installed already. */
const HERE = ["docker", "chromium", "python3", "actionlint", "act"];

/** What `.ci/run` says at its end. Whatever it starts is replaced: npm prints what a test says, all parts are here. */
describe("bash .ci/run", () => {
  const folders = new Folders();
  afterEach(() => {
    folders.remove();
  });

  /** @param tiers exit code of `npm run` for a tier, and what it prints */
  function run(tiers: Readonly<Record<string, readonly [code: number, output: string]>>) {
    const cases = Object.entries(tiers).map(
      ([tier, [code, output]]) => `"run ${tier}") printf '%s' '${output}'; exit ${code};;`,
    );
    const programs = {
      npm: `case "$*" in ${cases.join(" ")} esac`,
      ...Object.fromEntries(HERE.map((name) => [name, ":"])),
    };
    const bin = "koa-fargate-ci/bin";
    const folder = folders.make(
      Object.fromEntries(
        Object.entries(programs).map(([name, script]) => [
          `${bin}/${name}`,
          `#!/bin/sh\n${script}\n`,
        ]),
      ),
    );
    for (const name of Object.keys(programs)) chmodSync(path.join(folder, bin, name), 0o755);
    const { status, stdout } = spawnSync("bash", [".ci/run"], {
      encoding: "utf8",
      env: childEnvironment({ HOME: folder, XDG_CACHE_HOME: folder }),
    });
    const last = `== npm run test:parts\n${tiers["test:parts"]?.[1] ?? ""}`;
    return [status, stdout.slice(stdout.indexOf(last) + last.length)];
  }

  it("adds up what the tiers counted", () => {
    const good = "5 passing\n\n5 passed, 0 failed, 1 skipped\n";
    expect(run({ test: [0, good], "test:parts": [0, good] })).to.deep.equal([
      0,
      "\n10 passed, 0 failed, 2 skipped\n",
    ]);
  });

  it("tells every failure again, just before its last line", () => {
    const failed = (what: string): string =>
      `What failed:\n\nof a run within a test\n\nWhat failed:\n\n${what}\n\n2 passed, 1 failed, 0 skipped\n`;
    expect(run({ test: [1, failed("one")], "test:parts": [1, failed("two")] })).to.deep.equal([
      1,
      "\n== npm run test failed\n\none\n\n== npm run test:parts failed\n\ntwo\n\n4 passed, 2 failed, 0 skipped\n",
    ]);
  });

  it("counts a tier that breaks off as a failure, and tells how it ended", () => {
    const closing = "2 passed, 0 failed, 0 skipped\n";
    expect(run({ test: [3, closing], "test:parts": [137, "out of memory\n"] })).to.deep.equal([
      1,
      "\n== npm run test failed\nended with 3\n\n== npm run test:parts failed\nended with 137 and without its closing line:\nout of memory\n\n2 passed, 2 failed, 0 skipped\n",
    ]);
  });
});
