import { expect } from "chai";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { LIMITS } from "../../../app/src/http/limits.ts";
import type { TestServer } from "../helpers/server.ts";
import { anEvent, postEvents, startTestServer } from "../helpers/server.ts";

async function opened(port: number, bytes = ""): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  await once(socket, "connect");
  if (bytes !== "") socket.write(bytes);
  await sleep(50);
  return socket;
}

async function millisecondsToStop(server: TestServer): Promise<number> {
  const before = performance.now();
  await server.stop();
  return performance.now() - before;
}

describe("Drain", () => {
  it("does not wait for idle connections that are kept", async () => {
    const server = await startTestServer();
    const agent = new Agent({ keepAlive: true });
    await new Promise((resolve) => {
      request(`${server.url}/livez`, { agent }, (response) => {
        response.resume().once("end", resolve);
      }).end();
    });
    expect(await millisecondsToStop(server)).to.be.below(300);
    agent.destroy();
  });

  it("does not wait for connections that were opened in advance", async () => {
    const server = await startTestServer();
    const socket = await opened(server.port);
    expect(await millisecondsToStop(server)).to.be.below(300);
    socket.destroy();
  });

  it("gives a header that has begun half a second", async () => {
    const server = await startTestServer();
    const slow = await opened(server.port, "GET /livez HTTP/1.1\r\nHost: a\r\n");
    const stopped = millisecondsToStop(server);
    await sleep(100);
    slow.write("\r\n");
    const [answer] = (await once(slow.setEncoding("utf8"), "data")) as [string];
    expect(answer).to.match(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer.toLowerCase()).to.include("connection: close");
    expect(await stopped).to.be.below(500);
  });

  it("does not wait longer for a header that never ends", async () => {
    const server = await startTestServer();
    const slow = await opened(server.port, "GET /livez HTTP/1.1\r\nHost: a\r\n");
    expect(await millisecondsToStop(server)).to.be.within(450, 1200);
    slow.destroy();
  });

  it("goes on to cut a client that does not finish its request in time", async () => {
    const server = await startTestServer(
      {},
      {
        ...LIMITS,
        headersTimeoutMilliseconds: 1000,
        requestTimeoutMilliseconds: 1000,
        connectionsCheckingIntervalMilliseconds: 50,
      },
    );
    const slow = await opened(
      server.port,
      "POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n",
    );
    const dribble = setInterval(() => slow.write(" "), 100);
    const answer = once(slow.setEncoding("utf8"), "data") as Promise<[string]>;
    // Without a cut it would be the deadline of 25 s.
    expect(await millisecondsToStop(server)).to.be.below(8000);
    clearInterval(dribble);
    expect((await answer)[0]).to.match(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(server.logLines().at(-1)).to.include({ message: "stopped" });
    slow.destroy();
  });

  it("waits for requests under way, then closes store and connections", async () => {
    const server = await startTestServer();
    server.events.beforeCommit = () => sleep(400);
    const response = postEvents(server.url, anEvent());
    await sleep(100);
    const stopped = millisecondsToStop(server);
    await sleep(100);
    expect(server.events.closed).to.be.false;
    const answered = await response;
    expect(answered.status).to.equal(202);
    expect(answered.headers.get("connection")).to.equal("close");
    expect(await stopped).to.be.within(250, 800);
    expect(server.events.closed).to.be.true;
  });

  it("happens once, however often it is asked for", async () => {
    const server = await startTestServer();
    await Promise.all([server.stop(), server.stop(), server.running.stop("again", 5)]);
    const messages = server.logLines().map(({ message }) => message);
    expect(messages.filter((message) => message === "draining")).to.have.length(1);
    expect(messages.filter((message) => message === "stopped")).to.have.length(1);
  });
});
