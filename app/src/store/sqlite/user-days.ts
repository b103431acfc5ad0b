import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { SessionChange, Spans } from "../../events/sessions.ts";
import { addActivity, decodeSpans, encodeSpans } from "../../events/sessions.ts";
import { Generations } from "../generations.ts";

const CACHED_DAYS = 20_000;
const NONE: Spans = [];

/** Runs of the users' events as the writer changes them. The cache is valid while nobody else writes. */
export class UserDays {
  readonly #select: StatementSync;
  readonly #put: StatementSync;
  readonly #cache = new Generations<string, Spans>(CACHED_DAYS);
  #changed = new Map<string, { day: number; user: string; spans: Spans }>();

  constructor(database: DatabaseSync) {
    this.#select = database.prepare("SELECT spans FROM user_days WHERE day = ? AND user = ?");
    this.#put = database.prepare(
      "INSERT OR REPLACE INTO user_days (day, user, spans) VALUES (?, ?, ?)",
    );
  }

  clear(): void {
    this.#cache.clear();
    this.#changed = new Map();
  }

  /** Folds one event; tells how sessions changed. */
  add(user: string, time: number): SessionChange["starts"] {
    const change = addActivity(time, (day) => this.#spans(day, user));
    if (change.spans !== undefined) {
      const key = `${String(change.day)} ${user}`;
      this.#cache.set(key, change.spans);
      this.#changed.set(key, { day: change.day, user, spans: change.spans });
    }
    return change.starts;
  }

  /** Writes what `add` changed. */
  flush(): void {
    for (const { day, user, spans } of this.#changed.values())
      this.#put.run(day, user, encodeSpans(spans, day));
    this.#changed.clear();
  }

  #spans(day: number, user: string): Spans {
    const key = `${String(day)} ${user}`;
    let spans = this.#changed.get(key)?.spans ?? this.#cache.get(key);
    if (spans === undefined) {
      const stored = this.#select.get(day, user)?.["spans"];
      spans = stored instanceof Uint8Array ? decodeSpans(stored, day) : NONE;
      this.#cache.set(key, spans);
    }
    return spans;
  }
}
