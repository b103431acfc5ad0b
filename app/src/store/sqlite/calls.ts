import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";
import type { Count, Member } from "../../events/counting.ts";
import { countEvents } from "../../events/counting.ts";
import type { DayRange } from "../../events/day.ts";
import { DAY } from "../../events/day.ts";
import type { StoredEvent, UsageEvent } from "../../events/event.ts";
import { MAX_AGE_DAYS } from "../../events/event.ts";
import { NumberSet, PIECE_BITS, PIECE_BYTES } from "../../events/number-set.ts";
import type { Figures, FiguresQuery } from "../../events/reports.ts";
import type { EventPage } from "../store.ts";

/** Ids are kept a day longer than events may be old, for clocks that differ. */
const KEPT = (MAX_AGE_DAYS + 1) * DAY;
/** Most events that one batch removes on its way: keeps pace with what comes in without holding it up. */
const PRUNE_LIMIT = 2000;

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
  const byId = database.prepare("SELECT * FROM events WHERE id = ?");
  const page = database.prepare("SELECT * FROM events WHERE seq < ? ORDER BY seq DESC LIMIT ?");
  const counts = database.prepare("SELECT * FROM counts WHERE day BETWEEN ? AND ?");
  const ofAll = database.prepare("SELECT * FROM sets WHERE feature = '' AND day BETWEEN ? AND ?");
  const ofEach = database.prepare("SELECT * FROM sets WHERE feature > '' AND day BETWEEN ? AND ?");

  const write = (events: readonly UsageEvent[], received: number): boolean[] => {
    const isNew = events.map((event) => {
      const json = JSON.stringify({ ...event, received } satisfies StoredEvent);
      return insert.run(event.id, json, received).changes === 1;
    });
    const added = countEvents(events.filter((_, at) => isNew[at]));
    for (const { day, feature, events: number, errors } of added.counts)
      count.run(day, feature, number, errors);
    addMembers(added.members);
    prune.run(PRUNE_LIMIT, received - KEPT);
    return isNew;
  };

  return {
    /** Commits a batch, with everything that reports read; tells which events were new. */
    write(events: readonly UsageEvent[], received = Date.now()): boolean[] {
      database.exec("BEGIN IMMEDIATE");
      try {
        const isNew = write(events, received);
        database.exec("COMMIT");
        return isNew;
      } catch (error) {
        if (database.isTransaction) database.exec("ROLLBACK");
        throw error;
      }
    },
    event(id: string): StoredEvent | undefined {
      const row = byId.get(id);
      return row === undefined ? undefined : toEvent(row);
    },
    /** Events below a place in the order of receipt, which is also the next cursor. */
    list(limit: number, below = Number.MAX_SAFE_INTEGER): EventPage {
      const rows = page.all(below, limit + 1);
      const seq = rows[limit - 1]?.["seq"];
      const events = rows.slice(0, limit).map(toEvent);
      return rows.length <= limit ? { events } : { events, nextCursor: String(seq) };
    },
    figures({ counts: ofCounts, users, byFeature }: FiguresQuery): Figures {
      const rows = (of: StatementSync, { fromDay, toDay }: DayRange) => of.iterate(fromDay, toDay);
      return {
        counts: [...rows(counts, ofCounts)] as unknown as Count[],
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

/** Sizes of the united sets, by feature. */
function unite(rows: Iterable<Row>): Map<string, number> {
  const sets = new Map<string, NumberSet>();
  for (const { feature, piece, bits } of rows) {
    const set = sets.get(String(feature)) ?? new NumberSet();
    sets.set(String(feature), set.addPiece(Number(piece), bits as Uint8Array));
  }
  return new Map([...sets].map(([feature, { size }]) => [feature, size]));
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
    const numbered = members.flatMap(({ day, feature, user }) => {
      const of = Number(number.get(user)?.["number"] ?? newUser.run(user).lastInsertRowid);
      return [feature, ""].map((set) => ({ day, set, piece: Math.floor(of / PIECE_BITS), of }));
    });
    const pieces = Map.groupBy(
      numbered,
      ({ day, set, piece }) => `${String(day)} ${String(piece)} ${set}`,
    );
    for (const inPiece of pieces.values()) {
      const [{ day, set, piece } = { day: 0, set: "", piece: 0 }] = inPiece;
      const stored = select.get(day, set, piece)?.["bits"];
      const bits = stored instanceof Uint8Array ? stored : new Uint8Array(PIECE_BYTES);
      for (const { of } of inPiece) {
        const bit = of % PIECE_BITS;
        bits[bit >>> 3] = (bits[bit >>> 3] ?? 0) | (1 << (bit & 7));
      }
      put.run(day, set, piece, bits);
    }
  };
}

const toEvent = ({ event }: Row): StoredEvent => JSON.parse(String(event)) as StoredEvent;
