import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Delta } from "../../events/delta.ts";
import type { Level } from "../../events/intervals.ts";
import { LEVEL_QUARTERS } from "../../events/intervals.ts";
import { UserSet } from "../../events/user-set.ts";
import { Generations } from "../generations.ts";
import { ALL_FEATURES, cellKey } from "./cell-key.ts";
import type { Features } from "./features.ts";

interface Counts {
  events: number;
  errors: number;
  sessions: number;
}

const LEVELS = Object.keys(LEVEL_QUARTERS) as Level[];
/** Sets kept in memory: three levels of a few hundred features. */
const CACHED_SETS = 1000;

/** Counters and sets of users as the writer changes them. The cache is valid while nobody else writes. */
export class Cells {
  readonly #addCounts: StatementSync;
  readonly #selectUsers: StatementSync;
  readonly #putUsers: StatementSync;
  readonly #sets = new Generations<number, UserSet>(CACHED_SETS);

  constructor(database: DatabaseSync) {
    this.#addCounts = database.prepare(
      `INSERT INTO counts (key, events, errors, sessions) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET
       events = events + excluded.events, errors = errors + excluded.errors, sessions = sessions + excluded.sessions`,
    );
    this.#selectUsers = database.prepare("SELECT users FROM members WHERE key = ?");
    this.#putUsers = database.prepare("INSERT OR REPLACE INTO members (key, users) VALUES (?, ?)");
  }

  clear(): void {
    this.#sets.clear();
  }

  /** Adds a group's delta on every level. */
  add(delta: Delta, features: Features): void {
    const counts = new Map<number, Counts>();
    const changed = new Map<number, UserSet>();
    for (const [quarter, { sessions, features: byFeature }] of delta.quarters) {
      for (const level of LEVELS) {
        const bucket = Math.floor(quarter / LEVEL_QUARTERS[level]);
        const all = cellKey(level, bucket, ALL_FEATURES);
        countsOf(counts, all).sessions += sessions;
        for (const [feature, { events, errors, users }] of byFeature) {
          for (const key of [all, cellKey(level, bucket, features.number(feature))]) {
            const sum = countsOf(counts, key);
            sum.events += events;
            sum.errors += errors;
            this.#addUsers(key, users, changed);
          }
        }
      }
    }
    for (const [key, sum] of counts) this.#addCounts.run(key, sum.events, sum.errors, sum.sessions);
    for (const [key, set] of changed) this.#putUsers.run(key, set.encode());
  }

  #addUsers(key: number, users: readonly number[], changed: Map<number, UserSet>): void {
    let set = changed.get(key) ?? this.#sets.get(key);
    if (set === undefined) {
      const stored = this.#selectUsers.get(key)?.["users"];
      set = stored instanceof Uint8Array ? UserSet.decode(stored) : new UserSet();
      this.#sets.set(key, set);
    }
    let grown = false;
    for (const user of users) grown = set.add(user) || grown;
    if (grown) changed.set(key, set);
  }
}

function countsOf(counts: Map<number, Counts>, key: number): Counts {
  let found = counts.get(key);
  if (found === undefined) counts.set(key, (found = { events: 0, errors: 0, sessions: 0 }));
  return found;
}
