import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { StoredEvent } from "../../src/events/event.ts";
import { openStore } from "../../src/store/open.ts";
import { type StoreConfig } from "../../src/store/store.ts";
import type { ServerProcess } from "../helpers/process.ts";
import { startServer } from "../helpers/process.ts";
import { postEvents } from "../helpers/requests.ts";
import { BEGIN, DAY } from "./arbitraries.ts";
import { pagesOf } from "./contract.ts";
import { batchOf } from "./crash-writer.ts";
import { emulatorConfig, startEmulator, type Emulator } from "./dynamodb-emulator.ts";
import { Model } from "./model.ts";

/** The server takes events of the last 90 days by its own clock; the batches are of about the sixth day after `BEGIN`. */
const DAY_OF_BATCHES = Math.floor(Date.now() / DAY) - 10;
const SHIFT = DAY_OF_BATCHES * DAY - (BEGIN + 5 * DAY);
const CLIENTS = 4;
/** Batches that a round has to see acknowledged before the process is ended, in the midst of others. */
const ACKNOWLEDGED = 8;

/** What is killed: the process that was started, or one worker of its cluster, after which the service has to go on. */
type Kill = "SIGKILL" | "SIGTERM" | "worker";

describe("The server process ended while clients send events", function () {
  let emulator: Emulator | undefined;

  before(async () => {
    emulator = await startEmulator();
  });

  after(() => emulator?.stop());

  it("has stored all that it answered 202 for, once, with SQLite", async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "store-"));
    try {
      const kills = ["SIGKILL", "SIGTERM", "SIGKILL"] as const;
      const acknowledged = await endRepeatedly({}, kills, dataDir);
      await expectStored({ store: "sqlite", dataDir }, acknowledged);
    } finally {
      await rm(dataDir, { recursive: true });
    }
  });

  it("has stored all that it answered 202 for, once, with DynamoDB and two workers", async function () {
    if (emulator === undefined) return this.skip();
    const tableName = await emulator.createTable();
    const { endpoint, region } = emulator;
    const env = {
      STORE: "dynamodb",
      TABLE_NAME: tableName,
      DYNAMODB_ENDPOINT: endpoint,
      WORKERS: "2",
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    };
    const kills = ["worker", "SIGKILL", "SIGTERM", "SIGKILL"] as const;
    await expectStored(emulatorConfig(endpoint, tableName), await endRepeatedly(env, kills));
  });
});

/** Starts and ends the server once for each kill, under clients. Returns the numbers of the acknowledged batches. */
async function endRepeatedly(
  env: Record<string, string>,
  kills: readonly Kill[],
  dataDir = "",
): Promise<number[]> {
  const acknowledged = new Set<number>();
  for (const kill of kills) {
    const server = await startServer({ env: { ...env, DRAIN_DELAY_SECONDS: "0" }, dataDir });
    try {
      await sendUntilEnded(server, kill, acknowledged);
      expect(await server.exit).to.deep.equal(
        kill === "SIGKILL" ? { code: null, signal: kill } : { code: 0, signal: null },
      );
    } finally {
      await server.dispose();
    }
  }
  return [...acknowledged];
}

async function sendUntilEnded(
  server: ServerProcess,
  kill: Kill,
  acknowledged: Set<number>,
): Promise<void> {
  // What was on its way when the process ended is sent again.
  let next = Math.max(0, ...acknowledged) - CLIENTS;
  let count = 0;
  let killed = 0;
  const onAcknowledged = async (): Promise<void> => {
    count += 1;
    if (kill !== "worker") {
      if (count === ACKNOWLEDGED) server.child.kill(kill);
    } else if (count === ACKNOWLEDGED) {
      [killed = 0] = await workersOf(server);
      process.kill(killed, "SIGKILL");
    } else if (count === 4 * ACKNOWLEDGED) {
      // Nobody who retried noticed more than that: another worker is there.
      for (let pids: number[] = []; pids.length < 2 || pids.includes(killed);) {
        await sleep(100);
        pids = await workersOf(server).catch(() => []);
      }
      server.child.kill("SIGTERM");
    }
  };
  const client = async (): Promise<void> => {
    for (;;) {
      const number = Math.max(0, next++);
      const response = await sendWithRetries(server, number);
      if (response?.status !== 202) return;
      acknowledged.add(number);
      await onAcknowledged();
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  expect(count).to.be.at.least(kill === "worker" ? 4 * ACKNOWLEDGED : ACKNOWLEDGED);
}

/** Undefined once the server has ended: a connection may break while its worker dies, the service may not. */
async function sendWithRetries(
  server: ServerProcess,
  number: number,
): Promise<Response | undefined> {
  const body = batch(number).map((one) => ({ ...one, time: new Date(one.time).toISOString() }));
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const response = await postEvents(server.url, body).catch(() => undefined);
    if (response !== undefined || server.child.killed) return response;
    await sleep(50);
  }
  return undefined;
}

async function workersOf({ url }: ServerProcess): Promise<number[]> {
  const status = (await (await fetch(`${url}/status`)).json()) as { workers: { pid: number }[] };
  return status.workers.map(({ pid }) => pid);
}

function batch(number: number): ReturnType<typeof batchOf> {
  return batchOf("http", number).map((event) => ({ ...event, time: event.time + SHIFT }));
}

async function expectStored(config: StoreConfig, acknowledged: readonly number[]): Promise<void> {
  const store = await openStore(config);
  try {
    const stored: StoredEvent[] = [];
    for await (const page of pagesOf(store, 500)) stored.push(...page);
    const ids = new Set(stored.map(({ id }) => id));
    expect(ids.size).to.equal(stored.length);
    const owed = acknowledged.flatMap((number) => batch(number).map(({ id }) => id));
    expect(owed.filter((id) => !ids.has(id))).to.deep.equal([]);
    // All batches of the first round, at the least.
    expect(acknowledged.length).to.be.at.least(ACKNOWLEDGED);
    const [fromDay, toDay] = [DAY_OF_BATCHES - 2, DAY_OF_BATCHES + 2];
    expect(await store.activity({ fromDay, toDay })).to.deep.equal(
      new Model(stored).activity(fromDay, toDay),
    );
  } finally {
    await store.close();
  }
}
