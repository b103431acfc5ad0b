import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { expect } from "chai";
import { openForWriting } from "../../../app/src/store/sqlite/database.ts";
import { ThreadClient } from "../../../app/src/store/sqlite/thread-client.ts";
import type { Call } from "../../../app/src/store/sqlite/thread.ts";
import { failure } from "./contract.ts";

const LOOKUP: Call = { kind: "read", question: { kind: "event", id: "a" } };

describe("ThreadClient", function () {
  this.timeout(60_000);
  let directory = "";
  let threads = 0;
  const count = (): void => {
    threads++;
  };

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "store-"));
    openForWriting(directory, 1000).close();
    threads = 0;
    process.on("worker", count);
  });

  afterEach(async () => {
    process.off("worker", count);
    await rm(directory, { recursive: true });
  });

  it("gives up a thread with a read that takes too long; another one answers what waits", async () => {
    const client = new ThreadClient({ storeThread: "reader", directory, busyTimeout: 1000 });
    await client.call(LOOKUP, 30_000);
    // Timers come next, messages after them.
    await turn();
    const late = failure(client.call(LOOKUP, 1));
    const waiting = [client.call(LOOKUP, 30_000), client.call({ kind: "probe" }, 30_000)];
    // So long that the time limit is over by then.
    for (const end = performance.now() + 20; performance.now() < end;);

    expect(await late).to.include({ message: "The reader thread did not answer within 1 ms." });
    expect(await Promise.all(waiting)).to.deep.equal([undefined, undefined]);
    expect(threads).to.equal(2);
    await client.close();
  });

  it("keeps a thread that is late with a commit, which it will finish", async () => {
    const client = new ThreadClient({ storeThread: "writer", directory, busyTimeout: 1000 });
    await client.call({ kind: "probe" }, 30_000);
    // Timers come next, messages after them.
    await turn();
    const late = failure(client.call({ kind: "write", rows: ["a", "n", "u", "f", 1, null] }, 1));
    for (const end = performance.now() + 20; performance.now() < end;);
    expect(await late).to.include({ message: "The writer thread did not answer within 1 ms." });

    const again = await client.call({ kind: "write", rows: ["a", "n", "u", "f", 1, null] }, 30_000);
    expect(again).to.deep.equal(new Uint8Array([0]));
    expect(threads).to.equal(1);
    await client.close();
  });
});
