import type { DatabaseSync, StatementSync } from "node:sqlite";
import { featureCap } from "../../events/delta.ts";
import { FEATURE_NUMBERS, keyRange } from "./cell-key.ts";
import { OTHER_NUMBER } from "./database.ts";

const CACHED_DAYS = 128;
const CACHED_NUMBERS = 10_000;

/** Numbers of features, and which of them a UTC day counts one by one. Valid within one transaction, or while nobody else writes. */
export class Features {
  readonly #insert: StatementSync;
  readonly #select: StatementSync;
  readonly #last: StatementSync;
  readonly #ofDay: StatementSync;
  readonly #numbers = new Map<string, number>();
  readonly #days = new Map<number, (feature: string) => string>();

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare("INSERT INTO features (feature) VALUES (?)");
    this.#select = database.prepare("SELECT number FROM features WHERE feature = ?");
    this.#last = database.prepare("SELECT max(number) AS number FROM features");
    this.#ofDay = database.prepare(
      `SELECT feature FROM counts JOIN features ON number = key % ${String(FEATURE_NUMBERS)} WHERE key >= ? AND key < ?`,
    );
  }

  clear(): void {
    this.#numbers.clear();
    this.#days.clear();
  }

  /** The feature that an event of a UTC day counts for: itself, or `(other)` once the day has its full number. */
  counted(feature: string, day: number): string {
    let counted = this.#days.get(day);
    if (counted === undefined) {
      const rows = this.#ofDay.all(...keyRange("day", true, day, day + 1));
      counted = featureCap(new Set(rows.map((row) => String(row["feature"]))));
      if (this.#days.size >= CACHED_DAYS) this.#days.clear();
      this.#days.set(day, counted);
    }
    return counted(feature);
  }

  /** Number of a feature; given to it when it is new, as long as there are numbers. */
  number(feature: string): number {
    let number = this.#numbers.get(feature);
    if (number !== undefined) return number;
    number = Number(this.#select.get(feature)?.["number"] ?? this.#give(feature));
    if (this.#numbers.size >= CACHED_NUMBERS) this.#numbers.clear();
    this.#numbers.set(feature, number);
    return number;
  }

  #give(feature: string): number {
    const last = Number(this.#last.get()?.["number"]);
    return last + 1 < FEATURE_NUMBERS
      ? Number(this.#insert.run(feature).lastInsertRowid)
      : OTHER_NUMBER;
  }
}
