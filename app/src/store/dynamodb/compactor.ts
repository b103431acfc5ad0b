import { randomUUID } from "node:crypto";
import { Delta, featureCap } from "../../events/delta.ts";
import type { Level } from "../../events/intervals.ts";
import { LEVEL_QUARTERS } from "../../events/intervals.ts";
import { UserSet } from "../../events/user-set.ts";
import { QUARTERS_PER_DAY } from "../../events/zone.ts";
import { decodeDelta, encodeDelta, encodeFeatures, encodeTotals } from "./codec.ts";
import { COUNTS, DELTA_PREFIX, key, setSortKey } from "./keys.ts";
import type { Item, Table } from "./table.ts";

/** Most deltas that are folded at once: with the counters they fill less than one transaction. */
const FOLD_LIMIT = 80;
/** Names of folded deltas that the counters remember: those of the last three rounds. */
const FOLDED_LIMIT = FOLD_LIMIT * 3;
const PARALLEL_PUTS = 16;
const LEVELS = Object.keys(LEVEL_QUARTERS) as Level[];

/**
 * `clean`: nothing to fold. `conflict`: another task is at it, and nothing was counted. `stopped`: nothing was counted,
 * either.
 */
export type CompactionResult = "clean" | "folded" | "conflict" | "stopped";

/**
 * Folds the oldest deltas of a partition (a UTC day's shard) into its sets of users and its counters.
 *
 * Safe at any point of failure and in any number of tasks at once: sets are written first, each only over the version
 * that was read, and adding to a set twice changes nothing; then one transaction writes the counters and removes the
 * deltas, so that each delta is counted exactly once.
 * @param stopped asked between the calls; true ends the fold there.
 */
export async function compact(
  table: Table,
  partition: string,
  stopped: () => boolean,
): Promise<CompactionResult> {
  const deltas = await table.query(partition, {
    from: DELTA_PREFIX,
    to: `${DELTA_PREFIX}~`,
    limit: FOLD_LIMIT,
  });
  if (deltas.length === 0) return "clean";
  if (stopped()) return "stopped";
  const stored = await table.get(key(partition, COUNTS));
  const counts =
    stored?.["quarters"]?.B === undefined ? new Delta() : decodeDelta(stored["quarters"].B);
  const added = new Delta();
  const counted = featureCap(counts.features());
  for (const delta of deltas)
    if (delta["data"]?.B !== undefined) added.merge(decodeDelta(delta["data"].B), counted);

  if (stopped()) return "stopped";
  if (!(await addToSets(table, partition, added, stopped))) return "conflict";
  if (stopped()) return "stopped";
  counts.merge(added);
  const names = deltas.map((delta) => delta["sk"]?.S ?? "");
  const item = {
    ...key(partition, COUNTS),
    totals: { B: encodeTotals(counts) },
    features: { B: encodeFeatures(counts) },
    quarters: { B: encodeDelta(counts, false) },
    folded: { S: [...names, ...foldedOf(stored)].slice(0, FOLDED_LIMIT).join(" ") },
  };
  try {
    await table.transact(
      [
        { kind: "put-version", item, version: versionOf(stored) },
        ...names.map((name) => ({ kind: "delete", key: key(partition, name) }) as const),
      ],
      randomUUID(),
    );
    return "folded";
  } catch (error) {
    if (error instanceof Error && error.name === "TransactionCanceledException") return "conflict";
    throw error;
  }
}

/** Names of the deltas that the counters contain although a reader may have seen them just before. */
export function foldedOf(counts: Item | undefined): string[] {
  return counts?.["folded"]?.S?.split(" ") ?? [];
}

/**
 * Adds users to the sets of all levels, or to some of them when it is stopped. False when another task changed one of
 * them meanwhile.
 */
async function addToSets(
  table: Table,
  partition: string,
  added: Delta,
  stopped: () => boolean,
): Promise<boolean> {
  const users = new Map<string, Set<number>>();
  for (const [quarter, { features }] of added.quarters) {
    const ofDay = quarter % QUARTERS_PER_DAY;
    for (const [feature, { users: hashes }] of features) {
      for (const level of LEVELS) {
        const bucket = Math.floor(ofDay / LEVEL_QUARTERS[level]);
        for (const name of [setSortKey(level, bucket, ""), setSortKey(level, bucket, feature)]) {
          const set = users.get(name) ?? new Set();
          for (const hash of hashes) set.add(hash);
          users.set(name, set);
        }
      }
    }
  }
  const items = await table.batchGet([...users.keys()].map((name) => key(partition, name)));
  const stored = new Map(items.map((item) => [item["sk"]?.S, item]));
  const puts: (() => Promise<boolean>)[] = [];
  for (const [name, hashes] of users) {
    const item = stored.get(name);
    const set = item?.["users"]?.B === undefined ? new UserSet() : UserSet.decode(item["users"].B);
    let grown = false;
    for (const hash of hashes) grown = set.add(hash) || grown;
    if (!grown) continue;
    const next = { ...key(partition, name), users: { B: set.encode() } };
    puts.push(() => table.putVersion(next, versionOf(item)));
  }
  for (let at = 0; at < puts.length && !stopped(); at += PARALLEL_PUTS) {
    const done = await Promise.all(puts.slice(at, at + PARALLEL_PUTS).map((put) => put()));
    if (done.includes(false)) return false;
  }
  return true;
}

function versionOf(item: Item | undefined): number {
  return Number(item?.["version"]?.N ?? 0);
}
