/**
 * Ingest and reports of the SQLite store, in this process with its own threads:
 *
 *     node bench/store/sqlite.ts [events]
 *
 * Prints events a second and CPU per event (all threads of the process), then quantiles of reports over the events.
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EventsService, UsageEvent } from "../../app/src/events/service.ts";
import { openEventsService } from "../../app/src/events/service.ts";
import { makeEvents, MILLION } from "./workload.ts";

const BATCH = 500;
/** Requests on the way at the same time. */
const CLIENTS = 8;
const ROUNDS = 60;
const DAY = 86_400_000;

const count = Number(process.argv[2] ?? MILLION.events);
const directory = mkdtempSync(join(tmpdir(), "bench-store-"));
try {
  const service = await openEventsService({ store: { kind: "sqlite", directory } });
  await ingest(service);
  await reports(service);
  const size = statSync(join(directory, "events.db")).size;
  console.log(
    `database ${(size / 2 ** 20).toFixed(0)} MiB, ${(size / count).toFixed(0)} B an event`,
  );
  await service.close();
} finally {
  rmSync(directory, { recursive: true });
}

async function ingest(service: EventsService): Promise<void> {
  const batches = [...batchesOf(makeEvents({ ...MILLION, events: count }, Date.now()))];
  const cpu = process.cpuUsage();
  const begin = performance.now();
  let next = 0;
  const client = async (): Promise<void> => {
    for (let batch = batches[next++]; batch !== undefined; batch = batches[next++])
      await service.submit(batch);
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  const seconds = (performance.now() - begin) / 1000;
  const used = process.cpuUsage(cpu);
  console.log(
    `ingest ${String(count)} events in batches of ${String(BATCH)}: ${(count / seconds).toFixed(0)} events/s, ` +
      `${((used.user + used.system) / count).toFixed(1)} us of CPU an event`,
  );
}

function* batchesOf(events: Iterable<UsageEvent>): Generator<UsageEvent[]> {
  let batch: UsageEvent[] = [];
  for (const event of events) {
    batch.push(event);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function reports(service: EventsService): Promise<void> {
  const today = Math.floor(Date.now() / DAY);
  for (const timeZone of ["UTC", "America/New_York", "Asia/Kolkata"]) {
    const range = { fromDay: today - 29, toDay: today, timeZone };
    await quantiles(`activity by day, 30 days, ${timeZone}`, () =>
      service.activity({ ...range, interval: "day" }),
    );
    await quantiles(`activity by hour, 30 days, ${timeZone}`, () =>
      service.activity({ ...range, interval: "hour" }),
    );
    await quantiles(`features, 15 days against 15, ${timeZone}`, () =>
      service.features({ ...range, fromDay: today - 14, limit: 100 }),
    );
    await quantiles(`kpis, ${timeZone}`, () => service.kpis({ day: today, timeZone }));
  }
}

async function quantiles(
  name: string,
  report: () => Promise<{ precision: { exact: boolean } }>,
): Promise<void> {
  const times: number[] = [];
  let exact = true;
  for (let round = 0; round < ROUNDS; round++) {
    const begin = performance.now();
    exact = (await report()).precision.exact;
    times.push(performance.now() - begin);
  }
  times.sort((a, b) => a - b);
  const at = (share: number): string =>
    (times[Math.ceil(times.length * share) - 1] ?? 0).toFixed(1);
  console.log(`${name}: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, ${exact ? "exact" : "estimated"}`);
}
