/**
 * Ingest and reports of the SQLite store, in this process with its own threads:
 *
 *     node bench/store/sqlite.ts [events]
 *
 * Prints events a second and CPU per event (all threads of the process), then quantiles of reports over the events, by
 * the clock and by CPU. On a busy machine only the CPU figures can be compared.
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { UsageEvent } from "../../src/events/event.ts";
import type { Store } from "../../src/store/store.ts";
import { openStore } from "../../src/store/open.ts";
import { makeEvents, MILLION } from "./workload.ts";

const BATCH = 500;
/** Requests on the way at the same time. */
const CLIENTS = 8;
const WARM_UP = 3;
const ROUNDS = 100;
const DAY = 86_400_000;

export async function benchStore(count = MILLION.events): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "bench-store-"));
  try {
    const store = await openStore({ store: "sqlite", dataDir: directory });
    await ingest(store, count);
    await reports(store);
    const size = statSync(join(directory, "usage.db")).size;
    console.log(
      `database ${(size / 2 ** 20).toFixed(0)} MiB, ${(size / count).toFixed(0)} B an event`,
    );
    await store.close();
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function ingest(store: Store, count: number): Promise<void> {
  const batches = [...batchesOf(makeEvents({ ...MILLION, events: count }, Date.now()))];
  const cpu = process.cpuUsage();
  const begin = performance.now();
  let next = 0;
  const client = async (): Promise<void> => {
    for (let batch = batches[next++]; batch !== undefined; batch = batches[next++])
      await store.add(batch);
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  const seconds = (performance.now() - begin) / 1000;
  const used = cpuMicroseconds(cpu) / count;
  console.log(
    `ingest of ${String(count)} events in batches of ${String(BATCH)}: ${(count / seconds).toFixed(0)} events/s, ` +
      `${used.toFixed(1)} us of CPU an event (${(1e6 / used).toFixed(0)} events/s on one idle core)`,
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

async function reports(store: Store): Promise<void> {
  const today = Math.floor(Date.now() / DAY);
  const range = { fromDay: today - 29, toDay: today };
  await quantiles("one event", () => store.event("none"));
  await quantiles("activity, 30 days", () => store.activity(range));
  await quantiles("features, 15 days against 15", () =>
    store.features({ ...range, fromDay: today - 14, limit: 100 }),
  );
  await quantiles("KPIs", () => store.kpis({ day: today }));
}

async function quantiles(name: string, report: () => Promise<unknown>): Promise<void> {
  const wall: number[] = [];
  const cpu: number[] = [];
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    const begin = performance.now();
    await report();
    if (round < 0) continue;
    wall.push(performance.now() - begin);
    cpu.push(cpuMicroseconds(before) / 1000);
  }
  console.log(`${name}: ${summary(wall)}; CPU ${summary(cpu)}`);
}

function summary(values: number[]): string {
  values.sort((a, b) => a - b);
  const at = (share: number): string =>
    (values[Math.ceil(values.length * share) - 1] ?? 0).toFixed(1);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`;
}

function cpuMicroseconds(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return user + system;
}

if (process.argv[1] === import.meta.filename)
  await benchStore(Number(process.argv[2] ?? MILLION.events));
