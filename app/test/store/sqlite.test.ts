import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { expect } from "chai";
import { openDatabase, prepareCalls } from "../../src/store/sqlite/database.ts";
import type { Store, StoreConfig } from "../../src/store/store.ts";
import { openStore } from "../../src/store/open.ts";
import { StoreUnavailable } from "../../src/store/store.ts";
import { BEGIN, DAY, HOUR } from "./arbitraries.ts";
import { event, expectReports, failure } from "./contract.ts";

describe("SQLite store on its file", () => {
  let directory = "";
  const opened: Store[] = [];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "store-"));
  });

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((store) => store.close()));
    await chmod(directory, 0o700);
    await rm(directory, { recursive: true });
  });

  const open = async (config: Partial<StoreConfig> = {}): Promise<Store> => {
    const store = await openStore({ store: "sqlite", dataDir: directory, ...config });
    opened.push(store);
    return store;
  };

  it("makes the folder, and names the call and what to do when it cannot", async () => {
    const store = await open({ dataDir: join(directory, "a", "b") });
    expect(await store.add([event({ id: "a" })])).to.include({ accepted: 1 });

    const file = join(directory, "file");
    await writeFile(file, "");
    expect(await failure(open({ dataDir: file }))).to.include({
      message:
        `The database usage.db in DATA_DIR ${file} cannot be opened: EEXIST: file already exists, mkdir '${file}'; ` +
        "set STORE=dynamodb or mount a volume that can be written.",
    });
  });

  it("says so where the folder cannot be written", async () => {
    await chmod(directory, 0o555);
    const inside = join(directory, "data");
    expect(await openAsUser(inside)).to.match(
      /^The database usage.db in DATA_DIR \S+data cannot be opened: EACCES: .*; set STORE=dynamodb or mount a volume that can be written.$/,
    );
    expect(await openAsUser(directory)).to.match(
      /^The database usage.db in DATA_DIR \S+ cannot be opened: unable to open database file; set STORE=/,
    );
  });

  it("refuses a file of another version, and one that is no database", async () => {
    const path = join(directory, "usage.db");
    const database = new DatabaseSync(path);
    database.exec("PRAGMA user_version = 7");
    database.close();
    const refusal = (reason: string): string =>
      `The database usage.db in DATA_DIR ${directory} cannot be opened: ${reason}; ` +
      "set STORE=dynamodb or mount a volume that can be written.";
    expect(await failure(open())).to.include({ message: refusal("it has the unknown format 7") });

    await writeFile(path, "no database".repeat(100));
    expect(await failure(open())).to.include({ message: refusal("file is not a database") });
  });

  it("commits to disk before it answers", async () => {
    const store = await open();
    await store.add([event({ id: "a" })]);

    const database = new DatabaseSync(join(directory, "usage.db"));
    expect(database.prepare("PRAGMA journal_mode").get()?.["journal_mode"]).to.equal("wal");
    expect(database.prepare("SELECT id FROM events").get()?.["id"]).to.equal("a");
    database.close();
    const own = openDatabase(directory);
    // 2 is FULL (https://www.sqlite.org/pragma.html#pragma_synchronous).
    expect(own.prepare("PRAGMA synchronous").get()?.["synchronous"]).to.equal(2);
    own.close();
  });

  it("is down while another process holds the file, off the event loop, and takes events again after", async () => {
    const store = await open();
    await store.add([event({ id: "before" })]);
    const other = new DatabaseSync(join(directory, "usage.db"));
    other.exec("BEGIN IMMEDIATE");
    const added = failure(store.add([event({ id: "a" })]));
    let turns = 0;
    for (const end = performance.now() + 500; performance.now() < end; turns++) await sleep(2);
    expect(turns).to.be.at.least(5);
    expect(await added).to.be.instanceOf(StoreUnavailable);
    expect(await added).to.include({
      message: "The store did not take the call: database is locked",
    });
    expect(store.stats()).to.deep.include({ state: "down", reason: "database is locked" });

    other.exec("ROLLBACK");
    other.close();
    expect(await store.ready()).to.equal(true);
    expect(store.stats().state).to.equal("ok");
    expect(await store.add([event({ id: "a" })])).to.include({ accepted: 1 });
    await expectReports(store, [event({ id: "before" }), event({ id: "a" })]);
  });

  it("tells calls why its thread has ended, and starts it again with the next one", async () => {
    const dataDir = join(directory, "data");
    const store = await open({ dataDir });
    await rm(dataDir, { recursive: true });
    await writeFile(dataDir, "");
    const errors = await Promise.all([
      failure(store.add([event({ id: "a" })])),
      failure(store.event("a")),
    ]);
    for (const error of errors) {
      expect(error).to.be.instanceOf(StoreUnavailable);
      expect(String(error)).to.contain(`DATA_DIR ${dataDir} cannot be opened: EEXIST`);
    }
    expect(await store.ready()).to.equal(false);

    await rm(dataDir);
    expect(await store.add([event({ id: "a" })])).to.include({ accepted: 1 });
  });

  it("removes ids after 91 days, counted from their receipt, and keeps what they counted", async () => {
    const now = BEGIN + 9 * DAY;
    const database = openDatabase(directory);
    const calls = prepareCalls(database);
    const old = event({ id: "old", time: now - 2 * HOUR });
    calls.write([old], now);
    calls.write([event({ id: "kept", time: now })], now + DAY);
    expect(calls.write([old], now + 91 * DAY)).to.deep.equal([false]);
    calls.write([event({ id: "new", time: now + 90 * DAY })], now + 91 * DAY + 60_000);
    database.close();
    const store = await open();

    expect(await store.event("old")).to.equal(undefined);
    expect((await store.event("kept"))?.id).to.equal("kept");
    const day = Math.floor(now / DAY);
    const { totals } = await store.activity({ fromDay: day - 1, toDay: day });
    expect(totals).to.deep.equal({ events: 2, activeUsers: 1, errors: 0 });
  });

  it("keeps nothing of a batch that fails", async () => {
    const database = openDatabase(directory);
    const calls = prepareCalls(database);
    calls.write([event({ id: "a" })]);
    database.exec(
      "CREATE TRIGGER full BEFORE INSERT ON sets BEGIN SELECT RAISE(ABORT, 'disk is full'); END",
    );
    expect(() => calls.write([event({ id: "b", user: "another" })])).to.throw("disk is full");
    database.exec("DROP TRIGGER full");
    database.close();
    await expectReports(await open(), [event({ id: "a" })]);
  });

  it("starts its thread from one bundled file", async () => {
    const { build } = await import("esbuild");
    const src = join(import.meta.dirname, "../../src");
    const outfile = join(directory, "server.js");
    await build({
      // As server.ts does: in a thread the entry imports the file of the thread.
      stdin: {
        contents: `
          import { isMainThread, workerData, parentPort } from "node:worker_threads";
          import { openStore } from "./store/open.ts";
          async function main() {
            const store = await openStore({ store: "sqlite", dataDir: workerData.data });
            const event = { id: "a", name: "opened", user: "u", feature: "f", time: Date.now() };
            const { statuses } = await store.add([event, event]);
            const found = await store.event("a");
            await store.close();
            parentPort.postMessage({ statuses, id: found.id });
          }
          if (workerData.data !== undefined) void main();
          else if (!isMainThread) void import("./store/sqlite/store.ts");
        `,
        resolveDir: src,
        loader: "ts",
      },
      outfile,
      bundle: true,
      platform: "node",
      format: "cjs",
      target: "node24",
      logLevel: "error",
      define: { "import.meta.url": "__url" },
      banner: { js: 'const __url = require("node:url").pathToFileURL(__filename).href;' },
    });
    const worker = new Worker(outfile, { workerData: { data: join(directory, "data") } });
    const answer = await new Promise((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
    });
    await worker.terminate();

    expect(answer).to.deep.equal({ statuses: ["accepted", "duplicate"], id: "a" });
  });
});

/** What a process says that may not write everywhere, also where the tests run as root. */
async function openAsUser(dataDir: string): Promise<string> {
  const script = `
    // Before: packages may be their installer's alone.
    const { openStore } = await import(${JSON.stringify(join(import.meta.dirname, "../../src/store/open.ts"))});
    if (process.getuid() === 0) process.setuid(65534);
    const config = { store: "sqlite", dataDir: ${JSON.stringify(dataDir)} };
    console.log(await openStore(config).then(() => "opened", ({ message }) => message));
  `;
  const args = ["--input-type=module", "--eval", script];
  return (await promisify(execFile)(process.execPath, args)).stdout.trim();
}
