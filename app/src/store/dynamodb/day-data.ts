import type { Cell } from "../../events/compute-reports.ts";
import { Delta } from "../../events/delta.ts";
import type { Level } from "../../events/intervals.ts";
import { LEVEL_QUARTERS } from "../../events/intervals.ts";
import { UserSet } from "../../events/user-set.ts";
import { QUARTERS_PER_DAY } from "../../events/zone.ts";
import type { Totals } from "./codec.ts";
import { decodeDelta, decodeFeatures, decodeTotals } from "./codec.ts";
import { foldedOf } from "./compactor.ts";
import { COUNTS, DELTA_PREFIX, setSortKey } from "./keys.ts";
import type { Item } from "./table.ts";

interface Sum extends Totals {
  readonly users: Uint8Array[];
}

/** What was read of one UTC day: items of all shards, and cells made of them. */
export class DayData {
  readonly #day: number;
  readonly #counts: Item[] = [];
  /** Deltas that are not in the counters yet. */
  readonly #live = new Delta();
  readonly #sets = new Map<string, Uint8Array[]>();
  #quarters: Delta | undefined;

  constructor(day: number) {
    this.#day = day;
  }

  /** Adds the items of one shard. Returns the receipt times of deltas that wait to be folded (ms). */
  addShard(items: readonly Item[]): number[] {
    const counts = items.find((item) => item["sk"]?.S === COUNTS);
    const folded = new Set(foldedOf(counts));
    const waiting: number[] = [];
    if (counts !== undefined) this.#counts.push(counts);
    for (const item of items) {
      const name = item["sk"]?.S ?? "";
      if (name.startsWith(DELTA_PREFIX)) {
        if (folded.has(name) || item["data"]?.B === undefined) continue;
        this.#live.merge(decodeDelta(item["data"].B));
        waiting.push(Number(item["at"]?.N ?? 0));
      } else if (item["users"]?.B !== undefined) {
        const found = this.#sets.get(name);
        if (found === undefined) this.#sets.set(name, [item["users"].B]);
        else found.push(item["users"].B);
      }
    }
    return waiting;
  }

  /** Cells of a level; buckets are counted from the begin of the day, `to` is not included. */
  cells(level: Level, byFeature: boolean, from: number, to: number): Cell[] {
    const cells: Cell[] = [];
    for (let bucket = from; bucket < to; bucket++) {
      const sums = byFeature ? this.#byFeature(level, bucket) : this.#total(level, bucket);
      for (const [feature, sum] of sums) {
        cells.push({
          feature,
          ...sum,
          users: [...sum.users, ...(this.#sets.get(setSortKey(level, bucket, feature)) ?? [])],
        });
      }
    }
    return cells;
  }

  #total(level: Level, bucket: number): Map<string, Sum> {
    const [from, to] = this.#quarterRange(level, bucket);
    const sum = newSum();
    for (const item of this.#counts) {
      const totals = this.#totalsOf(item);
      for (let quarter = from; quarter < to; quarter++) {
        const of = totals.get(quarter);
        if (of === undefined) continue;
        sum.events += of.events;
        sum.errors += of.errors;
        sum.sessions += of.sessions;
      }
    }
    const live = new UserSet();
    for (let quarter = from; quarter < to; quarter++) {
      const of = this.#live.quarters.get(quarter);
      if (of === undefined) continue;
      sum.sessions += of.sessions;
      for (const { events, errors, users } of of.features.values()) {
        sum.events += events;
        sum.errors += errors;
        for (const user of users) live.add(user);
      }
    }
    sum.users.push(live.encode());
    return new Map([["", sum]]);
  }

  #byFeature(level: Level, bucket: number): Map<string, Sum> {
    const sums = new Map<string, Sum>();
    const sumOf = (feature: string): Sum => {
      let sum = sums.get(feature);
      if (sum === undefined) sums.set(feature, (sum = newSum()));
      return sum;
    };
    if (level === "day") {
      for (const item of this.#counts) {
        for (const [feature, counts] of decodeFeatures(item["features"]?.B ?? EMPTY))
          addCounts(sumOf(feature), counts);
      }
    }
    const [from, to] = this.#quarterRange(level, bucket);
    const live = new Map<string, UserSet>();
    for (let quarter = from; quarter < to; quarter++) {
      const folded = level === "day" ? undefined : this.#quarterCounts().quarters.get(quarter);
      for (const [feature, counts] of folded?.features ?? []) addCounts(sumOf(feature), counts);
      for (const [feature, counts] of this.#live.quarters.get(quarter)?.features ?? []) {
        addCounts(sumOf(feature), counts);
        const set = live.get(feature) ?? new UserSet();
        for (const user of counts.users) set.add(user);
        live.set(feature, set);
      }
    }
    for (const [feature, set] of live) sumOf(feature).users.push(set.encode());
    return sums;
  }

  #quarterRange(level: Level, bucket: number): readonly [number, number] {
    const size = LEVEL_QUARTERS[level];
    const from = this.#day * QUARTERS_PER_DAY + bucket * size;
    return [from, from + size];
  }

  readonly #totals = new Map<Item, Map<number, Totals>>();

  #totalsOf(item: Item): Map<number, Totals> {
    let totals = this.#totals.get(item);
    if (totals === undefined)
      this.#totals.set(item, (totals = decodeTotals(item["totals"]?.B ?? EMPTY)));
    return totals;
  }

  /** Decoded on demand: whole days need the sums by feature only. */
  #quarterCounts(): Delta {
    if (this.#quarters === undefined) {
      this.#quarters = new Delta();
      for (const item of this.#counts)
        this.#quarters.merge(decodeDelta(item["quarters"]?.B ?? NO_DELTA));
    }
    return this.#quarters;
  }
}

const EMPTY = new Uint8Array(0);
/** A delta without features and quarter hours. */
const NO_DELTA = new Uint8Array(1);

function newSum(): Sum {
  return { events: 0, errors: 0, sessions: 0, users: [] };
}

function addCounts(
  sum: Sum,
  { events, errors }: { readonly events: number; readonly errors: number },
): void {
  sum.events += events;
  sum.errors += errors;
}
