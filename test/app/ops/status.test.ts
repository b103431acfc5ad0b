import { expect } from "chai";
import type { TestServer } from "../helpers/server.ts";
import { startTestServer } from "../helpers/server.ts";

describe("/status", () => {
  let server: TestServer;

  before(async () => {
    server = await startTestServer();
  });

  after(async () => {
    await server.stop();
  });

  it("tells the state of the store, but not what its last failure said", async () => {
    server.events.status = () => ({
      kind: "dynamodb",
      state: "down",
      since: Date.UTC(2026, 10, 22, 12),
      queueDepth: 3,
      queueLimit: 20_000,
      reason: "User: arn:aws:sts::123456789012:assumed-role/task is not authorized",
    });
    const text = await (await fetch(`${server.url}/status`)).text();
    const { workers } = JSON.parse(text) as { workers: { store: unknown }[] };
    expect(workers.map(({ store }) => store)).to.deep.equal([
      {
        kind: "dynamodb",
        state: "down",
        since: "2026-11-22T12:00:00.000Z",
        queueDepth: 3,
        queueLimit: 20_000,
      },
    ]);
    expect(text).to.not.include("arn:");
  });
});
