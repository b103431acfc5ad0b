import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect } from "chai";
import type { StoredEvent } from "../../src/events/event.ts";
import { openStore } from "../../src/store/open.ts";
import { type StoreConfig } from "../../src/store/store.ts";
import { expectReports, pagesOf } from "./contract.ts";
import { asSent } from "./model.ts";
import type { CrashWriterArgs } from "./crash-writer.ts";
import { batchOf } from "./crash-writer.ts";
import type { Emulator } from "./dynamodb-emulator.ts";
import { emulatorConfig, startEmulator } from "./dynamodb-emulator.ts";

const SCRIPT = join(import.meta.dirname, "crash-writer.ts");
/** Batches that a process is told are stored before it is ended, in the midst of others. */
const ACKNOWLEDGED = 24;
/** Batches that were on their way when a process ended are sent again by the next one. */
const OVERLAP = 8;

describe("A process killed while it writes", function () {
  let emulator: Emulator | undefined;

  before(async () => {
    emulator = await startEmulator();
  });

  after(() => emulator?.stop());

  it("loses and doubles nothing that was acknowledged, with SQLite and two processes on one folder", async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "store-"));
    try {
      await killRepeatedly({ store: "sqlite", dataDir });
    } finally {
      await rm(dataDir, { recursive: true });
    }
  });

  it("loses and doubles nothing that was acknowledged, with DynamoDB and two tasks", async function () {
    if (emulator === undefined) return this.skip();
    const tableName = await emulator.createTable();
    await killRepeatedly(emulatorConfig(emulator.endpoint, tableName));
  });
});

async function killRepeatedly(config: StoreConfig): Promise<void> {
  const acknowledged = { a: new Set<number>(), b: new Set<number>() };
  for (const signals of [
    { a: "SIGKILL", b: "SIGTERM" },
    { a: "SIGTERM", b: "SIGKILL" },
    { a: "SIGKILL", b: "SIGKILL" },
  ] as const) {
    await Promise.all(
      (["a", "b"] as const).map((name) =>
        writeAndEnd(config, name, acknowledged[name], signals[name]),
      ),
    );
  }
  const store = await openStore(config);
  try {
    const stored: StoredEvent[] = [];
    for await (const page of pagesOf(store, 500)) stored.push(...page);
    const ids = new Set(stored.map(({ id }) => id));
    expect(ids.size).to.equal(stored.length);
    const owed = (["a", "b"] as const).flatMap((name) =>
      [...acknowledged[name]].flatMap((number) => batchOf(name, number)),
    );
    expect(owed.filter(({ id }) => !ids.has(id))).to.deep.equal([]);
    expect(owed.length).to.be.greaterThan(500);
    await expectReports(store, asSent(stored));
  } finally {
    await store.close();
  }
}

/** Lets a process write for a while, then ends it. Adds the numbers of the batches that it was told are stored. */
async function writeAndEnd(
  store: StoreConfig,
  name: string,
  acknowledged: Set<number>,
  signal: "SIGKILL" | "SIGTERM",
): Promise<void> {
  const firstBatch = Math.max(0, ...acknowledged) - OVERLAP;
  const args: CrashWriterArgs = { store, name, firstBatch: Math.max(0, firstBatch) };
  const child = spawn(process.execPath, [SCRIPT, JSON.stringify(args)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout });
  let count = 0;
  const enough = new Promise<void>((resolve) => {
    lines.on("line", (line) => {
      acknowledged.add(Number(line));
      if (++count === ACKNOWLEDGED) resolve();
    });
  });
  const read = once(lines, "close");
  await Promise.race([enough, once(child, "exit")]);
  const ended = end(child, signal);
  await read;
  expect(await ended).to.equal(signal === "SIGTERM" ? "exit 0" : "SIGKILL");
}

async function end(child: ChildProcess, signal: "SIGKILL" | "SIGTERM"): Promise<string> {
  const exited = once(child, "exit");
  child.kill(signal);
  const [code, by] = (await exited) as [number | null, string | null];
  return by ?? `exit ${String(code)}`;
}
