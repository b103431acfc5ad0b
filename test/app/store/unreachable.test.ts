import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { EventsService } from "../../../app/src/events/service.ts";
import { openEventsService } from "../../../app/src/store/open.ts";

describe("DynamoDB store that cannot be reached at the start", function () {
  this.timeout(60_000);
  let service: EventsService | undefined;

  before(() => {
    // The SDK calls nobody without.
    process.env["AWS_ACCESS_KEY_ID"] = "test";
    process.env["AWS_SECRET_ACCESS_KEY"] = "test";
    process.env["AWS_REGION"] = "us-east-1";
  });

  afterEach(() => service?.close());

  it("is down without any traffic, tells so, and is ok within 5 s after the table answers", async () => {
    const server = createServer((request, response) => {
      request.resume().once("end", () => {
        response.writeHead(200, { "Content-Type": "application/x-amz-json-1.0" }).end("{}");
      });
    });
    const listen = (port: number): Promise<void> =>
      new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
    await listen(0);
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const states: string[] = [];
    service = await openEventsService({
      store: {
        kind: "dynamodb",
        tableName: "events",
        endpoint: `http://127.0.0.1:${String(port)}`,
      },
      onStateChange: ({ state }) => states.push(state),
    });
    expect(service.status()).to.include({ state: "down" });
    expect(service.status().reason).to.match(/ECONNREFUSED/);
    await sleep(1500);
    expect([service.status().state, states]).to.deep.equal(["down", ["down"]]);

    await listen(port);
    try {
      const back = performance.now();
      while (service.status().state !== "ok") await sleep(20);
      expect(performance.now() - back).to.be.below(5000);
      expect(states).to.deep.equal(["down", "ok"]);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
