import { expect } from "chai";
import type { TestServer } from "../helpers/server.ts";
import { anEvent, postEvents, rawRequest, startTestServer } from "../helpers/server.ts";
import { MALFORMED_REQUESTS } from "./malformed-requests.ts";

const STATUS_LINE = /^HTTP\/1\.1 (\d{3}) /;

describe("Malformed and smuggled requests", () => {
  let server: TestServer;
  let answers: string[];

  before(async () => {
    server = await startTestServer();
    answers = await Promise.all(
      MALFORMED_REQUESTS.map(({ bytes }) => rawRequest(server.port, bytes, 1000)),
    );
  });

  after(async () => {
    await server.stop();
  });

  it("are at least 60", () => {
    expect(MALFORMED_REQUESTS.length).to.be.at.least(60);
  });

  for (const [index, { what, expected }] of MALFORMED_REQUESTS.entries()) {
    it(`${what}: ${expected}`, () => {
      const received = answers[index] ?? "";
      const status = STATUS_LINE.exec(received)?.[1];
      expect(status === undefined ? "closed" : Number(status), received).to.equal(expected);
      // A second answer would be the smuggled request's.
      expect(received.match(/HTTP\/1\.1 \d{3} /g)?.length ?? 0).to.equal(
        status === undefined ? 0 : 1,
      );
      if (Number(status) >= 400) {
        expect(received.toLowerCase()).to.include("content-type: application/problem+json");
        const body = JSON.parse(received.slice(received.indexOf("\r\n\r\n"))) as Record<
          string,
          unknown
        >;
        expect(body["status"]).to.equal(expected);
        expect(body["requestId"]).to.match(/^[0-9a-f]{12}-[0-9a-z]+$/);
        expect(received.toLowerCase()).to.include(`x-request-id: ${body["requestId"] as string}`);
      }
    });
  }

  it("of too large a header are told both of its limits", () => {
    const index = MALFORMED_REQUESTS.findIndex(({ what }) => what === "101 headers");
    expect(answers[index]).to.include(
      '"detail":"The request header is larger than 16 KiB or has more than 100 fields."',
    );
  });

  it("leave a server that works, with nothing stored and nothing held", async () => {
    expect(server.events.stored.size).to.equal(0);
    expect((await postEvents(server.url, anEvent())).status).to.equal(202);
    expect(server.running.ownStatus().requestsInFlight).to.equal(0);
    const failed = server.logLines().filter((line) => Number(line["status"]) >= 500);
    expect(failed).to.deep.equal([]);
  });
});
