import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { EventsServiceOptions, StoredEvent } from "../../../app/src/events/service.ts";
import { openEventsService } from "../../../app/src/store/open.ts";
import type { ServerProcess } from "../helpers/process.ts";
import { clusterEnv, spawnServer } from "../helpers/process.ts";
import { postEvents } from "../helpers/server.ts";
import { BEGIN, DAY } from "./arbitraries.ts";
import { batchOf } from "./crash-writer.ts";
import type { Emulator } from "./dynamodb-emulator.ts";
import { startEmulator } from "./dynamodb-emulator.ts";
import * as model from "./model.ts";

/** The server takes events of the last 90 days by its own clock; the batches are of about the sixth day after `BEGIN`. */
const DAY_OF_BATCHES = Math.floor(Date.now() / DAY) - 10;
const SHIFT = DAY_OF_BATCHES * DAY - (BEGIN + 5 * DAY);
const CLIENTS = 4;
/** Batches that a round has to see acknowledged before the process is ended, in the midst of others. */
const ACKNOWLEDGED = 8;

/** What is killed: the process that was started, or one worker of its cluster, after which the service has to go on. */
type Kill = NodeJS.Signals | "worker";

describe("The server process ended while clients send events", function () {
  this.timeout(120_000);
  let emulator: Emulator | undefined;

  before(async () => {
    emulator = await startEmulator();
  });

  after(() => emulator?.stop());

  it("has stored all that it answered 202 for, once, with SQLite", async () => {
    const directory = await mkdtemp(join(tmpdir(), "store-"));
    try {
      const env = { DATA_DIR: directory };
      const acknowledged = await endRepeatedly(env, ["SIGKILL", "SIGTERM", "SIGKILL"]);
      await expectStored({ kind: "sqlite", directory }, acknowledged);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it("has stored all that it answered 202 for, once, with DynamoDB and two workers", async function () {
    if (emulator === undefined) return this.skip();
    const tableName = await emulator.createTable();
    const { endpoint, region } = emulator;
    const env = { ...clusterEnv(endpoint, 2), AWS_REGION: region, TABLE_NAME: tableName };
    const acknowledged = await endRepeatedly(env, ["worker", "SIGKILL", "SIGTERM", "SIGKILL"]);
    await expectStored({ kind: "dynamodb", tableName, endpoint }, acknowledged);
  });
});

/** Starts and ends the server once for each kill, under clients. Returns the numbers of the acknowledged batches. */
async function endRepeatedly(env: Record<string, string>, kills: Kill[]): Promise<number[]> {
  const acknowledged = new Set<number>();
  for (const kill of kills) {
    const server = spawnServer({ env: { ...env, DRAIN_DELAY_SECONDS: "0" } });
    try {
      const signal = kill === "worker" ? "SIGTERM" : kill;
      await sendUntilEnded(server, kill, acknowledged);
      expect(await server.exit).to.deep.equal(
        signal === "SIGKILL" ? { code: null, signal } : { code: 0, signal: null },
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
  const url = await server.url();
  // What was on its way when the process ended is sent again.
  let next = Math.max(0, ...acknowledged) - CLIENTS;
  let count = 0;
  let killed: number | undefined;
  const onAcknowledged = async (): Promise<void> => {
    count += 1;
    if (kill !== "worker") {
      if (count === ACKNOWLEDGED) server.child.kill(kill);
    } else if (count === ACKNOWLEDGED) {
      killed = await killWorker(url);
    } else if (count === 4 * ACKNOWLEDGED) {
      // Nobody who retried noticed more than that.
      await server.line(({ message }) => message === "a worker ended and is started again");
      server.child.kill("SIGTERM");
    }
  };
  const client = async (): Promise<void> => {
    for (;;) {
      const number = Math.max(0, next++);
      const response = await sendWithRetries(server, url, number);
      if (response?.status !== 202) return;
      acknowledged.add(number);
      await onAcknowledged();
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  expect(count).to.be.at.least(kill === "worker" ? 4 * ACKNOWLEDGED : ACKNOWLEDGED);
  if (kill === "worker") {
    const ended = server.logLines().filter(({ message }) => String(message).startsWith("a worker"));
    expect(ended.map(({ pid, signal }) => ({ pid, signal }))).to.deep.equal([
      { pid: killed, signal: "SIGKILL" },
    ]);
  }
}

/** Undefined once the server has ended: a connection may break while its worker dies, the service may not. */
async function sendWithRetries(
  server: ServerProcess,
  url: string,
  number: number,
): Promise<Response | undefined> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const response = await postEvents(url, body(number)).catch(() => undefined);
    if (response !== undefined || server.child.killed) return response;
    await sleep(50);
  }
  return undefined;
}

/** Kills one worker without a warning; returns its process id. */
async function killWorker(url: string): Promise<number> {
  const status = (await (await fetch(`${url}/status`)).json()) as { workers: { pid: number }[] };
  const [{ pid } = { pid: 0 }] = status.workers;
  process.kill(pid, "SIGKILL");
  return pid;
}

function batch(number: number): ReturnType<typeof batchOf> {
  return batchOf("http", number).map((event) => ({ ...event, time: event.time + SHIFT }));
}

function body(number: number): unknown {
  return batch(number).map((event) => ({ ...event, time: new Date(event.time).toISOString() }));
}

async function expectStored(
  store: EventsServiceOptions["store"],
  acknowledged: readonly number[],
): Promise<void> {
  const service = await openEventsService({ store });
  try {
    const stored: StoredEvent[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await service.list({ limit: 500, ...(cursor === undefined ? {} : { cursor }) });
      stored.push(...page.events);
      cursor = page.nextCursor;
      if (cursor === undefined) break;
    }
    const ids = new Set(stored.map(({ id }) => id));
    expect(ids.size).to.equal(stored.length);
    const owed = acknowledged.flatMap((number) => batch(number).map(({ id }) => id));
    expect(owed.filter((id) => !ids.has(id))).to.deep.equal([]);
    // All batches of the first round, at the least.
    expect(acknowledged.length).to.be.at.least(ACKNOWLEDGED);
    const report = await service.activity({
      fromDay: DAY_OF_BATCHES - 2,
      toDay: DAY_OF_BATCHES + 2,
      timeZone: "America/New_York",
      interval: "day",
    });
    expect(report.totals).to.deep.equal(model.activity(stored, () => "all").get("all"));
  } finally {
    await service.close();
  }
}
