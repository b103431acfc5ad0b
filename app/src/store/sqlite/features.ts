import type { DatabaseSync, StatementSync } from "node:sqlite";
import { DAILY_FEATURES, OTHER_FEATURE } from "../../events/delta.ts";
import { FEATURE_NUMBERS, keyRange } from "./cell-key.ts";

/** Numbers of features, and which of them a UTC day counts one by one. Valid within one transaction, or while nobody else writes. */
export class Features {
  readonly #insert: StatementSync;
  readonly #select: StatementSync;
  readonly #ofDay: StatementSync;
  readonly #numbers = new Map<string, number>();
  readonly #days = new Map<number, Set<string>>();

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare("INSERT INTO features (feature) VALUES (?)");
    this.#select = database.prepare("SELECT number FROM features WHERE feature = ?");
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
    let known = this.#days.get(day);
    if (known === undefined) {
      const rows = this.#ofDay.all(...keyRange("day", true, day, day + 1));
      known = new Set(rows.map((row) => String(row["feature"])));
      if (this.#days.size >= 128) this.#days.clear();
      this.#days.set(day, known);
    }
    if (known.has(feature)) return feature;
    if (known.size >= DAILY_FEATURES) return OTHER_FEATURE;
    known.add(feature);
    return feature;
  }

  /** Number of a feature, from 1; given to it when it is new. */
  number(feature: string): number {
    let number = this.#numbers.get(feature);
    if (number !== undefined) return number;
    number = Number(
      this.#select.get(feature)?.["number"] ?? this.#insert.run(feature).lastInsertRowid,
    );
    if (number >= FEATURE_NUMBERS)
      throw new Error(`There are more than ${String(FEATURE_NUMBERS)} features.`);
    if (this.#numbers.size >= 10_000) this.#numbers.clear();
    this.#numbers.set(feature, number);
    return number;
  }
}
