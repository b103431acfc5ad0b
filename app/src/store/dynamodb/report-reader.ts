import type { ReadCells } from "../../events/compute-reports.ts";
import type { Level, Piece } from "../../events/intervals.ts";
import { LEVEL_QUARTERS } from "../../events/intervals.ts";
import { QUARTERS_PER_DAY } from "../../events/zone.ts";
import { DayData } from "./day-data.ts";
import { COUNTS, dayPartition, DELTA_PREFIX, setPrefix, SHARDS } from "./keys.ts";
import type { Item, Table } from "./table.ts";

/** Queries of one report on their way at the same time. */
export const PARALLEL_QUERIES = 32;

/** Buckets of one level within a UTC day: `from` is included, `to` is not. */
interface Part {
  readonly level: Level;
  readonly byFeature: boolean;
  from: number;
  to: number;
}

/**
 * Computes a report. What it needs is found by computing it once over nothing: the intervals that a report reads do not
 * depend on what they hold. `onDeltas` is told of partitions with deltas to fold, and when the oldest was received (ms).
 */
export async function readReport<T>(
  table: Table,
  compute: (read: ReadCells) => T,
  onDeltas: (partition: string, oldest: number) => void,
): Promise<T> {
  const needs = new Map<number, Map<string, Part>>();
  compute((pieces, byFeature) =>
    pieces.map((piece) => {
      for (const [day, part] of partsOf(piece, byFeature)) need(needs, day, part);
      return [];
    }),
  );
  const days = new Map<number, DayData>();
  const reads: (() => Promise<void>)[] = [];
  for (const [day, parts] of needs) {
    const data = new DayData(day);
    days.set(day, data);
    for (let shard = 0; shard < SHARDS; shard++) {
      const partition = dayPartition(day, shard);
      reads.push(async () => {
        const waiting = data.addShard(await readShard(table, partition, [...parts.values()]));
        if (waiting.length > 0) onDeltas(partition, Math.min(...waiting));
      });
    }
  }
  await inParallel(reads);
  return compute((pieces, byFeature) =>
    pieces.map((piece) =>
      [...partsOf(piece, byFeature)].flatMap(
        ([day, { level, from, to }]) => days.get(day)?.cells(level, byFeature, from, to) ?? [],
      ),
    ),
  );
}

/**
 * Deltas, counters and sets of users of one shard. Sets are read after the deltas: a delta that is folded in between is
 * then found in the sets, and its name in the counters.
 */
async function readShard(table: Table, partition: string, parts: readonly Part[]): Promise<Item[]> {
  const ofDay = parts.filter(({ level }) => level === "day");
  const last =
    ofDay.length === 0
      ? COUNTS
      : `${setPrefix(
          "day",
          ofDay.some(({ byFeature }) => byFeature),
        )}~`;
  const items = await table.query(partition, { from: DELTA_PREFIX, to: last });
  for (const { level, byFeature, from, to } of parts) {
    if (level === "day") continue;
    const prefix = setPrefix(level, byFeature);
    items.push(
      ...(await table.query(partition, {
        from: `${prefix}${pad(from)}#`,
        to: `${prefix}${pad(to - 1)}#~`,
      })),
    );
  }
  return items;
}

/** The parts of a piece by UTC day. */
function* partsOf(
  { level, from, to }: Piece,
  byFeature: boolean,
): Generator<readonly [day: number, part: Part]> {
  const size = QUARTERS_PER_DAY / LEVEL_QUARTERS[level];
  for (let at = from; at < to;) {
    const day = Math.floor(at / size);
    const end = Math.min(to, (day + 1) * size);
    yield [day, { level, byFeature, from: at - day * size, to: end - day * size }];
    at = end;
  }
}

/** Widens what is needed of a day: parts of one kind become one range. */
function need(needs: Map<number, Map<string, Part>>, day: number, part: Part): void {
  let parts = needs.get(day);
  if (parts === undefined) needs.set(day, (parts = new Map<string, Part>()));
  const kind = setPrefix(part.level, part.byFeature);
  const found = parts.get(kind);
  if (found === undefined) parts.set(kind, { ...part });
  else {
    found.from = Math.min(found.from, part.from);
    found.to = Math.max(found.to, part.to);
  }
}

async function inParallel(tasks: readonly (() => Promise<void>)[]): Promise<void> {
  const queue = tasks.values();
  const work = async (): Promise<void> => {
    for (const task of queue) await task();
  };
  await Promise.all(Array.from({ length: PARALLEL_QUERIES }, work));
}

function pad(bucket: number): string {
  return String(bucket).padStart(2, "0");
}
