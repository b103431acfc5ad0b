import { expect } from "chai";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ServerProcess, SpawnOptions } from "../helpers/process.ts";
import { spawnServer } from "../helpers/process.ts";
import { anEvent, postEvents } from "../helpers/server.ts";

/** Where the tests run as root: as nobody, who may open no port below 1024 and write no folder of ours. */
const UNPRIVILEGED = [
  "--import",
  "data:text/javascript,if (process.getuid() === 0) process.setuid(65534)",
];

/** Throws or rejects inside of the server on a signal. */
const inject = (code: string): string[] => [
  "--import",
  `data:text/javascript,process.on("SIGUSR2", () => { ${code} })`,
];

/** Resolves when the service has a request besides the one that asks. */
async function underWay(url: string): Promise<void> {
  for (;;) {
    const { workers } = (await (await fetch(`${url}/status`)).json()) as {
      workers: [{ requestsInFlight: number }];
    };
    if (workers[0].requestsInFlight > 1) return;
    await sleep(20);
  }
}

describe("The service as one process", function () {
  this.timeout(60_000);
  const started: ServerProcess[] = [];
  const start = (options?: SpawnOptions): ServerProcess => {
    const server = spawnServer(options);
    started.push(server);
    return server;
  };

  afterEach(async () => {
    await Promise.all(started.splice(0).map((server) => server.dispose()));
  });

  it("withdraws its readiness on SIGTERM, still serves, closes its connections and exits 0", async () => {
    const server = start({ env: { DRAIN_DELAY_SECONDS: "0.6" } });
    const url = await server.url();
    expect((await fetch(`${url}/readyz`)).status).to.equal(200);

    const signalled = performance.now();
    server.child.kill("SIGTERM");
    await server.line(({ message }) => message === "draining");
    const ready = await fetch(`${url}/readyz`);
    const live = await fetch(`${url}/livez`);
    const served = await postEvents(url, anEvent());

    expect(ready.status).to.equal(503);
    expect(await ready.json()).to.deep.equal({ status: "not-ready", reasons: ["draining"] });
    expect(ready.headers.get("connection")).to.equal("close");
    expect(live.status).to.equal(200);
    expect(served.status).to.equal(202);
    expect(await server.exit).to.deep.equal({ code: 0, signal: null });
    expect(performance.now() - signalled).to.be.within(600, 2500);
    expect(server.logLines().at(-1)).to.include({ message: "stopped" });
  });

  it("answers what is under way when the signal comes, after the delay as well", async () => {
    const server = start({ env: { DRAIN_DELAY_SECONDS: "0" } });
    const url = await server.url();
    let sendRest = (): void => undefined;
    const rest = new Promise<void>((resolve) => {
      sendRest = resolve;
    });
    const slowBody = new ReadableStream({
      async start(controller) {
        controller.enqueue(new TextEncoder().encode(JSON.stringify(anEvent()).slice(0, -1)));
        await rest;
        controller.enqueue(new TextEncoder().encode("}"));
        controller.close();
      },
    });
    const response = fetch(`${url}/v1/events`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: slowBody,
      duplex: "half",
    });
    await underWay(url);
    server.child.kill("SIGTERM");
    await server.line(({ message }) => message === "draining");
    await sleep(300);
    sendRest();

    expect((await response).status).to.equal(202);
    expect((await server.exit).code).to.equal(0);
  });

  it("cuts what is not done before the deadline, and still exits 0", async () => {
    const env = { DRAIN_DELAY_SECONDS: "0", SHUTDOWN_DEADLINE_SECONDS: "1.5" };
    const server = start({ env });
    const url = await server.url();
    const endless = fetch(`${url}/v1/events`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode("["));
        },
      }),
      duplex: "half",
    }).catch(() => "cut");
    await underWay(url);
    const signalled = performance.now();
    server.child.kill("SIGTERM");

    expect(await endless).to.equal("cut");
    expect((await server.exit).code).to.equal(0);
    expect(performance.now() - signalled).to.be.below(1500);
    expect(server.logLines().find(({ connections }) => connections === 1)).to.include({
      message: "connections were cut at the shutdown deadline",
    });
  });

  it("stops at once on SIGINT", async () => {
    const server = start();
    await server.url();
    const signalled = performance.now();
    server.child.kill("SIGINT");
    expect((await server.exit).code).to.equal(0);
    expect(performance.now() - signalled).to.be.below(1500);
  });

  for (const [what, code, origin] of [
    ["throws", "throw new Error('injected')", "uncaughtException"],
    ["rejects", "Promise.reject(new Error('injected'))", "unhandledRejection"],
  ] as const) {
    it(`ends with one fatal line and code 1 when something ${what} unexpectedly`, async () => {
      const server = start({ nodeFlags: inject(code) });
      await server.url();
      server.child.kill("SIGUSR2");

      expect((await server.exit).code).to.equal(1);
      const fatal = server.logLines().filter(({ level }) => level === "fatal");
      expect(fatal).to.have.length(1);
      expect(fatal[0]).to.include({ message: "an error was not caught; the process ends", origin });
      expect((fatal[0]?.["error"] as { message: string }).message).to.equal("injected");
      expect(server.logLines().at(-1)).to.include({ message: "stopped" });
    });
  }

  it("says what is wrong with its configuration in one line, and exits 1", async () => {
    const server = start({ env: { PORT: "http", STORE: "dynamodb" } });
    expect((await server.exit).code).to.equal(1);
    const lines = server.logLines();
    expect(lines).to.have.length(1);
    expect(lines[0]).to.include({ level: "fatal", message: "the configuration was refused" });
    expect(lines[0]?.["problems"]).to.deep.equal([
      "TABLE_NAME is not set, but STORE=dynamodb needs the name of its table.",
      'PORT is "http", but has to be a whole number from 0 to 65535.',
    ]);
  });

  it("says that its port is taken, and exits 1", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, resolve));
    const { port } = other.address() as AddressInfo;
    const server = start({ env: { PORT: String(port) } });

    expect((await server.exit).code).to.equal(1);
    expect(server.logLines().find(({ level }) => level === "fatal")).to.include({
      message: `port ${port} is taken: stop what listens there or set PORT`,
    });
    other.close();
  });

  it("says that its data folder cannot be made or written, and exits 1", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "data-"));
    const locked = path.join(folder, "locked");
    // A folder in place of the database, and one that nothing may be made in: EACCES, as of a port.
    mkdirSync(path.join(folder, "events.db"));
    mkdirSync(locked, { mode: 0o555 });
    chmodSync(folder, 0o755);
    for (const dataDir of [folder, path.join(locked, "data")]) {
      const server = start({ env: { DATA_DIR: dataDir }, nodeFlags: UNPRIVILEGED });

      expect((await server.exit).code).to.equal(1);
      expect(server.logLines().find(({ level }) => level === "fatal")).to.include({
        message: `the data folder ${dataDir} cannot be used: set DATA_DIR to one that this user may write, or STORE to dynamodb`,
      });
    }
    rmSync(folder, { recursive: true });
  });

  it("says that its port may not be opened, and exits 1", async function () {
    const free = "/proc/sys/net/ipv4/ip_unprivileged_port_start";
    // Docker's containers and macOS let everybody open every port.
    if (!existsSync(free) || readFileSync(free, "utf8").trim() === "0") this.skip();
    const dataDir = mkdtempSync(path.join(tmpdir(), "data-"));
    chmodSync(dataDir, 0o777);
    const server = start({
      env: { PORT: "1", DATA_DIR: dataDir },
      nodeFlags: UNPRIVILEGED,
    });

    expect((await server.exit).code).to.equal(1);
    rmSync(dataDir, { recursive: true });
    expect(server.logLines().find(({ level }) => level === "fatal")).to.include({
      message: "port 1 may not be opened by this user: set PORT to 1024 or above",
    });
  });

  it("limits its heap to three quarters of the task's memory, in the same process", async () => {
    const server = start({ env: { TASK_MEMORY_MIB: "512" } });
    const url = await server.url();
    const { workers } = (await (await fetch(`${url}/status`)).json()) as {
      workers: { pid: number; heapLimitMiB: number }[];
    };
    expect(workers.map(({ pid, heapLimitMiB }) => [pid, heapLimitMiB])).to.deep.equal([
      [server.pid, 384],
    ]);
  });

  it("leaves a heap limit that someone else has set", async () => {
    const server = start({
      env: { TASK_MEMORY_MIB: "512" },
      nodeFlags: ["--max-heap-size=200"],
    });
    const url = await server.url();
    const { workers } = (await (await fetch(`${url}/status`)).json()) as {
      workers: { heapLimitMiB: number }[];
    };
    expect(workers[0]?.heapLimitMiB).to.equal(200);
  });
});
