import { expect } from "chai";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../src/config.ts";
import { serve } from "../src/process/serve.ts";
import { restartDelay } from "../src/process/cluster.ts";
import { MemoryStore } from "./helpers/memory-store.ts";
import { captureLog, startTestServer } from "./helpers/server.ts";

async function startError(env: Record<string, string>, store?: MemoryStore): Promise<string> {
  const { log } = captureLog();
  const config = readConfig({ HOST: "127.0.0.1", ...env });
  try {
    await serve(config, { log, output: { dropped: 0 }, ...(store && { store }) });
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("It started.");
}

describe("A service that cannot start", () => {
  it("names the folder of the store, not the port, when that may not be opened", async () => {
    const folder = mkdtempSync(join(tmpdir(), "start-"));
    const file = join(folder, "file");
    writeFileSync(file, "");
    const message = await startError({ PORT: "0", DATA_DIR: join(file, "data") });
    rmSync(folder, { recursive: true });
    expect(message).to.include(join(file, "data")).and.to.include("DATA_DIR");
    expect(message).to.not.include("port");
  });

  it("says that its port is taken, and closes the store", async () => {
    const other = await startTestServer();
    const store = new MemoryStore();
    const message = await startError({ PORT: String(other.port) }, store);
    expect(message).to.equal(`port ${other.port} is taken: stop what listens there or set PORT`);
    expect(store.closed).to.be.true;
    await other.stop();
  });
});

describe("A worker that ends", () => {
  it("starts again after a pause that doubles, and not after the sixth end within a minute", () => {
    expect([1, 2, 3, 4, 5, 6].map(restartDelay)).to.deep.equal([
      100,
      200,
      400,
      800,
      1600,
      undefined,
    ]);
  });
});
