import { expect } from "chai";
import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { LIMITS } from "../../../app/src/http/limits.ts";
import type { TestServer } from "../helpers/server.ts";
import { rawRequest, startTestServer } from "../helpers/server.ts";

const LIST = "GET /v1/events?limit=500 HTTP/1.1\r\nHost: a\r\n\r\n";
const LIVE = "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n";
const LAST = "GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
/** More than the buffers of both ends take. */
const ANSWER_BYTES = 12_000_000;
const READ_TIMEOUT = 1000;

const post = (id: number): string => {
  const body = JSON.stringify({ id: `e${id}`, name: "opened", user: "u", feature: "search" });
  const headers = `Host: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
  return `POST /v1/events HTTP/1.1\r\n${headers}\r\n\r\n${body}`;
};

describe("Clients that read slowly or not at all", function () {
  this.timeout(60_000);
  let server: TestServer;
  const messages = (): unknown[] => server.logLines().map(({ message }) => message);
  const answered = (): number => server.logLines().filter(({ route }) => route).length;
  /** A connection on which nothing is read, with these bytes sent. */
  const silent = async (bytes: string): Promise<Socket> => {
    const socket = connect(server.port, "127.0.0.1");
    socket.on("error", () => undefined);
    await once(socket, "connect");
    socket.write(bytes);
    return socket;
  };
  const openConnections = (): Promise<number> =>
    new Promise((resolve) => {
      server.running.server.getConnections((_, count) => {
        resolve(count);
      });
    });
  /** Milliseconds until the server has no connection. */
  const cutAfter = async (): Promise<number> => {
    const before = performance.now();
    while ((await openConnections()) > 0) await sleep(10);
    return performance.now() - before;
  };

  beforeEach(async () => {
    server = await startTestServer(
      {},
      {
        ...LIMITS,
        readTimeoutMilliseconds: READ_TIMEOUT,
        connectionsCheckingIntervalMilliseconds: 50,
      },
    );
    const time = Date.now();
    const event = { id: "e0", name: "opened", user: "u", time, received: time };
    server.events.stored.set("e0", { ...event, feature: "x".repeat(ANSWER_BYTES) });
  });

  afterEach(async () => {
    await server.stop();
  });

  it("have 10 s, and 8 requests of one connection under way", () => {
    expect(LIMITS).to.include({ readTimeoutMilliseconds: 10_000, maxRequestsPerConnection: 8 });
  });

  it("are cut when they take nothing", async () => {
    const socket = await silent(LIST);
    await once(server.running.server, "request");
    expect(await cutAfter()).to.be.within(READ_TIMEOUT - 100, 5000);
    expect(messages()).to.include("a connection whose client does not read was cut");
    socket.destroy();
  });

  it("are waited for while they take something", async () => {
    const socket = await silent(LIST);
    const before = performance.now();
    let received = 0;
    while (received < ANSWER_BYTES && !socket.destroyed) {
      await sleep(10);
      received += (socket.read() as Buffer | null)?.length ?? 0;
    }
    expect(received).to.be.at.least(ANSWER_BYTES);
    expect(performance.now() - before).to.be.above(READ_TIMEOUT * 1.5);
    expect(messages()).to.not.include("a connection whose client does not read was cut");
    socket.destroy();
  });

  it("are cut with the ninth request that they send before the first answer", async () => {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    let submits = 0;
    server.events.beforeCommit = () => {
      submits += 1;
      return released;
    };
    const eight = Array.from({ length: 8 }, (_, index) => post(index + 1)).join("");
    const socket = await silent(eight);
    while (submits < 8) await sleep(5);
    expect(await openConnections()).to.equal(1);
    socket.write(LIVE);
    await cutAfter();
    release();

    expect(submits).to.equal(8);
    expect(messages()).to.include("a connection with too many requests at once was cut");
    socket.destroy();
  });

  it("hold 8 answers at most when they pipeline 600 requests, and others are served", async () => {
    const socket = await silent(LIST.repeat(600));
    await cutAfter();
    expect(await rawRequest(server.port, LAST)).to.match(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answered()).to.equal(8);
    expect(server.running.ownStatus().requestsInFlight).to.equal(0);
    socket.destroy();
  });

  it("may pipeline as many requests as they like, a handful at a time", async () => {
    const socket = connect(server.port, "127.0.0.1").setEncoding("latin1");
    let answers = 0;
    for (let round = 1; round <= 5; round += 1) {
      socket.write(LIVE.repeat(8));
      while (answers < round * 8) {
        const [chunk] = (await once(socket, "data")) as [string];
        answers += chunk.match(/HTTP\/1\.1 200 OK/g)?.length ?? 0;
      }
    }
    expect(answers).to.equal(40);
    expect(socket.destroyed).to.be.false;
    socket.destroy();
  });
});
