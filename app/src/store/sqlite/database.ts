import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { OTHER_FEATURE } from "../../events/delta.ts";

const FILE = "events.db";
const VERSION = 1;
/** Of the file, most that is mapped into memory: address space, of which the system keeps in memory what it can. */
const MAPPED_BYTES = 2 ** 28;
/** Number of `(other)` among features. */
export const OTHER_NUMBER = 1;

/**
 * `events`: what was received, in that order (`seq`), for as long as an id must be known.
 * `user_days`: runs of each user's events by UTC day (see `addActivity`).
 * `counts`, `members`: counters and sets of users by interval and feature (see `cellKey`); apart, because a set changes
 * far less often than a count and is up to 6 KB long.
 */
const SCHEMA = `
  CREATE TABLE events (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, user TEXT NOT NULL, feature TEXT NOT NULL,
    time INTEGER NOT NULL, properties TEXT, received INTEGER NOT NULL) STRICT;
  CREATE TABLE user_days (
    day INTEGER NOT NULL, user TEXT NOT NULL, spans BLOB NOT NULL, PRIMARY KEY (day, user)) STRICT, WITHOUT ROWID;
  CREATE TABLE features (number INTEGER PRIMARY KEY, feature TEXT NOT NULL UNIQUE) STRICT;
  INSERT INTO features (number, feature) VALUES (${String(OTHER_NUMBER)}, '${OTHER_FEATURE}');
  CREATE TABLE counts (
    key INTEGER PRIMARY KEY, events INTEGER NOT NULL, errors INTEGER NOT NULL, sessions INTEGER NOT NULL) STRICT;
  CREATE TABLE members (key INTEGER PRIMARY KEY, users BLOB NOT NULL) STRICT;
  PRAGMA user_version = ${String(VERSION)};
`;

/**
 * Opens the database of a folder for writing; makes folder, file and tables when they are missing. Several processes
 * may do so at the same time; a statement waits `busyTimeout` ms for another that writes. Throws when the folder cannot be written or the file is of another version.
 */
export function openForWriting(directory: string, busyTimeout: number): DatabaseSync {
  mkdirSync(directory, { recursive: true });
  const database = new DatabaseSync(join(directory, FILE), { timeout: busyTimeout });
  try {
    enableWal(database, busyTimeout);
    // FULL: a commit is on disk before it is acknowledged, also when the machine loses power.
    database.exec("PRAGMA synchronous = FULL; PRAGMA cache_size = -16384;");
    database.exec("BEGIN IMMEDIATE");
    const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
    if (version === 0) database.exec(SCHEMA);
    database.exec("COMMIT");
    if (version !== 0 && version !== VERSION) {
      const file = join(directory, FILE);
      throw new Error(
        `${file} has the format ${String(version)}, this app reads ${String(VERSION)}: use another DATA_DIR.`,
      );
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Opens the database for reading; it must exist. Reads never wait for writers. */
export function openForReading(directory: string, busyTimeout: number): DatabaseSync {
  const database = new DatabaseSync(join(directory, FILE), { timeout: busyTimeout });
  // Not the option `readOnly`: the reader of a WAL must be able to make the shared-memory file.
  // Mapped, a set of users is copied once instead of twice: reports take a third less time.
  database.exec(
    `PRAGMA query_only = ON; PRAGMA cache_size = -16384; PRAGMA mmap_size = ${String(MAPPED_BYTES)};`,
  );
  return database;
}

/** The change to WAL mode needs the file alone for a moment, and does not wait for it by itself. */
function enableWal(database: DatabaseSync, busyTimeout: number): void {
  const deadline = Date.now() + busyTimeout;
  for (;;) {
    try {
      database.exec("PRAGMA journal_mode = WAL");
      return;
    } catch (error) {
      if (!isBusy(error) || Date.now() > deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

/** SQLITE_BUSY, primary or extended (https://www.sqlite.org/rescode.html). */
function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && (Number(error.errcode) & 0xff) === 5;
}
