import { expect } from "chai";
import { anEvent, postEvents, untilReady } from "./helpers/requests.ts";
import type { TestServer } from "./helpers/server.ts";
import { startTestServer } from "./helpers/server.ts";

describe("Observation of requests", () => {
  let server: TestServer;

  afterEach(async () => {
    await server.stop();
  });

  it("writes one access line with the ids that the client got", async () => {
    server = await startTestServer();
    const response = await fetch(`${server.url}/v1/kpis?date=2026-11-22`, {
      headers: {
        "User-Agent": "test/1.0",
        "X-Forwarded-For": "203.0.113.66, 192.0.2.1",
        Traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
      },
    });
    const { length } = await response.text();
    const lines = server.logLines().filter(({ type }) => type === "access");

    expect(lines).to.have.length(1);
    const { time, milliseconds, spanId, ...line } = lines[0] ?? {};
    expect(line).to.deep.equal({
      level: "info",
      type: "access",
      requestId: response.headers.get("x-request-id"),
      traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
      method: "GET",
      path: "/v1/kpis",
      route: "GET /v1/kpis",
      status: 200,
      bytes: length,
      clientAddress: "192.0.2.1",
      userAgent: "test/1.0",
    });
    expect(Date.parse(time as string)).to.be.within(Date.now() - 60_000, Date.now());
    expect(milliseconds).to.be.within(0, 60_000);
    expect(response.headers.get("traceparent")).to.equal(
      `00-4bf92f3577b34da6a3ce929d0e0e4736-${spanId as string}-01`,
    );
  });

  it("logs a slow request once more, as a warning", async () => {
    server = await startTestServer({ SLOW_REQUEST_MILLISECONDS: "50" });
    server.store.beforeCommit = () => new Promise((resolve) => setTimeout(resolve, 80));
    await postEvents(server.url, anEvent());
    await fetch(`${server.url}/v1/kpis`);
    const slow = server.logLines().filter(({ type }) => type === "slow");
    // On a busy machine the second one may be slow, too.
    const took = server.logLines().filter(({ type }) => type === "access");
    const above = took.filter(({ milliseconds }) => (milliseconds as number) >= 50);
    expect(slow.map(({ route }) => route)).to.deep.equal(above.map(({ route }) => route));
    expect(slow[0]).to.include({ level: "warn", route: "POST /v1/events", status: 202 });
    expect(slow[0]?.["milliseconds"]).to.be.above(79);
  });

  it("keeps health checks out of the log and the metrics, unless they fail", async () => {
    server = await startTestServer();
    await fetch(`${server.url}/livez`);
    await fetch(`${server.url}/readyz`);
    expect(server.logLines().filter(({ type }) => type === "access")).to.deep.equal([]);
    server.store.state = "down";
    expect((await fetch(`${server.url}/readyz`)).status).to.equal(503);
    const [line] = server.logLines().filter(({ type }) => type === "access");
    expect(line).to.include({ route: "GET /readyz", status: 503 });
  });

  it("logs a client that went away as 499", async () => {
    server = await startTestServer();
    const gone = new AbortController();
    server.store.beforeCommit = () => {
      gone.abort();
      return new Promise((resolve) => setTimeout(resolve, 150));
    };
    const headers = { "Content-Type": "application/json" };
    const body = JSON.stringify(anEvent());
    const { signal } = gone;
    await fetch(`${server.url}/v1/events`, { method: "POST", headers, body, signal }).catch(
      () => undefined,
    );
    const access = (): Record<string, unknown> | undefined =>
      server.logLines().find(({ type }) => type === "access");
    const deadline = performance.now() + 20_000;
    while (access() === undefined && performance.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(access()).to.include({ route: "POST /v1/events", status: 499 });
  });

  it("leaves the metrics of what it counted when the service stops", async () => {
    server = await startTestServer({ METRICS_NAMESPACE: "n", LOG_LEVEL: "fatal" });
    await postEvents(server.url, [
      anEvent(),
      anEvent({ id: "e2" }),
      anEvent({ id: "e3", user: 1 }),
    ]);
    await server.stop();
    const metrics = server.logLines().filter(({ type }) => type === "metrics");
    expect(metrics.find(({ route }) => route === "POST /v1/events")).to.include({ Requests: 1 });
    expect(metrics.find(({ StoreUp }) => StoreUp === 1)).to.include({
      EventsAccepted: 2,
      EventsRefused: 1,
    });
    expect(server.store.closed).to.be.true;
  });

  it("leaves no metrics that nobody graphs, but at level debug", async () => {
    for (const [LOG_LEVEL, lines] of [
      ["info", 0],
      ["debug", 1],
    ] as const) {
      server = await startTestServer({ LOG_LEVEL });
      await server.stop();
      const metrics = server.logLines().filter(({ type }) => type === "metrics");
      expect(metrics, LOG_LEVEL).to.have.length(lines);
    }
  });
});

describe("Overload", () => {
  it("of the event loop withdraws readiness and sheds work, and passes", async () => {
    const server = await startTestServer();
    const wait = new Int32Array(new SharedArrayBuffer(4));
    const blocked = async (): Promise<Response[]> => {
      await new Promise((resolve) => setTimeout(resolve, 250));
      // Blocks this thread, which is the server's as well.
      Atomics.wait(wait, 0, 0, 1500);
      return Promise.all(["/readyz", "/livez", "/v1/kpis"].map((path) => fetch(server.url + path)));
    };
    let [ready, live, work] = await blocked();
    // It lasts until the next sample, which a busy machine may take before a request.
    for (
      let tries = 1;
      tries < 10 && ![ready, work].every((one) => one?.status === 503);
      tries += 1
    )
      [ready, live, work] = await blocked();
    expect(ready?.status).to.equal(503);
    expect(await ready?.json()).to.deep.equal({ status: "not-ready", reasons: ["event-loop"] });
    expect(live?.status).to.equal(200);
    expect(work?.status).to.equal(503);

    // The next sample is on time, unless the machine is late itself.
    await untilReady(server.url);
    expect((await fetch(`${server.url}/v1/kpis`)).status).to.equal(200);
    await server.stop();
  });
});
