/** A request that is refused while its body is still under way: the refusal arrives as itself. */
import { expect } from "chai";
import { once } from "node:events";
import { Agent } from "node:http";
import { connect } from "node:net";
import { describeRefusals, post } from "./helpers/early-refusals.ts";
import type { ServerProcess } from "./helpers/process.ts";
import { startServer } from "./helpers/process.ts";
import { underWay } from "./helpers/requests.ts";

describe("Refusals while the body is under way", function () {
  const close = (): Promise<void> => Promise.resolve();
  describeRefusals([{ name: "directly", open: (port) => Promise.resolve({ port, close }) }]);
});

describe("Refusals while the body is under way, of a service at its limits", function () {
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
      await underWay(server.url);
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
    expect(performance.now() - began).to.be.within(4500, 9500);
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
