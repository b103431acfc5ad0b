import type {
  ActivityReport,
  EventPage,
  EventsService,
  FeaturesReport,
  KpisReport,
  ListQuery,
  StoredEvent,
  StoreStatus,
  SubmitStatus,
  UsageEvent,
} from "../../../app/src/events/service.ts";

const PRECISION = { exact: true, standardError: 0 };

/** An EventsService in memory with fixed reports, for tests and benches of the HTTP side alone. */
export class MemoryEvents implements EventsService {
  readonly stored = new Map<string, StoredEvent>();
  state: StoreStatus["state"] = "ok";
  closed = false;
  /** Thrown by every call while set. */
  failure: Error | undefined;
  /** Called before each submit is answered; a test may make it wait. */
  beforeCommit: () => Promise<void> = () => Promise.resolve();

  async submit(events: readonly UsageEvent[]): Promise<SubmitStatus[]> {
    await this.beforeCommit();
    if (this.failure !== undefined) throw this.failure;
    return events.map((event) => {
      if (this.stored.has(event.id)) return "duplicate";
      this.stored.set(event.id, { ...event, received: event.time });
      return "accepted";
    });
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

  status(): StoreStatus {
    return { kind: "sqlite", state: this.state, since: 0, queueDepth: 0, queueLimit: 20_000 };
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
  timeZone: "UTC",
  interval: "day",
  precision: PRECISION,
  totals: { events: 4650, activeUsers: 310, sessions: 930, errors: 30 },
  points: Array.from({ length: 30 }, (_, day) => ({
    start: new Date(Date.UTC(2026, 9, 24 + day)).toISOString().replace(".000Z", "Z"),
    events: 140 + day,
    activeUsers: 70 + day,
    sessions: 20 + day,
    errors: 1,
  })),
};

export const FEATURES: FeaturesReport = {
  from: "2026-10-24",
  to: "2026-11-22",
  timeZone: "UTC",
  precision: PRECISION,
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
  timeZone: "UTC",
  precision: PRECISION,
  dailyActiveUsers: { users: 99, previous: 98 },
  weeklyActiveUsers: { users: 200, previous: 190 },
  monthlyActiveUsers: { users: 310, previous: 290 },
  stickiness: 0.319,
  errorShare: 0.00645,
  monthlyEvents: 4650,
  monthlyErrors: 30,
  adoption: [{ feature: "search", users: 310, share: 1 }],
};
