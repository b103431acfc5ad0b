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
type KeyRange = ReturnType<typeof keyRange>;

/** Pieces of one level, at least one, each of which begins where the one before ends. */
type Run = readonly [Piece, ...Piece[]];

const NAMES_LIMIT = 10_000;

/** Answers questions from counters and sets of users; raw events are read by id and page only. */
export class Reader {
  readonly #database: DatabaseSync;
  readonly #event: StatementSync;
  readonly #page: StatementSync;
  readonly #counts: StatementSync;
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
    this.#counts = database.prepare(
      "SELECT key, events, errors, sessions FROM counts WHERE key >= ? AND key < ?",
    );
    this.#counts.setReturnArrays(true);
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
      return compute((pieces, byFeature) => this.#readCells(pieces, byFeature));
    } finally {
      this.#database.exec("COMMIT");
    }
  }

  #readCells(pieces: readonly Piece[], byFeature: boolean): Cell[][] {
    if (byFeature) return pieces.map((piece) => this.#readFeatures(piece));
    return runs(pieces).flatMap((run) => this.#readTotals(run));
  }

  #readFeatures({ level, from, to }: Piece): Cell[] {
    return this.#countsBetween(keyRange(level, true, from, to)).map((row) =>
      this.#cell(row, this.#name(featureNumber(row[0])), this.#usersOf(row[0])),
    );
  }

  /** Of pieces that are one after the other: a statement costs more than a row. */
  #readTotals(run: Run): Cell[][] {
    const [{ level, from }] = run;
    const range = keyRange(level, false, from, run.at(-1)?.to ?? from);
    const rows = this.#countsBetween(range);
    const usersOf = this.#usersBetweenLater(range);
    let at = 0;
    return run.map(({ to }) => {
      const [pieceEnd] = keyRange(level, false, to, to);
      const cells: Cell[] = [];
      for (let row = rows[at]; row !== undefined && row[0] < pieceEnd; row = rows[++at])
        cells.push(this.#cell(row, "", usersOf(row[0])));
      return cells;
    });
  }

  #countsBetween(range: KeyRange): CellRow[] {
    return this.#counts.all(...range) as unknown as CellRow[];
  }

  #cell([key, events, errors, sessions]: CellRow, feature: string, users: Cell["users"]): Cell {
    return {
      feature,
      events,
      errors,
      sessions,
      users,
      exactUsers: () => {
        const row = this.#usersLength.get(key) as [number] | undefined;
        return row === undefined ? undefined : sizeByLength(row[0]);
      },
    };
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

  /** Those of a range at once, when the first are counted: neighbours in the file, and counted one after the other. */
  #usersBetweenLater(range: KeyRange): (key: number) => Iterable<Uint8Array> {
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

function runs(pieces: readonly Piece[]): Run[] {
  const found: [Piece, ...Piece[]][] = [];
  for (const piece of pieces) {
    const run = found.at(-1);
    const last = run?.at(-1);
    if (last?.level === piece.level && last.to === piece.from) run?.push(piece);
    else found.push([piece]);
  }
  return found;
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
