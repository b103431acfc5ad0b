import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";
import type { Cell, ReadCells } from "../../events/compute-reports.ts";
import { computeActivity, computeFeatures, computeKpis } from "../../events/compute-reports.ts";
import type { PropertyValue, StoredEvent } from "../../events/event.ts";
import type { Piece } from "../../events/intervals.ts";
import type { ListQuery } from "../../events/queries.ts";
import type { EventPage } from "../../events/service.ts";
import { sizeByLength } from "../../events/user-set.ts";
import { decodeCursor, encodeCursor } from "../cursor.ts";
import type { Question } from "../service.ts";
import { featureNumber, keyRange } from "./cell-key.ts";
import { openForReading } from "./database.ts";

type Row = Record<string, SQLOutputValue>;
type CellRow = [key: number, events: number, errors: number, sessions: number];

const NAMES_LIMIT = 10_000;

/** Answers questions from counters and sets of users; raw events are read by id and page only. */
export class Reader {
  readonly #database: DatabaseSync;
  readonly #event: StatementSync;
  readonly #page: StatementSync;
  readonly #cells: StatementSync;
  readonly #users: StatementSync;
  readonly #usersBetween: StatementSync;
  readonly #usersLength: StatementSync;
  readonly #feature: StatementSync;
  readonly #names = new Map<number, string>();

  constructor(directory: string, busyTimeout: number) {
    const database = openForReading(directory, busyTimeout);
    this.#database = database;
    this.#event = database.prepare("SELECT * FROM events WHERE id = ?");
    this.#page = database.prepare("SELECT * FROM events WHERE seq < ? ORDER BY seq DESC LIMIT ?");
    this.#cells = database.prepare(
      "SELECT key, events, errors, sessions FROM counts WHERE key >= ? AND key < ?",
    );
    this.#cells.setReturnArrays(true);
    this.#users = database.prepare("SELECT users FROM members WHERE key = ?");
    this.#users.setReturnArrays(true);
    this.#usersBetween = database.prepare(
      "SELECT key, users FROM members WHERE key >= ? AND key < ?",
    );
    this.#usersBetween.setReturnArrays(true);
    // SQLite tells the length of a blob without reading it.
    this.#usersLength = database.prepare("SELECT length(users) FROM members WHERE key = ?");
    this.#usersLength.setReturnArrays(true);
    this.#feature = database.prepare("SELECT feature FROM features WHERE number = ?");
  }

  answer(question: Question): unknown {
    switch (question.kind) {
      case "event":
        return this.#readEvent(question.id);
      case "list":
        return this.#list(question.query);
      case "activity":
        return this.#snapshot((read) => computeActivity(question.query, read));
      case "features":
        return this.#snapshot((read) => computeFeatures(question.query, read));
      case "kpis":
        return this.#snapshot((read) => computeKpis(question.query, read));
    }
  }

  close(): void {
    this.#database.close();
  }

  #readEvent(id: string): StoredEvent | undefined {
    const row = this.#event.get(id);
    return row === undefined ? undefined : toEvent(row);
  }

  #list({ limit, cursor }: ListQuery): EventPage {
    const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : decodeCursor(cursor, isSeq);
    const rows = this.#page.all(before, limit + 1);
    const events = rows.slice(0, limit).map(toEvent);
    const last = rows[limit - 1];
    return rows.length > limit && last !== undefined
      ? { events, nextCursor: encodeCursor(last["seq"]) }
      : { events };
  }

  /** All parts of a report come from the same state of the store. */
  #snapshot<T>(compute: (read: ReadCells) => T): T {
    this.#database.exec("BEGIN");
    try {
      return compute((piece, byFeature) => this.#readCells(piece, byFeature));
    } finally {
      this.#database.exec("COMMIT");
    }
  }

  #readCells({ level, from, to }: Piece, byFeature: boolean): Cell[] {
    const range = keyRange(level, byFeature, from, to);
    const rows = this.#cells.all(...range) as unknown as CellRow[];
    const usersOf = byFeature ? (key: number) => this.#usersOf(key) : this.#usersOfAll(range);
    return rows.map(([key, events, errors, sessions]) => ({
      feature: byFeature ? this.#name(featureNumber(key)) : "",
      events,
      errors,
      sessions,
      users: usersOf(key),
      exactUsers: () => {
        const row = this.#usersLength.get(key) as [number] | undefined;
        return row === undefined ? undefined : sizeByLength(row[0]);
      },
    }));
  }

  /** Read when they are counted, not before: a report of many features counts one after the other. */
  #usersOf(key: number): Iterable<Uint8Array> {
    const statement = this.#users;
    return {
      [Symbol.iterator]() {
        const row = statement.get(key) as [Uint8Array] | undefined;
        return (row ?? [])[Symbol.iterator]();
      },
    };
  }

  /** Those of all features at once, when the first are counted: neighbours in the file, and counted together. */
  #usersOfAll(range: readonly [number, number]): (key: number) => Iterable<Uint8Array> {
    let sets: Map<number, Uint8Array> | undefined;
    return (key) => ({
      [Symbol.iterator]: () => {
        sets ??= new Map(this.#usersBetween.all(...range) as unknown as [number, Uint8Array][]);
        const users = sets.get(key);
        return (users === undefined ? [] : [users])[Symbol.iterator]();
      },
    });
  }

  #name(number: number): string {
    let name = this.#names.get(number);
    if (name === undefined) {
      name = String(this.#feature.get(number)?.["feature"]);
      if (this.#names.size >= NAMES_LIMIT) this.#names.clear();
      this.#names.set(number, name);
    }
    return name;
  }
}

function toEvent(row: Row): StoredEvent {
  const properties = row["properties"];
  return {
    id: String(row["id"]),
    name: String(row["name"]),
    user: String(row["user"]),
    feature: String(row["feature"]),
    time: Number(row["time"]),
    ...(typeof properties === "string"
      ? { properties: JSON.parse(properties) as Record<string, PropertyValue> }
      : {}),
    received: Number(row["received"]),
  };
}

function isSeq(position: unknown): position is number {
  return Number.isSafeInteger(position);
}
