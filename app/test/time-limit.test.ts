import { expect } from "chai";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { anEvent, jsonOf, postEvents, rawRequest } from "./helpers/requests.ts";
import type { TestServer } from "./helpers/server.ts";
import { startTestServer } from "./helpers/server.ts";

describe("Time limit of a request", function () {
  this.timeout(20_000);
  let server: TestServer;

  beforeEach(async () => {
    server = await startTestServer({ REQUEST_TIMEOUT_SECONDS: "1" });
  });

  afterEach(async () => {
    await server.stop();
  });

  it("answers what is not done in time with 503 and Retry-After, and nothing stays in flight", async () => {
    server.store.beforeCommit = () => sleep(1800);
    const began = performance.now();
    const response = await postEvents(server.url, anEvent());
    expect(performance.now() - began).to.be.within(950, 1600);
    expect(response.status).to.equal(503);
    expect(response.headers.get("retry-after")).to.equal("1");
    expect(await jsonOf(response)).to.include({
      type: "/docs#timed-out",
      detail: "The request was not done in 1 s; try again.",
    });
    await sleep(50);
    expect(server.running.status().requestsInFlight).to.equal(0);
  });

  it("bounds each of several requests by its own begin", async () => {
    server.store.beforeCommit = () => sleep(3000);
    const took = async (): Promise<number> => {
      const began = performance.now();
      expect((await postEvents(server.url, anEvent())).status).to.equal(503);
      return performance.now() - began;
    };
    const first = took();
    await sleep(400);
    for (const time of await Promise.all([first, took()])) expect(time).to.be.within(950, 1350);
  });

  it("does not touch what is done in time", async () => {
    server.store.beforeCommit = () => sleep(500);
    expect((await postEvents(server.url, anEvent())).status).to.equal(202);
    await sleep(800);
    expect((await fetch(`${server.url}/livez`)).status).to.equal(200);
  });

  it("answers 408 to a request that does not arrive in time", async () => {
    const head = "POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
    const received = await rawRequest(server.port, `${head}Content-Length: 9\r\n\r\n[`, 3000);
    expect(received).to.match(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(received).to.include('"type":"/docs#request-timeout"');
  });

  it("cuts an answer that its client does not read in time", async () => {
    const time = Date.now();
    const event = { id: "e0", name: "opened", user: "u", time, received: time };
    server.store.stored.set("e0", { ...event, feature: "x".repeat(12_000_000) });
    const socket = connect(server.port, "127.0.0.1");
    socket.on("error", () => undefined);
    await once(socket, "connect");
    socket.write("GET /v1/events HTTP/1.1\r\nHost: a\r\n\r\n");
    await sleep(500);
    expect(server.running.status().requestsInFlight).to.equal(1);
    await sleep(1000);
    expect(server.running.status().requestsInFlight).to.equal(0);
    socket.destroy();
    const [line] = server.logLines().filter(({ type }) => type === "access");
    expect(line).to.include({ status: 499 });
  });

  it("bounds a drain: a request that would never end is answered, and the service stops", async () => {
    server.store.beforeCommit = () => sleep(60_000);
    const response = postEvents(server.url, anEvent());
    await sleep(100);
    const began = performance.now();
    await server.stop();
    expect(performance.now() - began).to.be.below(1800);
    expect((await response).status).to.equal(503);
  });
});
