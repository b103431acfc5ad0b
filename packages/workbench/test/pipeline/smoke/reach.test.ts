import { expect } from "chai";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { fetchAt } from "../../../src/pipeline/smoke/reach.ts";
import { failure } from "../delivery/fakes.ts";

describe("A fetch that reaches a host at another one's addresses", () => {
  it("asks there under the name of the URL, and takes redirects for answers", async () => {
    const server = createServer(({ url, headers }, answer) => {
      answer.writeHead(url === "/moved" ? 301 : url === "/none" ? 204 : 200, { location: "/" });
      answer.end(url === "/none" ? "" : `${headers.host ?? ""} ${url ?? ""}`);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const host = `service.test:${(server.address() as AddressInfo).port}`;
    const get = fetchAt("127.0.0.1");
    try {
      const answer = await get(`http://${host}/readyz?a=1`);
      expect([answer.status, await answer.text()]).to.deep.equal([200, `${host} /readyz?a=1`]);
      expect((await get(new URL(`http://${host}/moved`))).status).to.equal(301);
      const none = await get(new Request(`http://${host}/none`));
      expect([none.status, await none.text()]).to.deep.equal([204, ""]);
    } finally {
      server.close();
    }
    expect(await failure(get(`http://${host}/`))).to.match(/ECONNREFUSED/);
  });

  it("names the URL's host to TLS, so that its certificate is the one that is checked", async () => {
    const named: string[] = [];
    const server = createTlsServer({
      SNICallback: (servername, done) => {
        named.push(servername);
        done(new Error("no certificate"));
      },
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    try {
      await failure(fetchAt("127.0.0.1")(`https://api.example.com:${port}/`));
      expect(named).to.deep.equal(["api.example.com"]);
    } finally {
      server.close();
    }
  });

  it("says who asks: a web ACL blocks whoever does not", async () => {
    const server = createServer(({ headers }, answer) => answer.end(headers["user-agent"]));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    try {
      const answer = await fetchAt("127.0.0.1")(`http://service.test:${port}/`);
      expect(await answer.text()).to.equal("koa-fargate-smoke-test");
    } finally {
      server.close();
    }
  });

  it("gives up when its signal says so", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    try {
      const asked = fetchAt("127.0.0.1")(`http://service.test:${port}/`, {
        signal: AbortSignal.timeout(50),
      });
      expect(await failure(asked)).to.match(/aborted/);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
