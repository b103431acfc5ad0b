/** Malformed and smuggled requests, sent as bytes: none is answered by 5xx, hangs, or is taken for two. */
import { expect } from "chai";
import { MALFORMED_REQUESTS } from "./helpers/malformed-requests.ts";
import type { ServerProcess } from "./helpers/process.ts";
import { startServer } from "./helpers/process.ts";
import { anEvent, postEvents, rawRequest } from "./helpers/requests.ts";

const STATUS_LINE = /^HTTP\/1\.1 (\d{3}) /;

describe("Black box: malformed and smuggled requests", function () {
  let server: ServerProcess;
  let answers: string[];

  before(async () => {
    server = await startServer();
    answers = await Promise.all(
      MALFORMED_REQUESTS.map(({ bytes }) => rawRequest(server.port, bytes, 5000)),
    );
  });

  after(async () => {
    await server.dispose();
  });

  it("are at least 60", () => {
    expect(MALFORMED_REQUESTS.length).to.be.at.least(60);
  });

  for (const [index, { what, expected }] of MALFORMED_REQUESTS.entries()) {
    it(`${what}: ${expected}`, () => {
      const received = answers[index] ?? "";
      const status = STATUS_LINE.exec(received)?.[1];
      const outcome = status === undefined ? "closed" : Number(status);
      if (expected === "harmless") expect(outcome, received).to.satisfy(isHarmless);
      else expect(outcome, received).to.equal(expected);
      // A second answer would be the smuggled request's.
      expect(received.match(/HTTP\/1\.1 \d{3} /g)?.length ?? 0).to.equal(
        status === undefined ? 0 : 1,
      );
    });
  }

  it("leave a server that works, with nothing stored and nothing held", async () => {
    const stored = (await (await fetch(`${server.url}/v1/events`)).json()) as { events: unknown[] };
    expect(stored.events).to.deep.equal([]);
    expect((await postEvents(server.url, anEvent())).status).to.equal(202);
    const status = (await (await fetch(`${server.url}/status`)).json()) as {
      workers: { requestsInFlight: number }[];
    };
    expect(status.workers[0]?.requestsInFlight).to.equal(1);
  });
});

const isHarmless = (outcome: number | "closed"): boolean => outcome === "closed" || outcome < 500;
