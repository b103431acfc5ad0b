import { expect } from "chai";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { send, startLoad } from "../../../src/local/rehearse/load.ts";

describe("load of a rehearsal", () => {
  let server: Server;
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  async function serve(listener: RequestListener): Promise<URL> {
    server = createServer(listener);
    await new Promise<void>((listening) => {
      server.listen(0, "127.0.0.1", listening);
    });
    return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  it("sends the requests in turn, counts what failed and what was refused, and ends with the last answer", async () => {
    const seen: string[] = [];
    const url = await serve((request, response) => {
      seen.push(request.url ?? "");
      if (request.url === "/cut") {
        request.socket.destroy();
        return;
      }
      response.writeHead({ "/bad": 500, "/refused": 429 }[request.url ?? ""] ?? 200).end("ok");
    });
    const requests = ["/ok", "/bad", "/refused", "/cut"].map((path) => ({ path }));

    const load = startLoad({ url, clients: 2, rate: 400, requests, headers: {} });
    const startedAt = performance.now();
    await wait(200);
    const { sent, failed, refused } = await load.stop();
    const seconds = (performance.now() - startedAt) / 1000;

    expect(sent).to.equal(seen.length);
    expect(sent).to.be.within(8, 400 * seconds + 10);
    const count = (...paths: string[]): number =>
      seen.filter((path) => paths.includes(path)).length;
    expect([failed, refused]).to.deep.equal([count("/bad", "/cut"), count("/refused")]);
    expect(Math.abs(count("/ok") - count("/bad"))).to.be.at.most(1);
    await wait(50);
    expect(seen).to.have.length(sent);
  });

  it("keeps to its rate over few connections", async () => {
    let connections = 0;
    const url = await serve((_, response) => response.end("ok"));
    server.on("connection", () => (connections += 1));

    const load = startLoad({ url, clients: 3, rate: 60, requests: [{ path: "/" }], headers: {} });
    const startedAt = performance.now();
    await wait(500);
    const { sent } = await load.stop();
    const seconds = (performance.now() - startedAt) / 1000;

    // 30 in half a second, and a first one of each client; a busy machine may send fewer.
    expect(sent).to.be.within(3, 60 * seconds + 3);
    expect(connections).to.be.at.most(3);
  });

  it("fills in the time and a new id, and passes headers on", async () => {
    const bodies: string[] = [];
    const keys: unknown[] = [];
    const url = await serve((request, response) => {
      keys.push(request.headers["x-api-key"]);
      void text(request).then((body) => {
        bodies.push(`${request.method ?? ""} ${body}`);
        response.end();
      });
    });
    const example = { path: "/events", body: { id: "{id}", time: "{now}", name: "{id} stays" } };

    const statuses = [
      await send(url, undefined, example, { "x-api-key": "k" }),
      await send(url, undefined, example, { "x-api-key": "k" }),
    ];

    expect(statuses).to.deep.equal([200, 200]);
    expect(keys).to.deep.equal(["k", "k"]);
    const pattern =
      /^POST \{"id":"[0-9a-f-]{36}","time":"\d{4}-\d\d-\d\dT[\d:.]+Z","name":"\{id\} stays"\}$/;
    for (const body of bodies) expect(body).to.match(pattern);
    expect(bodies[0]).not.to.equal(bodies[1]);
  });
});
