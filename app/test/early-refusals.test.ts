/**
 * A request that is refused while its body is still under way: the refusal arrives as itself, directly and through a proxy.
 * A server that closes at once resets the connection, and a proxy makes a 502 of that.
 */
import { expect } from "chai";
import { once } from "node:events";
import { Agent, request } from "node:http";
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { ServerProcess } from "./helpers/process.ts";
import { startServer } from "./helpers/process.ts";
import type { Proxy } from "./helpers/proxies.ts";
import { isInstalled, PROXIES, startProxy } from "./helpers/proxies.ts";
import { KEY, KEY_HASHES } from "./helpers/requests.ts";

const BODY = Buffer.alloc(2_000_000, " ");
const REQUESTS = 20;

/** Sends 2 MB and tells how it was answered: the status and the problem's type, or the error of the connection. */
async function post(
  port: number,
  agent: Agent,
  headers: Record<string, string | number>,
): Promise<string> {
  const sent = request({
    ...{ port, host: "127.0.0.1", agent, method: "POST", path: "/v1/events" },
    headers: { "Content-Type": "application/json", "Content-Length": BODY.length, ...headers },
  });
  sent.end(BODY);
  try {
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    let text = "";
    for await (const chunk of response.setEncoding("utf8")) text += chunk as string;
    const type = /"type":"([^"]*)"/.exec(text)?.[1] ?? text.slice(0, 60);
    return `${String(response.statusCode)} ${type}`;
  } catch (error) {
    return (error as Error).message;
  }
}

describe("Refusals while the body is under way", function () {
  this.timeout(60_000);
  let server: ServerProcess;

  before(async () => {
    server = await startServer({
      env: { AUTH: "api-key", API_KEY_HASHES: KEY_HASHES, RATE_LIMIT_PER_MINUTE: "1000" },
    });
  });

  after(async () => {
    await server.dispose();
  });

  const refusals: [string, Record<string, string>, string][] = [
    ["no API key", {}, "401 /docs#unauthorized"],
    ["a body above the limit", { "X-Api-Key": KEY }, "413 /docs#content-too-large"],
    [
      "a body of another type",
      { "X-Api-Key": KEY, "Content-Type": "text/plain" },
      "415 /docs#unsupported-media-type",
    ],
  ];

  const ways = ["directly", ...Object.keys(PROXIES)];
  for (const way of ways) {
    describe(way === "directly" ? way : `through ${way}`, () => {
      let proxy: Proxy | undefined;
      let port: number;
      const agent = new Agent({ keepAlive: true, maxSockets: 5 });

      before(async function () {
        const kind = PROXIES[way];
        if (kind === undefined) {
          port = server.port;
          return;
        }
        if (!isInstalled(kind)) this.skip();
        proxy = await startProxy(kind, server.port);
        port = proxy.port;
      });

      after(async () => {
        agent.destroy();
        await proxy?.stop();
      });

      for (const [what, headers, expected] of refusals) {
        it(`${what}: each of ${REQUESTS} is ${expected}`, async () => {
          const answers = await Promise.all(
            Array.from({ length: REQUESTS }, () => post(port, agent, headers)),
          );
          expect(answers).to.deep.equal(Array.from({ length: REQUESTS }, () => expected));
          expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).to.equal(200);
        });
      }

      it(`a chunked body above the limit is 413 as well`, async () => {
        const headers = { "X-Api-Key": KEY, "Transfer-Encoding": "chunked" };
        const sent = request({
          ...{ port, host: "127.0.0.1", agent, method: "POST", path: "/v1/events" },
          headers: { "Content-Type": "application/json", ...headers },
        });
        const answered = once(sent, "response") as Promise<[IncomingMessage]>;
        for (let at = 0; at < 20; at += 1) {
          sent.write(BODY.subarray(0, 100_000));
          await sleep(2);
        }
        sent.end();
        const [response] = await answered;
        response.resume();
        expect(response.statusCode).to.equal(413);
      });
    });
  }
});

describe("Refusals while the body is under way, of a service at its limits", function () {
  this.timeout(30_000);
  let server: ServerProcess;

  afterEach(async () => {
    await server.dispose();
  });

  for (const [env, expected] of [
    [{ RATE_LIMIT_PER_MINUTE: "1" }, "429 /docs#rate-limited"],
    [{ MAX_REQUESTS_IN_FLIGHT: "1" }, "503 /docs#overloaded"],
  ] as [Record<string, string>, string][]) {
    it(`arrive as themselves: ${expected}`, async () => {
      server = await startServer({ env });
      const agent = new Agent({ keepAlive: true });
      const held = connect(server.port, "127.0.0.1");
      held.write(
        "POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n[",
      );
      await sleep(200);
      const answers: string[] = [];
      for (let at = 0; at < 10; at += 1) answers.push(await post(server.port, agent, {}));
      expect(answers).to.deep.equal(Array.from({ length: 10 }, () => expected));
      held.destroy();
      agent.destroy();
    });
  }

  it("are read on for 5 s at most: a client that never ends is cut, with its answer", async () => {
    server = await startServer();
    const socket = connect(server.port, "127.0.0.1").setEncoding("latin1");
    socket.on("error", () => undefined);
    let received = "";
    socket.on("data", (text: string) => {
      received += text;
    });
    const began = performance.now();
    socket.write("POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n");
    socket.write("Content-Length: 1000000\r\n\r\n");
    const dribble = setInterval(() => socket.write("x"), 100);
    await once(socket, "close");
    clearInterval(dribble);
    expect(received).to.match(/^HTTP\/1\.1 415 /);
    expect(performance.now() - began).to.be.within(4500, 8000);
  });

  it("are read on for 64 MiB at most", async () => {
    server = await startServer();
    const socket = connect(server.port, "127.0.0.1").setEncoding("latin1");
    socket.on("error", () => undefined);
    let received = "";
    socket.on("data", (text: string) => {
      received += text;
    });
    socket.write("POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n");
    socket.write("Content-Length: 1000000000\r\n\r\n");
    const chunk = Buffer.alloc(1_048_576);
    let sent = 0;
    const closed = new Promise((resolve) => socket.once("close", resolve));
    while (!socket.destroyed && sent < 500 * chunk.length) {
      sent += chunk.length;
      const drained = new Promise((resolve) => socket.once("drain", resolve));
      if (!socket.write(chunk)) await Promise.race([drained, closed]);
    }
    await closed;
    expect(received).to.match(/^HTTP\/1\.1 415 /);
    expect(sent).to.be.within(60 * chunk.length, 120 * chunk.length);
  });
});
