import { expect } from "chai";
import { LIMITS } from "../../../app/src/http/limits.ts";
import type { TestServer } from "../helpers/server.ts";
import { rawRequest, startTestServer } from "../helpers/server.ts";

describe("Slow clients", () => {
  let server: TestServer;

  before(async () => {
    server = await startTestServer(
      {},
      {
        ...LIMITS,
        headersTimeoutMilliseconds: 200,
        requestTimeoutMilliseconds: 300,
        connectionsCheckingIntervalMilliseconds: 50,
      },
    );
  });

  after(async () => {
    await server.stop();
  });

  it("have 10 s for the request, looked at every second", () => {
    expect(LIMITS).to.include({
      headersTimeoutMilliseconds: 10_000,
      requestTimeoutMilliseconds: 10_000,
      connectionsCheckingIntervalMilliseconds: 1000,
    });
  });

  for (const [what, bytes] of [
    ["nothing", ""],
    ["nothing but a request line", "GET /livez HTTP/1.1\r\n"],
    ["half a header", "GET /livez HTTP/1.1\r\nHost: a\r\nX-A"],
    [
      "half a body",
      "POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n[",
    ],
    [
      "half a chunk",
      "POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n[",
    ],
  ] as const) {
    it(`that send ${what} are answered 408 and cut`, async () => {
      const started = performance.now();
      const received = await rawRequest(server.port, bytes, 5000);
      expect(performance.now() - started).to.be.within(150, 4000);
      expect(received).to.match(/^HTTP\/1\.1 408 Request Timeout\r\n/);
      expect(received).to.include('"type":"/docs#request-timeout"');
      expect(received.match(/HTTP\/1\.1 /g)).to.have.length(1);
    });
  }

  it("cost nothing afterwards", () => {
    expect(server.running.ownStatus().requestsInFlight).to.equal(0);
  });
});
