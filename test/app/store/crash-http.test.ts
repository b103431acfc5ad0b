import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { StoredEvent } from "../../../app/src/events/service.ts";
import { openEventsService } from "../../../app/src/store/open.ts";
import { spawnServer } from "../helpers/process.ts";
import { postEvents } from "../helpers/server.ts";
import { BEGIN, DAY } from "./arbitraries.ts";
import { batchOf } from "./crash-writer.ts";
import * as model from "./model.ts";

/** The server takes events of the last 90 days by its own clock; the batches are of about the sixth day after `BEGIN`. */
const DAY_OF_BATCHES = Math.floor(Date.now() / DAY) - 10;
const SHIFT = DAY_OF_BATCHES * DAY - (BEGIN + 5 * DAY);
const CLIENTS = 4;
/** Batches that a round has to see acknowledged before the process is ended, in the midst of others. */
const ACKNOWLEDGED = 8;

describe("The server process ended while clients send events", function () {
  this.timeout(90_000);
  let directory = "";

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "store-"));
  });

  afterEach(() => rm(directory, { recursive: true }));

  it("has stored all that it answered 202 for, once, with SQLite", async () => {
    const acknowledged = new Set<number>();
    for (const signal of ["SIGKILL", "SIGTERM", "SIGKILL"] as const) {
      const server = spawnServer({ env: { DATA_DIR: directory, DRAIN_DELAY_SECONDS: "0" } });
      try {
        const url = await server.url();
        // What was on its way when the process ended is sent again.
        let next = Math.max(0, ...acknowledged) - CLIENTS;
        let count = 0;
        const client = async (): Promise<void> => {
          for (;;) {
            const number = Math.max(0, next++);
            const response = await postEvents(url, body(number)).catch(() => undefined);
            if (response?.status !== 202) return;
            acknowledged.add(number);
            if (++count === ACKNOWLEDGED) server.child.kill(signal);
          }
        };
        await Promise.all(Array.from({ length: CLIENTS }, client));
        const exit = await server.exit;
        expect(exit).to.deep.equal(
          signal === "SIGKILL" ? { code: null, signal } : { code: 0, signal: null },
        );
        expect(count).to.be.at.least(ACKNOWLEDGED);
      } finally {
        await server.dispose();
      }
    }
    await expectStored(directory, [...acknowledged]);
  });
});

function batch(number: number): ReturnType<typeof batchOf> {
  return batchOf("http", number).map((event) => ({ ...event, time: event.time + SHIFT }));
}

function body(number: number): unknown {
  return batch(number).map((event) => ({ ...event, time: new Date(event.time).toISOString() }));
}

async function expectStored(directory: string, acknowledged: readonly number[]): Promise<void> {
  const service = await openEventsService({ store: { kind: "sqlite", directory } });
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
