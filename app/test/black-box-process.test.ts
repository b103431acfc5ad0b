/** How the service starts and stops, seen from outside: by HTTP, signals and its exit code. */
import { expect } from "chai";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { connect, createServer } from "node:net";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ServerProcess, SpawnOptions } from "./helpers/process.ts";
import { freePort, spawnServer } from "./helpers/process.ts";
import {
  anEvent,
  jsonOf,
  postEvents,
  rawRequest,
  untilReady,
  underWay,
} from "./helpers/requests.ts";

const LIVE = "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n";

/** What a service that waited for its deadline, or for a client, would take longer than, and no busy machine. */
const AT_ONCE_MILLISECONDS = 15_000;

/** A POST of an event whose end is sent by `finish`. */
function slowPost(url: string): { response: Promise<Response>; finish: () => void } {
  let finish = (): void => undefined;
  const rest = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const body = new ReadableStream({
    async start(controller) {
      controller.enqueue(new TextEncoder().encode(JSON.stringify(anEvent()).slice(0, -1)));
      await rest;
      controller.enqueue(new TextEncoder().encode("}"));
      controller.close();
    },
  });
  const headers = { "Content-Type": "application/json" };
  const init = { method: "POST", headers, body, duplex: "half" } as const;
  return { response: fetch(`${url}/v1/events`, init), finish };
}

async function opened(port: number, bytes = ""): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  await once(socket, "connect");
  if (bytes !== "") socket.write(bytes);
  await sleep(50);
  return socket;
}

describe("Black box: the process", function () {
  const started: ServerProcess[] = [];
  /** Its data goes with the test, also where it ends by itself. */
  const spawned = async (options?: SpawnOptions): Promise<ServerProcess> => {
    const server = await spawnServer(options);
    started.push(server);
    return server;
  };
  const start = async (options?: SpawnOptions): Promise<ServerProcess> => {
    const server = await spawned(options);
    await server.listening();
    return server;
  };

  afterEach(async () => {
    await Promise.all(started.splice(0).map((server) => server.dispose()));
  });

  it("withdraws its readiness on SIGTERM, still serves, closes its connections and exits 0", async () => {
    const server = await start({ env: { DRAIN_DELAY_SECONDS: "2" } });
    const { url } = server;
    const signalled = performance.now();
    server.child.kill("SIGTERM");
    await server.line(({ message }) => message === "draining");
    const [ready, live, served] = await Promise.all([
      fetch(`${url}/readyz`),
      fetch(`${url}/livez`),
      postEvents(url, anEvent()),
    ]);

    expect(ready.status).to.equal(503);
    expect(await jsonOf(ready)).to.deep.equal({ status: "not-ready", reasons: ["draining"] });
    expect(ready.headers.get("connection")).to.equal("close");
    expect(live.status).to.equal(200);
    expect(served.status).to.equal(202);
    expect(await server.exit).to.deep.equal({ code: 0, signal: null });
    expect(performance.now() - signalled).to.be.within(2000, AT_ONCE_MILLISECONDS);
  });

  it("answers what is under way when the signal comes, after the delay as well", async () => {
    const server = await start({ env: { DRAIN_DELAY_SECONDS: "0" } });
    const { response, finish } = slowPost(server.url);
    await underWay(server.url);
    server.child.kill("SIGTERM");
    await sleep(300);
    finish();
    expect((await response).status).to.equal(202);
    expect((await server.exit).code).to.equal(0);
  });

  it("cuts what is not done before the deadline, and still exits 0", async () => {
    const env = { DRAIN_DELAY_SECONDS: "0", SHUTDOWN_DEADLINE_SECONDS: "1.5" };
    const server = await start({ env });
    const endless = slowPost(server.url).response.catch(() => "cut");
    await underWay(server.url);
    const signalled = performance.now();
    server.child.kill("SIGTERM");
    expect(await endless).to.equal("cut");
    expect((await server.exit).code).to.equal(0);
    expect(performance.now() - signalled).to.be.within(500, AT_ONCE_MILLISECONDS);
    // By its own clock, before the deadline, and with a second of it left.
    const { time: began } = await server.line(({ message }) => message === "draining");
    const { time: cut } = await server.line(({ connections }) => connections === 1);
    expect(Date.parse(cut as string) - Date.parse(began as string)).to.be.within(450, 1450);
  });

  it("does not wait for idle connections, nor for those opened in advance", async () => {
    const server = await start({ env: { DRAIN_DELAY_SECONDS: "0" } });
    const agent = new Agent({ keepAlive: true });
    await new Promise((resolve) => {
      request(`${server.url}/livez`, { agent }, (response) => {
        response.resume().once("end", resolve);
      }).end();
    });
    const silent = await opened(server.port);
    const signalled = performance.now();
    server.child.kill("SIGTERM");
    expect((await server.exit).code).to.equal(0);
    expect(performance.now() - signalled).to.be.below(AT_ONCE_MILLISECONDS);
    agent.destroy();
    silent.destroy();
  });

  it("gives a header that has begun half a second, and no more", async () => {
    // A busy machine may miss the half second, but not each time.
    for (let tries = 1; ; tries += 1) {
      const server = await start({ env: { DRAIN_DELAY_SECONDS: "0" } });
      const slow = await opened(server.port, LIVE.slice(0, -2));
      const never = await opened(server.port, LIVE.slice(0, -2));
      const signalled = performance.now();
      server.child.kill("SIGTERM");
      await sleep(150);
      slow.write("\r\n");
      const received = await slow
        .setEncoding("utf8")
        .reduce((all, piece: string) => all + piece, "");
      expect((await server.exit).code).to.equal(0);
      never.destroy();
      const took = performance.now() - signalled;
      expect(took).to.be.below(AT_ONCE_MILLISECONDS);
      if ((received === "" || took < 450) && tries < 5) continue;
      expect(received).to.match(/^HTTP\/1\.1 200 OK\r\n/);
      expect(received.toLowerCase()).to.include("connection: close");
      expect(took).to.be.at.least(450);
      break;
    }
  });

  it("stops at once on SIGINT", async () => {
    const env = { DRAIN_DELAY_SECONDS: "24", SHUTDOWN_DEADLINE_SECONDS: "60" };
    const server = await start({ env });
    const signalled = performance.now();
    server.child.kill("SIGINT");
    expect((await server.exit).code).to.equal(0);
    expect(performance.now() - signalled).to.be.below(AT_ONCE_MILLISECONDS);
  });

  it("keeps what it acknowledged when it is killed, and counts nothing twice", async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "events-api-"));
    const first = await start({ dataDir });
    const batch = Array.from({ length: 50 }, (_, index) => anEvent({ id: `e${index}` }));
    expect((await postEvents(first.url, batch)).status).to.equal(202);
    first.child.kill("SIGKILL");
    await first.exit;
    const second = await start({ dataDir });
    const again = await jsonOf(await postEvents(second.url, batch));
    expect([again["accepted"], again["duplicate"]]).to.deep.equal([0, 50]);
    const kpis = await jsonOf(await fetch(`${second.url}/v1/kpis`));
    expect(kpis["monthlyEvents"]).to.equal(50);
    await second.dispose();
    rmSync(dataDir, { recursive: true });
  });

  for (const [what, code] of [
    ["throws", "throw new Error('injected')"],
    ["rejects", "Promise.reject(new Error('injected'))"],
  ] as const) {
    it(`ends with code 1 when something ${what} unexpectedly`, async () => {
      const flag = `data:text/javascript,process.on("SIGUSR2", () => { ${code} })`;
      const server = await start({ nodeFlags: ["--import", flag] });
      server.child.kill("SIGUSR2");
      expect((await server.exit).code).to.equal(1);
    });
  }

  it("exits 1 at once when its configuration is refused, and names every problem", async () => {
    const server = await spawned({ env: { PORT: "http", STORE: "dynamodb" } });
    expect((await server.exit).code).to.equal(1);
    const text = JSON.stringify(server.logLines());
    expect(text).to.include("TABLE_NAME is not set").and.to.include("PORT is");
  });

  it("exits 1 when its port is taken", async () => {
    const other = createServer();
    const port = String(await freePort());
    await new Promise<void>((resolve) => other.listen(Number(port), resolve));
    const server = await spawned({ env: { PORT: port } });
    expect((await server.exit).code).to.equal(1);
    expect(JSON.stringify(server.logLines())).to.include(`port ${port} is taken`);
    other.close();
  });

  it("sheds work beyond the requests that may be in flight with 503 and Retry-After", async () => {
    const server = await start({ env: { MAX_REQUESTS_IN_FLIGHT: "2" } });
    await untilReady(server.url);
    const slow = [slowPost(server.url), slowPost(server.url)];
    await underWay(server.url, 2);
    const shed = await fetch(`${server.url}/v1/kpis`);
    expect(shed.status).to.equal(503);
    expect(shed.headers.get("retry-after")).to.equal("1");
    expect((await jsonOf(shed))["type"]).to.equal("/docs#overloaded");
    expect((await fetch(`${server.url}/readyz`)).status).to.equal(200);
    for (const { finish } of slow) finish();
    for (const { response } of slow) expect((await response).status).to.equal(202);
    expect((await fetch(`${server.url}/v1/kpis`)).status).to.equal(200);
  });

  it("cuts clients that do not finish their request within 12 s, and serves others meanwhile", async () => {
    const server = await start();
    const post = "POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
    const began = performance.now();
    const slow = [
      "",
      "GET /livez HTTP/1.1\r\n",
      "GET /livez HTTP/1.1\r\nHost: a\r\nX-A",
      `${post}Content-Length: 9\r\n\r\n[`,
      `${post}Transfer-Encoding: chunked\r\n\r\n9\r\n[`,
    ].map(async (bytes) => {
      const received = await rawRequest(server.port, bytes, 40_000);
      expect(performance.now() - began, bytes).to.be.within(9500, 20_000);
      return received;
    });
    await sleep(500);
    expect((await fetch(`${server.url}/v1/kpis`)).status).to.equal(200);
    for (const received of await Promise.all(slow)) {
      expect(received).to.match(/^HTTP\/1\.1 408 Request Timeout\r\n/);
      expect(received.match(/HTTP\/1\.1 /g)).to.have.length(1);
    }
  });
});
