import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { expect } from "chai";
import type { EventsService } from "../../../app/src/events/service.ts";
import { StoreUnavailableError } from "../../../app/src/events/service.ts";
import { openEventsService } from "../../../app/src/store/open.ts";
import { openTunedService } from "../../../app/src/store/sqlite/service.ts";
import { Writer } from "../../../app/src/store/sqlite/writer.ts";
import { BEGIN, DAY, HOUR } from "./arbitraries.ts";
import { event, expectReports, failure } from "./contract.ts";

describe("SQLite store on its file", () => {
  let directory = "";
  const opened: EventsService[] = [];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "store-"));
  });

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((service) => service.close()));
    await rm(directory, { recursive: true });
  });

  const open = (busyTimeout = 100): EventsService => {
    const store = { kind: "sqlite", directory } as const;
    const service = openTunedService(store, { store }, busyTimeout);
    opened.push(service);
    return service;
  };

  it("makes the folder, and says why it cannot", async () => {
    const deep = join(directory, "a", "b");
    const service = await openEventsService({ store: { kind: "sqlite", directory: deep } });
    await service.close();

    const file = join(directory, "file");
    await writeFile(file, "");
    const error = await failure(openEventsService({ store: { kind: "sqlite", directory: file } }));
    expect(error).to.include({ message: `EEXIST: file already exists, mkdir '${file}'` });
  });

  it("refuses a file of another version, and one that is no database", async () => {
    const path = join(directory, "events.db");
    const database = new DatabaseSync(path);
    database.exec("PRAGMA user_version = 7");
    database.close();
    const error = await failure(openEventsService({ store: { kind: "sqlite", directory } }));
    expect(error).to.include({
      message: `${path} has the format 7, this app reads 1: use another DATA_DIR.`,
    });

    await writeFile(path, "no database".repeat(100));
    const other = await failure(openEventsService({ store: { kind: "sqlite", directory } }));
    expect(other).to.include({ message: "file is not a database" });
  });

  it("commits to disk before it answers", async () => {
    const service = open();
    await service.submit([event({ id: "a" })]);

    const database = new DatabaseSync(join(directory, "events.db"));
    expect(database.prepare("PRAGMA journal_mode").get()).to.deep.equal(
      Object.assign(Object.create(null), { journal_mode: "wal" }),
    );
    expect(Number(database.prepare("SELECT count(*) AS n FROM events").get()?.["n"])).to.equal(1);
    database.close();
  });

  it("says it is down while another process holds the file, still reads, and recovers within 5 s", async () => {
    const service = open();
    await service.submit([event({ id: "before" })]);
    const other = new DatabaseSync(join(directory, "events.db"));
    other.exec("BEGIN IMMEDIATE");
    const error = await failure(service.submit([event({ id: "a" })]));
    expect(error).to.be.instanceOf(StoreUnavailableError);
    expect(error).to.include({ message: "The store did not take the call: database is locked" });
    expect(service.status()).to.deep.include({ state: "degraded", reason: "database is locked" });
    await failure(service.submit([event({ id: "b" })]));
    expect(service.status().state).to.equal("down");
    expect((await service.event("before"))?.id).to.equal("before");

    other.exec("ROLLBACK");
    const back = performance.now();
    while (service.status().state === "down") await sleep(20);
    expect(performance.now() - back).to.be.below(5000);
    expect(await service.submit([event({ id: "a" })])).to.deep.equal(["accepted"]);
    await expectReports(service, [event({ id: "before" }), event({ id: "a" })], "UTC");
    other.close();
  });

  it("does not hold up the event loop while it waits for another process", async () => {
    const service = open(3000);
    const other = new DatabaseSync(join(directory, "events.db"));
    other.exec("BEGIN IMMEDIATE");
    const submitted = service.submit([event({ id: "a" })]);
    let turns = 0;
    for (const end = performance.now() + 500; performance.now() < end; turns++) await sleep(2);
    other.exec("ROLLBACK");
    other.close();
    expect(await submitted).to.deep.equal(["accepted"]);
    expect(turns).to.be.greaterThan(10);
  });

  it("removes ids after 91 days, counted from their receipt, and keeps what they counted", async () => {
    const now = BEGIN + 9 * DAY;
    const writer = new Writer(directory, 100);
    const row = (id: string, time: number): (string | number | null)[] => [
      id,
      "opened",
      "user",
      "search",
      time,
      null,
    ];
    writer.write(row("old", now - 2 * HOUR), now);
    writer.write(row("kept", now), now + DAY);
    expect([...writer.write(row("old", now - 2 * HOUR), now + 91 * DAY)]).to.deep.equal([0]);
    writer.write(row("new", now + 90 * DAY), now + 91 * DAY + 60_000);
    writer.close();
    const service = open();

    expect(await service.event("old")).to.equal(undefined);
    expect((await service.event("kept"))?.id).to.equal("kept");
    const day = Math.floor(now / DAY);
    const report = await service.activity({
      fromDay: day - 1,
      toDay: day,
      timeZone: "UTC",
      interval: "day",
    });
    expect(report.totals).to.deep.equal({ events: 2, activeUsers: 1, sessions: 2, errors: 0 });
  });

  it("counts features beyond the daily number as one, across restarts too", async () => {
    const features = (from: number, to: number): ReturnType<typeof event>[] =>
      Array.from({ length: to - from }, (_, index) =>
        event({ id: `event-${String(from + index)}`, feature: `feature-${String(from + index)}` }),
      );
    const first = open();
    await first.submit(features(0, 490));
    await first.close();
    const service = open();
    await service.submit(features(490, 520));
    const day = Math.floor(event({ id: "x" }).time / DAY);
    const report = await service.features({ fromDay: day, toDay: day, timeZone: "UTC", limit: 2 });

    expect(report).to.include({ count: 501 });
    expect(
      report.features.map(({ feature, events, activeUsers }) => ({ feature, events, activeUsers })),
    ).to.deep.equal([
      { feature: "(other)", events: 20, activeUsers: 1 },
      { feature: "feature-0", events: 1, activeUsers: 1 },
    ]);
  });

  it("counts new features as one when it has given out all numbers", async () => {
    await open().close();
    const database = new DatabaseSync(join(directory, "events.db"));
    database.exec("INSERT INTO features (number, feature) VALUES (1048575, 'last')");
    database.close();
    const service = open();
    await service.submit(
      ["last", "new", "newer"].map((feature) => event({ id: feature, feature })),
    );
    const day = Math.floor(event({ id: "x" }).time / DAY);
    const report = await service.features({ fromDay: day, toDay: day, timeZone: "UTC", limit: 5 });

    expect(report.features.map(({ feature, events }) => [feature, events])).to.deep.equal([
      ["(other)", 2],
      ["last", 1],
    ]);
  });

  it("forgets what it held in memory when a group fails or another process has written", async () => {
    const [one, two] = [open(2000), open(2000)];
    const events = Array.from({ length: 60 }, (_, index) =>
      event({
        id: `event-${String(index)}`,
        user: `user-${String(index % 5)}`,
        time: BEGIN + 5 * DAY + index * 400_000,
      }),
    );
    for (const [index, one_event] of events.entries())
      await (index % 2 === 0 ? one : two).submit([one_event]);

    await expectReports(one, events, "Europe/Berlin");
  });

  it("starts its threads from one bundled file", async () => {
    const { build } = await import("esbuild");
    const app = join(import.meta.dirname, "../../../app/src");
    const entry = `
      import { isStoreThread, runStoreThread } from ${JSON.stringify(join(app, "store/sqlite/thread.ts"))};
      import { openEventsService } from ${JSON.stringify(join(app, "store/open.ts"))};
      import { parentPort, workerData } from "node:worker_threads";
      async function main() {
        const service = await openEventsService({ store: { kind: "sqlite", directory: workerData.data } });
        const event = { id: "a", name: "opened", user: "u", feature: "f", time: Date.now() };
        const statuses = await service.submit([event, event]);
        const found = await service.event("a");
        await service.close();
        parentPort.postMessage({ statuses, id: found.id });
      }
      if (isStoreThread()) runStoreThread();
      else void main();
    `;
    const outfile = join(directory, "server.js");
    await build({
      stdin: { contents: entry, resolveDir: app, loader: "ts" },
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
  }).timeout(90_000);
});
