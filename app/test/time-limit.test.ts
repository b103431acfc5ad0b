import { expect } from "chai";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { anEvent, jsonOf, postEvents, rawRequest } from "./helpers/requests.ts";
import type { TestServer } from "./helpers/server.ts";
import { startTestServer } from "./helpers/server.ts";

describe("Time limit of a request", function () {
  let server: TestServer;

  beforeEach(async () => {
    server = await startTestServer({ REQUEST_TIMEOUT_SECONDS: "1" });
  });

  afterEach(async () => {
    await server.stop();
  });

  it("answers what is not done in time with 503 and Retry-After, and nothing stays in flight", async () => {
    server.store.beforeCommit = () => sleep(60_000);
    const began = performance.now();
    const response = await postEvents(server.url, anEvent());
    expect(performance.now() - began).to.be.within(950, 30_000);
    expect(response.status).to.equal(503);
    expect(response.headers.get("retry-after")).to.equal("1");
    expect(await jsonOf(response)).to.include({
      type: "/docs#timed-out",
      detail: "The request was not done in 1 s; try again.",
    });
    while (server.running.status().requestsInFlight > 0) await sleep(10);
  });

  it("bounds each of several requests by its own begin", async () => {
    server.store.beforeCommit = () => sleep(60_000);
    const ended: [name: string, milliseconds: number][] = [];
    const send = async (name: string): Promise<void> => {
      const began = performance.now();
      expect((await postEvents(server.url, anEvent())).status).to.equal(503);
      ended.push([name, performance.now() - began]);
    };
    const first = send("first");
    await sleep(800);
    const second = send("second");
    const between = sleep(700).then(() => ended.map(([name]) => name));
    await Promise.all([first, second]);
    expect(await between).to.deep.equal(["first"]);
    expect(ended.map(([name]) => name)).to.deep.equal(["first", "second"]);
    for (const [name, took] of ended) expect(took, name).to.be.within(950, 30_000);
  });

  it("does not touch what is done in time", async () => {
    server.store.beforeCommit = () => sleep(50);
    expect((await postEvents(server.url, anEvent())).status).to.equal(202);
    await sleep(1100);
    expect((await fetch(`${server.url}/livez`)).status).to.equal(200);
  });

  it("answers 408 to a request that does not arrive in time", async () => {
    const head = "POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
    const received = await rawRequest(server.port, `${head}Content-Length: 9\r\n\r\n[`, 30_000);
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
    const began = performance.now();
    while (server.running.status().requestsInFlight === 0) await sleep(10);
    while (server.running.status().requestsInFlight > 0) await sleep(10);
    expect(performance.now() - began).to.be.at.least(950);
    socket.destroy();
    const [line] = server.logLines().filter(({ type }) => type === "access");
    expect(line).to.include({ status: 499 });
  });

  it("bounds a drain: a request that would never end is answered, and the service stops", async () => {
    server.store.beforeCommit = () => sleep(60_000);
    const response = postEvents(server.url, anEvent());
    while (server.running.status().requestsInFlight === 0) await sleep(10);
    const began = performance.now();
    await server.stop();
    // Without the limit it would take until the shutdown deadline.
    expect(performance.now() - began).to.be.below(15_000);
    expect((await response).status).to.equal(503);
  });
});
