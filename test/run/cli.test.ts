import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Folders } from "../components/registry/helpers/folder.ts";

const ROOT = process.cwd();

/** A repository with the runner, and these test files. */
describe("npm test", function () {
  const folders = new Folders();
  afterEach(() => {
    folders.remove();
  });

  function repository(files: Readonly<Record<string, string>>): string {
    const folder = folders.make({ "package.json": '{"type":"module"}', ...files });
    for (const name of [".mocharc.json", "test/run", "test/helpers"])
      cpSync(path.join(ROOT, name), path.join(folder, name), {
        recursive: true,
        filter: (source) => !source.endsWith(".test.ts"),
      });
    symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
    mkdirSync(path.join(folder, "packages"), { recursive: true });
    symlinkSync(path.join(ROOT, "packages/workbench"), path.join(folder, "packages/workbench"));
    writeFileSync(path.join(folder, "test/run/seconds.json"), "{}");
    return folder;
  }

  function run(folder: string, ...args: string[]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, ["test/run/cli.ts", ...args], {
      cwd: folder,
      encoding: "utf8",
    });
    const closing = stdout.match(/^\d+ passed, \d+ failed, \d+ skipped$/gm) ?? [];
    return { status, stdout, stderr, last: stdout.trimEnd().split("\n").at(-1), closing };
  }

  const PASSES = 'it("passes", () => {});';
  /** Sets off what a test before it left, and outlasts it. */
  const SLOW =
    'it("is slow", () => { globalThis.left?.(); return new Promise((done) => setTimeout(done, 200)); });';

  it("runs a tier in groups side by side, and says one line over all", () => {
    const folder = repository({
      "test/a.test.ts": `${PASSES} it.skip("waits", () => {});`,
      "test/b.test.ts": 'describe("b", () => { it("is told its group", () => {}); });',
      "test/c.parts.test.ts": PASSES,
      "packages/own/test/d.long.test.ts": PASSES,
    });
    const fast = run(folder, "fast", "--jobs", "2");
    expect([fast.status, fast.last, fast.closing.length], fast.stdout + fast.stderr).to.deep.equal([
      0,
      "2 passed, 0 failed, 1 skipped",
      1,
    ]);
    expect(fast.stdout.match(/^ {2}\d+ passing/gm)).to.have.length(2);
    expect(run(folder, "parts").last).to.equal("1 passed, 0 failed, 0 skipped");
    expect(run(folder, "long").last).to.equal("1 passed, 0 failed, 0 skipped");
  });

  it("runs the app's own script of the tier beside them", () => {
    const scripts = {
      test: `node -e "console.log('  4 passing (1s)')"`,
      "test:parts": "exit 3",
    };
    const folder = repository({
      "test/a.test.ts": PASSES,
      "app/package.json": JSON.stringify({ scripts }),
    });
    expect(run(folder, "fast").last).to.equal("5 passed, 0 failed, 0 skipped");
    expect(run(folder, "fast", "test/a.test.ts").last).to.equal("1 passed, 0 failed, 0 skipped");
    expect(run(folder, "fast", "--grep", "nothing").last).to.equal("0 passed, 0 failed, 0 skipped");
    const parts = run(folder, "parts");
    expect(parts.stdout).to.include(
      "\nWhat failed:\n\napp, npm run test:parts ended with 3: 0 passed, 1 failed, 0 skipped\n",
    );
    expect([parts.status, parts.last]).to.deep.equal([1, "0 passed, 1 failed, 0 skipped"]);
    expect(run(folder, "long").last).to.equal("0 passed, 0 failed, 0 skipped");
  });

  const leaves = (what: string): string =>
    `it("leaves one", () => { globalThis.left = () => setTimeout(() => { ${what} }, 50); });`;
  /** What goes wrong, the file in which it does, and the line of its group, in which another test is slow. */
  const BROKEN: readonly (readonly [string, string, string])[] = [
    ["a test that fails", 'it("fails", () => { throw new Error("why"); });', "1: 1 passed"],
    ["a file that throws while it is loaded", 'throw new Error("why");', "1: 0 passed"],
    ["a rejection without a handler", leaves("Promise.reject(new Error('why'));"), "1: 2 passed"],
    ["an exception after its test", leaves("throw new Error('why');"), "1: 1 passed"],
    ["a test that ends the run well", 'it("ends", () => process.exit(0));', "1: 0 passed"],
    ["a test that ends the run", 'it("ends", () => process.exit(3));', "3: 0 passed"],
    // Another one had ended before it.
    [
      "a test that is killed",
      `${PASSES} it("ends", () => process.kill(process.pid, 9));`,
      "137: 0 passed",
    ],
    ["a file that ends the run while it is loaded", "process.exit(0);", "0: 0 passed"],
  ];

  it("fails by whatever goes wrong, counts it, and repeats it at the end", () => {
    const files: Record<string, string> = { "test/good.test.ts": PASSES };
    const took: Record<string, [seconds: number, cpu: number]> = {
      "test/good.test.ts": [200, 200],
    };
    for (const [index, [, source]] of BROKEN.entries()) {
      files[`test/${index}-a.test.ts`] = source;
      files[`test/${index}-b.test.ts`] = SLOW;
      // Dealt out with what runs while the rejection comes.
      took[`test/${index}-a.test.ts`] = [100 - index, 100];
      took[`test/${index}-b.test.ts`] = [10 + index, 10];
    }
    const folder = repository(files);
    writeFileSync(path.join(folder, "test/run/took.json"), JSON.stringify(took));

    const { status, last, stdout, stderr } = run(folder, "fast", "--jobs", `${BROKEN.length + 1}`);

    const lines = [...stdout.matchAll(/^group (\d+) ended with (.*)$/gm)];
    expect(
      lines.map(([, group, line]) => [BROKEN[Number(group) - 2]?.[0], line]),
      stdout + stderr,
    ).to.deep.equal(BROKEN.map(([what, , line]) => [what, `${line}, 1 failed, 0 skipped`]));
    expect([status, last]).to.deep.equal([1, "5 passed, 8 failed, 0 skipped"]);
    const end = stdout.slice(stdout.lastIndexOf("\nWhat failed:\n"));
    const places = end.replaceAll(/\n +at .*/g, "").replaceAll(/^ {2,}/gm, "");
    expect(places.split(/^group .*\n/m).slice(1)).to.deep.equal([
      "test/0-a.test.ts\nfails\nError: why\n\n",
      "Exception during run: Error: why\n\n",
      "test/2-b.test.ts\na rejection that nobody handled\nError: why\n\n",
      "test/3-b.test.ts\nis slow\nUncaught Error: why\n\n",
      "test/4-a.test.ts\nends\nThe run ended within it.\n\n",
      "test/5-a.test.ts\nends\nThe run ended within it.\n\n",
      "test/6-a.test.ts\nends\nThe run ended within it.\n\n",
      `It ended before its tests did, and wrote nothing.\n\n${last}\n`,
    ]);
  });

  it("records how long files took, and deals them out by that", () => {
    const folder = repository({
      "test/a.test.ts": 'describe("a", () => { it("x", (done) => { setTimeout(done, 1100); }); });',
      "test/b.test.ts": `describe("b", () => { ${PASSES} });`,
    });
    writeFileSync(path.join(folder, "test/run/took.json"), '{"test/gone.test.ts": [7, 7]}');
    run(folder, "fast", "--record");
    const recorded: unknown = JSON.parse(
      readFileSync(path.join(folder, "test/run/took.json"), "utf8"),
    );
    expect(recorded).to.deep.equal({ "test/a.test.ts": [1, 0] });
  });

  it("runs a shard", () => {
    const folder = repository({ "test/a.test.ts": PASSES, "test/b.test.ts": PASSES });
    for (const shard of ["1/2", "2/2"])
      expect(run(folder, "fast", "--shard", shard).last).to.equal("1 passed, 0 failed, 0 skipped");
    const { status, stderr } = run(folder, "fast", "--shard", "3/2");
    expect([status, stderr]).to.deep.equal([
      1,
      "--shard is 3/2, but has to be like 2/4, the second of four.\n",
    ]);
  });
});
