import type { DatabaseSync, StatementSync } from "node:sqlite";
import { Delta } from "../../events/delta.ts";
import { MAX_AGE_DAYS } from "../../events/event.ts";
import { hashUser } from "../../events/user-hash.ts";
import { Cells } from "./cells.ts";
import { Features } from "./features.ts";
import { openForWriting } from "./database.ts";
import { UserDays } from "./user-days.ts";

const DAY = 86_400_000;
/** Ids are kept a day longer than events may be old, for clocks that differ between processes. */
const KEPT_DAYS = MAX_AGE_DAYS + 1;
/** Most events that one group removes on its way: keeps pace with what comes in without holding it up. */
const PRUNE_LIMIT = 2000;
const PRUNE_INTERVAL = 60_000;

/** Events as they cross to the thread: id, name, user, feature, time, JSON of properties or null, for each event. */
export type Rows = readonly (string | number | null)[];
export const ROW_LENGTH = 6;

/** Writes groups of events: each in one transaction, with everything that reports read. */
export class Writer {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #dataVersion: StatementSync;
  readonly #pruneEvents: StatementSync;
  readonly #pruneDays: StatementSync;
  readonly #features: Features;
  readonly #cells: Cells;
  readonly #userDays: UserDays;
  #version: unknown;
  #nextPrune = 0;

  constructor(directory: string, busyTimeout: number) {
    const database = openForWriting(directory, busyTimeout);
    this.#database = database;
    this.#insert = database.prepare(
      `INSERT INTO events (id, name, user, feature, time, properties, received) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO NOTHING`,
    );
    this.#dataVersion = database.prepare("PRAGMA data_version");
    this.#pruneEvents = database.prepare(
      "DELETE FROM events WHERE seq IN (SELECT seq FROM events ORDER BY seq LIMIT ?) AND received < ?",
    );
    this.#pruneDays = database.prepare("DELETE FROM user_days WHERE day < ?");
    this.#features = new Features(database);
    this.#cells = new Cells(database);
    this.#userDays = new UserDays(database);
  }

  /** Commits a group. Returns 1 for each event that was new, 0 where the id was known. */
  write(rows: Rows, now = Date.now()): Uint8Array<ArrayBuffer> {
    return this.#transaction(() => {
      const accepted = new Uint8Array(rows.length / ROW_LENGTH);
      const delta = new Delta();
      for (let index = 0; index < accepted.length; index++) {
        const at = index * ROW_LENGTH;
        const [id, name, user, feature, time, properties] = rows.slice(at, at + ROW_LENGTH) as [
          string,
          string,
          string,
          string,
          number,
          string | null,
        ];
        const { changes } = this.#insert.run(id, name, user, feature, time, properties, now);
        if (changes === 0) continue;
        accepted[index] = 1;
        const counted = this.#features.counted(feature, Math.floor(time / DAY));
        delta.add({ name, time }, hashUser(user), counted);
        for (const [quarter, sessions] of this.#userDays.add(user, time))
          delta.addSessions(quarter, sessions);
      }
      this.#userDays.flush();
      this.#cells.add(delta, this.#features);
      this.#prune(now);
      return accepted;
    });
  }

  /** Succeeds when a commit would: takes the lock and writes. */
  probe(): void {
    this.#transaction(() => {
      this.#database.exec("PRAGMA user_version = 1");
    });
  }

  close(): void {
    this.#database.close();
  }

  #transaction<T>(work: () => T): T {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      this.#forgetWhenOthersWrote();
      const result = work();
      this.#database.exec("COMMIT");
      return result;
    } catch (error) {
      // What the caches hold by now was never stored.
      this.#forget();
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  /** `data_version` changes when another connection has committed (https://www.sqlite.org/pragma.html#pragma_data_version). */
  #forgetWhenOthersWrote(): void {
    const version = this.#dataVersion.get()?.["data_version"];
    if (version !== this.#version) this.#forget();
    this.#version = version;
  }

  #forget(): void {
    this.#features.clear();
    this.#cells.clear();
    this.#userDays.clear();
  }

  #prune(now: number): void {
    if (now < this.#nextPrune) return;
    const { changes } = this.#pruneEvents.run(PRUNE_LIMIT, now - KEPT_DAYS * DAY);
    // A full batch means that more is due: the next group goes on.
    if (Number(changes) === PRUNE_LIMIT) return;
    this.#pruneDays.run(Math.floor(now / DAY) - KEPT_DAYS - 1);
    this.#nextPrune = now + PRUNE_INTERVAL;
  }
}
