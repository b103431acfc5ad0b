import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

const VERSION = 1;
/** How long a statement waits for another process that writes, in ms. */
const BUSY_TIMEOUT = 4000;

/**
 * `events`: what was received (`event` is JSON), in that order (`seq`), for as long as an id must be known.
 * `users`: numbers users, for `sets`; `counts`: counters by UTC day and feature;
 * `sets`: exact sets of users by UTC day and feature ("" stands for all), cut into pieces (see `NumberSet`).
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
  PRAGMA user_version = ${String(VERSION)};
`;

/** Opens the database of a folder; makes folder, file and tables when they are missing. Throws one sentence when it cannot. */
export function openDatabase(directory: string): DatabaseSync {
  const file = join(directory, "usage.db");
  attempt(`DATA_DIR ${directory} cannot be created`, () =>
    mkdirSync(directory, { recursive: true }),
  );
  return attempt(`The database ${file} in DATA_DIR cannot be opened`, () => {
    const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT });
    try {
      // FULL: a commit is on disk before it is acknowledged, also when the machine loses power.
      database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; BEGIN IMMEDIATE");
      const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
      if (version === 0) database.exec(SCHEMA);
      else if (version !== VERSION) throw new Error(`it has the unknown format ${String(version)}`);
      database.exec("COMMIT");
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

function attempt<T>(failure: string, call: () => T): T {
  try {
    return call();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const help = "set STORE=dynamodb or mount a volume that can be written";
    throw new Error(`${failure}: ${reason}; ${help}.`, { cause });
  }
}
