import { expect } from "chai";
import {
  Agent,
  createServer,
  request as send,
  type IncomingHttpHeaders,
  type Server,
} from "node:http";
import { connect } from "node:net";
import { Balancer, type BalancerOptions } from "../../../src/local/balancer/balancer.ts";
import type { RequestRecord } from "../../../src/local/balancer/request-record.ts";
import { weightedRouter } from "../../../src/local/balancer/router.ts";
import type { TargetGroup } from "../../../src/local/balancer/target-group.ts";
import { createClock } from "../../../src/local/clock.ts";
import { freePort } from "../../../src/local/free-port.ts";
import { LocalRunError } from "../../../src/plan/plan-reader.ts";
import { startTarget, targetGroupSpec, until } from "../fixture/harness.ts";

describe("Balancer", () => {
  const servers: Server[] = [];
  let balancer: Balancer;
  let group: TargetGroup;
  let url: string;
  let records: RequestRecord[];

  async function start(options: Partial<BalancerOptions> = {}, spec = targetGroupSpec()) {
    balancer = new Balancer({ idleTimeoutSeconds: 60, ...options });
    group = balancer.addGroup(spec);
    records = [];
    balancer.on("request", (record) => records.push(record));
    url = (await balancer.listen(0)).origin;
  }

  /** Registers a target that names itself and resolves when it is healthy. */
  async function addTarget(name: string, listener?: Parameters<typeof startTarget>[0]) {
    const { server, port } = await startTarget((request, response) => {
      if (request.url === "/readyz" || listener === undefined) response.end(name);
      else listener(request, response);
    });
    servers.push(server);
    const target = group.register({ host: "127.0.0.1", port }, name);
    await until(() => target.state === "healthy", `${name} healthy`);
    return { server, target };
  }

  const get = async (path = "/"): Promise<string> => (await fetch(url + path)).text();

  afterEach(async () => {
    balancer.destroy();
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    }
  });

  it("takes healthy targets in turn", async () => {
    await start();
    await addTarget("a");
    await addTarget("b");

    const answers = [await get(), await get(), await get(), await get()];

    expect(answers.sort()).to.deep.equal(["a", "a", "b", "b"]);
    expect(answers[0]).not.to.equal(answers[2]);
  });

  it("answers 503 without targets, and while the only one was never healthy", async () => {
    await start();
    expect((await fetch(url)).status).to.equal(503);

    group.register({ host: "127.0.0.1", port: 9 }, "starting");

    expect((await fetch(url)).status).to.equal(503);
    await until(() => records.length === 2, "records");
    expect(records.map(({ from, cut }) => [from, cut])).to.deep.equal([
      ["load-balancer", false],
      ["load-balancer", false],
    ]);
  });

  it("leaves an unhealthy target out, and fails open when all are unhealthy", async () => {
    const ready = { a: true, b: true };
    await start();
    const register = async (name: "a" | "b") => {
      const { server, port } = await startTarget((request, response) => {
        response.writeHead(request.url === "/readyz" && !ready[name] ? 503 : 200).end(name);
      });
      servers.push(server);
      const target = group.register({ host: "127.0.0.1", port }, name);
      await until(() => target.state === "healthy", `${name} healthy`);
      return target;
    };
    const a = await register("a");
    const b = await register("b");

    ready.a = false;
    await until(() => a.state === "unhealthy", "a unhealthy");
    const withOne = [await get(), await get(), await get(), await get()];
    ready.b = false;
    await until(() => b.state === "unhealthy", "b unhealthy");
    const failedOpen = [await get(), await get(), await get(), await get()];

    expect(withOne).to.deep.equal(["b", "b", "b", "b"]);
    expect(failedOpen.sort()).to.deep.equal(["a", "a", "b", "b"]);
    expect(a.lastCheck).to.equal("answered 503");
  });

  it("reports every change of health with its reason", async () => {
    await start();
    const changes: string[] = [];
    group.on("health", ({ target, from, to, reason }) => {
      changes.push(`${target.label} ${from} -> ${to}: ${reason}`);
    });
    const { target } = await addTarget("a");

    await group.deregister(target);

    expect(changes).to.deep.equal([
      "a initial -> healthy: answered 200",
      "a healthy -> draining: deregistered",
      "a draining -> unused: removed",
    ]);
  });

  it("finishes the requests of a draining target and sends it no new one", async () => {
    await start({}, { ...targetGroupSpec(), deregistrationDelaySeconds: 600 });
    const order: string[] = [];
    let answer = (): void => undefined;
    const { target } = await addTarget("a", (_, response) => {
      answer = () => {
        order.push("answered");
        response.end("slow a");
      };
    });
    const inFlight = get("/slow");
    await until(() => target.inFlight === 1, "request in flight");

    const drained = group.deregister(target).then(() => order.push("drained"));
    const refused = await fetch(url);
    answer();
    await drained;

    expect(refused.status).to.equal(503);
    expect(await inFlight).to.equal("slow a");
    expect(order).to.deep.equal(["answered", "drained"]);
    expect(group.targets).to.deep.equal([]);
  });

  it("cuts what is still in flight when the deregistration delay is over", async () => {
    await start({}, { ...targetGroupSpec(), deregistrationDelaySeconds: 0.1 });
    const { target } = await addTarget("a", () => undefined);
    const stuck = fetch(url + "/stuck");
    await until(() => target.inFlight === 1, "request in flight");

    await group.deregister(target);

    expect((await stuck).status).to.equal(502);
  });

  it("holds a target for the whole delay when asked to, in compressed time", async () => {
    balancer = new Balancer({ idleTimeoutSeconds: 60, clock: createClock(20) });
    const spec = { ...targetGroupSpec(), deregistrationDelaySeconds: 4 };
    group = balancer.addGroup(spec, { holdWholeDelay: true });
    const { target } = await addTarget("a");

    const startedAt = performance.now();
    await group.deregister(target);

    expect(performance.now() - startedAt).to.be.within(195, 3900);
  });

  it("lets a request finish in its real time beyond a delay that is compressed", async () => {
    balancer = new Balancer({ idleTimeoutSeconds: 60, clock: createClock(20) });
    const spec = { ...targetGroupSpec(), deregistrationDelaySeconds: 2 };
    group = balancer.addGroup(spec, { holdWholeDelay: true });
    const { target } = await addTarget("a");
    target.begin();
    const order: string[] = [];
    setTimeout(() => {
      order.push("ended");
      target.end();
    }, 400);

    await group.deregister(target);
    order.push("drained");

    // The delay of 100 ms, then the request; a request without end would be cut after a second.
    expect(order).to.deep.equal(["ended", "drained"]);
  });

  it("checks a target only once it listens when asked to", async () => {
    balancer = new Balancer({ idleTimeoutSeconds: 60 });
    group = balancer.addGroup(targetGroupSpec({ intervalSeconds: 0.02 }), {
      checkOnceListening: true,
    });
    const port = await freePort();
    const target = group.register({ host: "127.0.0.1", port }, "late");

    // Ten intervals: five times what makes a target unhealthy.
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(target.state).to.equal("initial");
    const server = createServer((_, response) => response.writeHead(503).end());
    servers.push(server);
    server.listen(port, "127.0.0.1");
    await until(() => target.state === "unhealthy", "failed checks");
  });

  it("adds the forwarded headers and keeps connection headers on their side", async () => {
    await start();
    let received: IncomingHttpHeaders = {};
    await addTarget("a", (request, response) => {
      received = request.headers;
      response.writeHead(200, { connection: "close", "set-cookie": ["a=1", "b=2"] }).end();
    });

    const response = await fetch(url + "/headers?q=%2f//x", {
      headers: {
        "x-forwarded-for": "203.0.113.7",
        connection: "close",
        "x-amzn-trace-id": "Root=1-a",
      },
    });

    const port = new URL(url).port;
    expect(received).to.deep.include({
      host: `127.0.0.1:${port}`,
      "x-forwarded-for": "203.0.113.7, 127.0.0.1",
      "x-forwarded-proto": "http",
      "x-forwarded-port": port,
      "x-amzn-trace-id": "Root=1-a",
      connection: "keep-alive",
    });
    expect(received["x-forwarded-host"]).to.equal(undefined);
    expect(response.headers.getSetCookie()).to.deep.equal(["a=1", "b=2"]);
    expect(records[0]?.path).to.equal("/headers?q=%2f//x");
  });

  it("makes a trace id, and keeps the client's connection although the target closes its own", async () => {
    await start();
    let trace: unknown;
    await addTarget("a", (request, response) => {
      trace = request.headers["x-amzn-trace-id"];
      response.writeHead(200, { connection: "close" }).end();
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = () =>
      new Promise<{ reused: boolean; connection: string | undefined }>((resolve, reject) => {
        const request = send(url + "/x", { agent }, (response) => {
          response.resume();
          response.on("end", () => {
            resolve({ reused: request.reusedSocket, connection: response.headers.connection });
          });
        });
        request.on("error", reject);
        request.end();
      });

    const first = await ask();
    const second = await ask();
    agent.destroy();

    expect(first).to.deep.equal({ reused: false, connection: "keep-alive" });
    expect(second).to.deep.equal({ reused: true, connection: "keep-alive" });
    expect(trace).to.match(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
  });

  it("keeps connections to targets open and ignores their keep-alive hint", async () => {
    await start();
    const sockets = new Set<unknown>();
    const { server } = await addTarget("a", (request, response) => {
      sockets.add(request.socket);
      response.end();
    });
    // Node's agent would drop a connection whose hint says one second; a load balancer does not.
    server.keepAliveTimeout = 1000;

    for (let n = 0; n < 5; n += 1) await get("/x");

    expect(sockets.size).to.equal(1);
    const pooled = Object.values(group.targets[0]?.agent.freeSockets ?? {}).flat();
    // 0: no time after which the agent would give the connection up.
    expect(pooled.map((socket) => socket?.timeout)).to.deep.equal([0]);
  });

  it("sends bodies on unchanged", async () => {
    await start();
    await addTarget("a", (request, response) => request.pipe(response));
    const body = "x".repeat(300_000);

    const response = await fetch(url + "/echo", { method: "POST", body });

    expect(await response.text()).to.equal(body);
  });

  it("answers 502 when the target closes, without a second try", async () => {
    await start();
    let calls = 0;
    const errors: string[] = [];
    balancer.on("connectionError", ({ target }) => errors.push(target.label));
    for (const name of ["a", "b"]) {
      await addTarget(name, (request) => {
        calls += 1;
        request.socket.destroy();
      });
    }

    const response = await fetch(url + "/hang-up");

    expect(response.status).to.equal(502);
    expect(calls).to.equal(1);
    expect(errors).to.have.length(1);
    await until(() => records.length === 1, "record");
    expect(records[0]).to.deep.include({ status: 502, from: "load-balancer", cut: false });
  });

  it("answers 504 when the target is silent for the idle timeout", async () => {
    await start({ idleTimeoutSeconds: 0.1 });
    await addTarget("a", () => undefined);

    const response = await fetch(url + "/silent");

    expect(response.status).to.equal(504);
  });

  it("breaks the client's connection off when the target breaks off in mid-answer", async () => {
    await start();
    await addTarget("a", (_, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write("half");
      setTimeout(() => response.socket?.destroy(), 20);
    });

    const response = await fetch(url + "/broken");
    const failure = await response.text().then(
      () => "complete",
      () => "cut",
    );

    expect(failure).to.equal("cut");
    await until(() => records.length === 1, "record");
    expect(records[0]).to.deep.include({ status: 200, from: "target", cut: true });
  });

  it("prefers other targets while one is set aside", async () => {
    await start();
    const { target } = await addTarget("a");
    await addTarget("b");

    group.setAside(target, 60_000);
    const answers = [await get(), await get(), await get()];
    group.setAside(target, 0);
    const later = [await get(), await get()];

    expect(answers).to.deep.equal(["b", "b", "b"]);
    expect(later.sort()).to.deep.equal(["a", "b"]);
  });

  it("routes by weight, and each record names its group", async () => {
    const router = weightedRouter({ group: 3, other: 1 });
    await start({ router });
    const other = balancer.addGroup({ ...targetGroupSpec(), name: "other" });
    await addTarget("a");
    const { server, port } = await startTarget((request, response) => {
      response.writeHead(request.url === "/readyz" ? 200 : 404).end("o");
    });
    servers.push(server);
    const target = other.register({ host: "127.0.0.1", port }, "o");
    await until(() => target.state === "healthy", "o healthy");

    for (let n = 0; n < 8; n += 1) await get();
    router.setWeights({ group: 0, other: 1 });
    await get();

    await until(() => records.length === 9, "records");
    const statuses = (name: string): number[] =>
      records.filter((record) => record.group === name).map(({ status }) => status);
    expect(statuses(group.name)).to.deep.equal([200, 200, 200, 200, 200, 200]);
    expect(statuses("other")).to.deep.equal([404, 404, 404]);
    expect(records.every(({ durationMs }) => durationMs > 0)).to.equal(true);
  });

  it("hands on an answer that comes before the body is sent, and serves on over the same connection", async () => {
    await start();
    // As nginx and the sample app do it: the rest of the body is read and thrown away before the connection is closed.
    await addTarget("a", (request, response) => {
      if (request.method === "GET") return response.end("fine");
      return request.once("data", () => {
        response.writeHead(413, { connection: "close" });
        response.write("too large");
        request.once("end", () => response.end()).resume();
      });
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });

    const answers: string[] = [];
    for (let n = 0; n < 10; n += 1) answers.push(await upload(agent), await upload(agent, "GET"));
    agent.destroy();

    expect(new Set(answers)).to.deep.equal(new Set(["413 too large", "200 fine"]));
  });

  it("leaves no client hanging whose target closed without reading its body", async () => {
    await start();
    await addTarget("a", (request, response) => {
      if (request.method === "GET") return response.end("fine");
      return request.once("data", () => {
        response.writeHead(413, { connection: "close" }).end("too large");
      });
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });

    for (let n = 0; n < 10; n += 1) {
      // A reset may overtake the answer: then there is none to hand on.
      expect(await upload(agent)).to.match(/^413 too large$|^502 /);
      expect(await upload(agent, "GET")).to.equal("200 fine");
    }
    agent.destroy();
  });

  /** Status and body of a request of 2 MB, or of one without a body. */
  function upload(agent: Agent, method: "GET" | "POST" = "POST"): Promise<string> {
    const body = method === "POST" ? Buffer.alloc(2_000_000) : undefined;
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const headers = body === undefined ? {} : { "content-length": body.length };
    const request = send(`${url}/upload`, { method, agent, headers }, (response) => {
      let text = "";
      response.on("data", (data: Buffer) => (text += data.toString()));
      response.on("end", () => {
        resolve(`${response.statusCode} ${text}`);
      });
    });
    request.on("error", reject).end(body);
    return promise;
  }

  it("passes WebSocket connections through and closes them with their target", async () => {
    await start();
    const { server, target } = await addTarget("a");
    server.on("upgrade", (_, socket) => {
      socket.write(
        "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
      );
      socket.pipe(socket);
    });
    const client = connect(Number(new URL(url).port), "127.0.0.1");
    let received = "";
    client.on("data", (data) => (received += data.toString()));
    const closed = new Promise((resolve) => client.once("close", resolve));

    client.write("GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");
    await until(() => received.includes("\r\n\r\n"), "101");
    client.write("ping");
    await until(() => received.endsWith("ping"), "echo");
    const inFlight = target.inFlight;
    group.remove(target);
    await closed;

    expect(received).to.match(/^HTTP\/1\.1 101 Switching Protocols\r\n/);
    expect(inFlight).to.equal(1);
  });

  it("closes as soon as the answers in progress are complete, kept connections included", async () => {
    await start();
    const { target } = await addTarget("a", (_, response) => {
      setTimeout(() => response.end("late"), 100);
    });
    const agent = new Agent({ keepAlive: true });
    const inFlight = new Promise<string>((resolve, reject) => {
      const request = send(url + "/slow", { agent }, (response) => {
        response.on("data", (data: Buffer) => {
          resolve(data.toString());
        });
      });
      request.on("error", reject);
      request.end();
    });
    await until(() => target.inFlight === 1, "request in flight");

    const startedAt = performance.now();
    const closing = balancer.close();
    const refused = await fetch(url).then(
      () => "answered",
      () => "refused",
    );
    await closing;

    expect(refused).to.equal("refused");
    expect(await inFlight).to.equal("late");
    expect(performance.now() - startedAt).to.be.below(20_000);
    agent.destroy();
  });

  it("names a taken port and the option to change it", async () => {
    await start();
    const port = Number(new URL(url).port);
    const second = new Balancer({ idleTimeoutSeconds: 60 });

    const error: unknown = await second.listen(port).catch((problem: unknown) => problem);

    expect(error).to.be.instanceOf(LocalRunError);
    expect((error as Error).message).to.equal(
      `Port ${String(port)} is taken by another process: stop it, or choose another port with --port ${String(port + 1)}.`,
    );
  });
});
