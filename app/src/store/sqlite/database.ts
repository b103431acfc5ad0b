import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLOutputValue, type StatementSync } from "node:sqlite";
import { DAY, type DayRange } from "../../events/day.ts";
import type { Count, Member, StoredEvent, UsageEvent } from "../../events/event.ts";
import { countEvents, MAX_AGE_DAYS } from "../../events/event.ts";
import type { Figures, FiguresQuery } from "../../events/reports.ts";
import type { EventPage } from "../store.ts";

const VERSION = 1;
/** How long a statement waits for another process that writes, in ms. */
const BUSY_TIMEOUT = 4000;
/** Users of one row of `sets`, one bit each. */
const PIECE_BITS = 4096;
/** Ids are kept a day longer than events may be old, for clocks that differ. */
const KEPT = (MAX_AGE_DAYS + 1) * DAY;
/** Most events that one batch removes on its way: keeps pace with what comes in without holding it up. */
const PRUNE_LIMIT = 2000;

/**
 * `events`: what was received (`event` is JSON), in that order (`seq`), for as long as an id must be known.
 * `users`: numbers users, for `sets`; `counts`: counters by UTC day and feature;
 * `sets`: exact sets of users by UTC day and feature ("" stands for all), cut into pieces of 4096 bits.
 */
const SCHEMA = `
  CREATE TABLE events (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, event TEXT NOT NULL, received INTEGER NOT NULL) STRICT;
  CREATE TABLE users (number INTEGER PRIMARY KEY, user TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE counts (
    day INTEGER NOT NULL, feature TEXT NOT NULL, events INTEGER NOT NULL, errors INTEGER NOT NULL,
    PRIMARY KEY (day, feature)) STRICT, WITHOUT ROWID;
  CREATE TABLE sets (
    day INTEGER NOT NULL, feature TEXT NOT NULL, piece INTEGER NOT NULL, bits BLOB NOT NULL,
    PRIMARY KEY (day, feature, piece)) STRICT, WITHOUT ROWID;
  PRAGMA user_version = ${VERSION};
`;

/** Opens the database of a folder; makes folder, file and tables when they are missing. Throws one sentence when it cannot. */
export function openDatabase(directory: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(directory, { recursive: true });
    database = new DatabaseSync(join(directory, "usage.db"), { timeout: BUSY_TIMEOUT });
    // FULL: a commit is on disk before it is acknowledged, also when the machine loses power.
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; BEGIN IMMEDIATE");
    const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
    if (version === 0) database.exec(SCHEMA);
    else if (version !== VERSION) throw new Error(`it has the unknown format ${version}`);
    database.exec("COMMIT");
    return database;
  } catch (cause) {
    database?.close();
    const what = `The database usage.db in DATA_DIR ${directory} cannot be opened`;
    const help = "set STORE=dynamodb or mount a volume that can be written";
    throw new Error(`${what}: ${(cause as Error).message}; ${help}.`, { cause });
  }
}

export type Calls = ReturnType<typeof prepareCalls>;

/** What the thread does with the database: commits of events, and reads. */
export function prepareCalls(database: DatabaseSync) {
  const insert = database.prepare(
    "INSERT INTO events (id, event, received) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING",
  );
  const prune = database.prepare(
    "DELETE FROM events WHERE seq IN (SELECT seq FROM events ORDER BY seq LIMIT ?) AND received < ?",
  );
  const count = database.prepare(
    `INSERT INTO counts (day, feature, events, errors) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET events = events + excluded.events, errors = errors + excluded.errors`,
  );
  const addMembers = prepareSets(database);
  const byId = database.prepare("SELECT event FROM events WHERE id = ?");
  const page = database.prepare("SELECT * FROM events WHERE seq < ? ORDER BY seq DESC LIMIT ?");
  const countsOf = database.prepare("SELECT * FROM counts WHERE day BETWEEN ? AND ?");
  const ofAll = database.prepare("SELECT * FROM sets WHERE feature = '' AND day BETWEEN ? AND ?");
  const ofEach = database.prepare("SELECT * FROM sets WHERE feature > '' AND day BETWEEN ? AND ?");

  return {
    /** Commits a batch, with everything that reports read; tells which events were new. */
    write(events: readonly UsageEvent[], received = Date.now()): boolean[] {
      database.exec("BEGIN IMMEDIATE");
      try {
        const isNew = events.map((event) => {
          const json = JSON.stringify({ ...event, received } satisfies StoredEvent);
          return insert.run(event.id, json, received).changes === 1;
        });
        const { counts, members } = countEvents(events.filter((_, at) => isNew[at]));
        for (const { day, feature, events: number, errors } of counts)
          count.run(day, feature, number, errors);
        addMembers(members);
        prune.run(PRUNE_LIMIT, received - KEPT);
        database.exec("COMMIT");
        return isNew;
      } catch (error) {
        if (database.isTransaction) database.exec("ROLLBACK");
        throw error;
      }
    },
    event(id: string): StoredEvent | undefined {
      const row = byId.get(id);
      return row && toEvent(row);
    },
    /** Events below a place in the order of receipt, which is also the next cursor. */
    list(limit: number, below = Number.MAX_SAFE_INTEGER): EventPage {
      const rows = page.all(below, limit + 1);
      const seq = rows[limit - 1]?.["seq"];
      const events = rows.slice(0, limit).map(toEvent);
      return rows.length <= limit ? { events } : { events, nextCursor: String(seq) };
    },
    figures({ counts, users, byFeature }: FiguresQuery): Figures {
      const rows = (of: StatementSync, { fromDay, toDay }: DayRange) => of.iterate(fromDay, toDay);
      return {
        counts: [...rows(countsOf, counts)] as unknown as Count[],
        users: users.map((range) => unite(rows(ofAll, range)).get("") ?? 0),
        byFeature: byFeature.map((range) => unite(rows(ofEach, range))),
      };
    },
    /** Succeeds when a commit would get the lock. */
    ping() {
      database.exec("BEGIN IMMEDIATE; COMMIT");
    },
  };
}

type Row = Record<string, SQLOutputValue>;

const toEvent = ({ event }: Row): StoredEvent => JSON.parse(String(event)) as StoredEvent;

/** Sizes of the united sets, by feature. */
const unite = (rows: Iterable<Row>): Map<string, number> =>
  new Map([...Map.groupBy(rows, ({ feature }) => String(feature))].map(([f, of]) => [f, size(of)]));

/** Number of ones in each byte. */
const ONES = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).split("1").length - 1);

function size(rows: readonly Row[]): number {
  const pieces = new Map<unknown, Uint8Array>();
  let users = 0;
  for (const { piece, bits } of rows) {
    const united = pieces.get(piece) ?? new Uint8Array(PIECE_BITS / 8);
    pieces.set(piece, united);
    const more = bits as Uint8Array;
    for (let at = 0; at < united.length; at++) {
      const known = united[at] ?? 0;
      const all = (united[at] = known | (more[at] ?? 0));
      users += ONES[all ^ known] ?? 0;
    }
  }
  return users;
}

/** Adds members to the sets of their day: that of their feature, and that of all. */
function prepareSets(database: DatabaseSync): (members: readonly Member[]) => void {
  const number = database.prepare("SELECT number FROM users WHERE user = ?");
  const newUser = database.prepare("INSERT INTO users (user) VALUES (?)");
  const select = database.prepare(
    "SELECT bits FROM sets WHERE day = ? AND feature = ? AND piece = ?",
  );
  const put = database.prepare("INSERT OR REPLACE INTO sets VALUES (?, ?, ?, ?)");
  return (members) => {
    const rows = new Map<string, [day: number, set: string, piece: number, bits: Uint8Array]>();
    for (const { day, feature, user } of members) {
      const of = Number(number.get(user)?.["number"] ?? newUser.run(user).lastInsertRowid);
      const [piece, at] = [Math.floor(of / PIECE_BITS), (of % PIECE_BITS) >>> 3];
      for (const set of [feature, ""]) {
        const key = `${day} ${piece} ${set}`;
        const stored = rows.get(key)?.[3] ?? select.get(day, set, piece)?.["bits"];
        const bits = stored instanceof Uint8Array ? stored : new Uint8Array(PIECE_BITS / 8);
        bits[at] = (bits[at] ?? 0) | (1 << (of & 7));
        rows.set(key, [day, set, piece, bits]);
      }
    }
    for (const row of rows.values()) put.run(...row);
  };
}
