import type { ActivityReport, FeaturesReport, KpisReport } from "../../src/events/reports.ts";
import type { StoredEvent, UsageEvent } from "../../src/events/event.ts";
import type { AddResult, EventPage, ListQuery, Store, StoreStats } from "../../src/store/store.ts";

/** A store in memory with fixed reports, for tests and benches of the HTTP side alone. */
export class MemoryStore implements Store {
  readonly stored = new Map<string, StoredEvent>();
  state: StoreStats["state"] = "ok";
  reason = "";
  closed = false;
  /** Thrown by every call while set. */
  failure: Error | undefined;
  /** Called before each `add` is answered; a test may make it wait. */
  beforeCommit: () => Promise<void> = () => Promise.resolve();

  async add(events: readonly UsageEvent[]): Promise<AddResult> {
    await this.beforeCommit();
    if (this.failure !== undefined) throw this.failure;
    const statuses = events.map((event) => {
      if (this.stored.has(event.id)) return "duplicate";
      this.stored.set(event.id, { ...event, received: event.time });
      return "accepted";
    });
    const accepted = statuses.filter((status) => status === "accepted").length;
    return { accepted, duplicates: statuses.length - accepted, statuses };
  }

  event(id: string): Promise<StoredEvent | undefined> {
    return this.#answer(this.stored.get(id));
  }

  list({ limit, cursor = "0" }: ListQuery): Promise<EventPage> {
    const from = Number(cursor);
    const events = [...this.stored.values()].slice(from, from + limit);
    const next = from + events.length;
    return this.#answer(
      next < this.stored.size ? { events, nextCursor: String(next) } : { events },
    );
  }

  activity(): Promise<ActivityReport> {
    return this.#answer(ACTIVITY);
  }

  features(): Promise<FeaturesReport> {
    return this.#answer(FEATURES);
  }

  kpis(): Promise<KpisReport> {
    return this.#answer(KPIS);
  }

  ready(): Promise<boolean> {
    return Promise.resolve(this.state === "ok");
  }

  stats(): StoreStats {
    const { state, reason } = this;
    return { kind: "sqlite", state, since: 0, queueDepth: 0, queueLimit: 20_000, reason };
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }

  #answer<T>(value: T): Promise<T> {
    return this.failure === undefined ? Promise.resolve(value) : Promise.reject(this.failure);
  }
}

/** About 3 KB of JSON: the size of answer that the benches compare. */
export const ACTIVITY: ActivityReport = {
  from: "2026-10-24",
  to: "2026-11-22",
  totals: { events: 4650, activeUsers: 310, errors: 30 },
  points: Array.from({ length: 30 }, (_, day) => ({
    start: new Date(Date.UTC(2026, 9, 24 + day)).toISOString().replace(".000Z", "Z"),
    events: 140 + day,
    activeUsers: 70 + day,
    errors: 1,
  })),
};

export const FEATURES: FeaturesReport = {
  from: "2026-10-24",
  to: "2026-11-22",
  previousRange: { from: "2026-09-24", to: "2026-10-23" },
  count: 1,
  totals: { events: 4650, activeUsers: 310 },
  features: [
    {
      feature: "search",
      events: 4650,
      activeUsers: 310,
      share: 1,
      previous: { events: 3100, activeUsers: 290 },
      trend: 0.5,
    },
  ],
};

export const KPIS: KpisReport = {
  date: "2026-11-22",
  dailyActiveUsers: { users: 99, previous: 98 },
  weeklyActiveUsers: { users: 200, previous: 190 },
  monthlyActiveUsers: { users: 310, previous: 290 },
  stickiness: 0.319,
  errorShare: 0.00645,
  monthlyEvents: 4650,
  monthlyErrors: 30,
  adoption: [{ feature: "search", users: 310, share: 1 }],
};
