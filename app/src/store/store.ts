import type { Config } from "../config.ts";
import type { DayRange } from "../events/day.ts";
import type { StoredEvent, UsageEvent } from "../events/event.ts";
import type * as reports from "../events/reports.ts";

export interface AddResult {
  readonly accepted: number;
  readonly duplicates: number;
  /** One for each event, in their order: stored now, or its id was known (the stored event stays as it is). */
  readonly statuses: readonly ("accepted" | "duplicate")[];
}

/** `cursor`: `nextCursor` of the page before. */
export interface ListQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface EventPage {
  /** Newest receipt first. */
  readonly events: readonly StoredEvent[];
  /** Absent on the last page. */
  readonly nextCursor?: string;
}

export interface StoreStats {
  readonly kind: "sqlite" | "dynamodb";
  /** `down`: the last call to the store failed. */
  readonly state: "ok" | "down";
  /** Time of the last change of `state`, ms since the epoch. */
  readonly since: number;
  /** Events that wait for their commit, and the most that may. */
  readonly queueDepth: number;
  readonly queueLimit: number;
  /** What the last failure said; absent while `ok`. May name accounts and hosts: for the log, not for callers. */
  readonly reason?: string;
}

/**
 * Product usage events in, reports out. Days are UTC days since 1970-01-01. Every method but `stats` rejects with
 * `StoreUnavailable` when the store does not answer within `storeTimeoutSeconds`, and with `QueueFull` when it has too much to do.
 */
export interface Store {
  /**
   * Resolves after the commit. An id counts once, whatever else the event says. Rejects with `QueueFull` (nothing was
   * stored) or `StoreUnavailable` (some may have been stored: sending all of them again is safe).
   */
  add(events: readonly UsageEvent[]): Promise<AddResult>;
  /** One event by its id, for 90 days from its time. */
  event(id: string): Promise<StoredEvent | undefined>;
  /** Rejects with `InvalidCursor` for a cursor that no page had. */
  list(query: ListQuery): Promise<EventPage>;
  activity(range: DayRange): Promise<reports.ActivityReport>;
  features(query: reports.FeaturesQuery): Promise<reports.FeaturesReport>;
  kpis(query: reports.KpisQuery): Promise<reports.KpisReport>;
  /** Whether the store answers: asks it, at most once a second, and never rejects or takes longer than 2 s. */
  ready(): Promise<boolean>;
  /** Cheap: no call to the store. */
  stats(): StoreStats;
  /** Refuses new calls, commits what waits, then lets go of files, threads and sockets. Later calls get the same promise. */
  close(): Promise<void>;
}

/** The part of the app's configuration that a store needs. A DynamoDB table has the keys `pk` and `sk`, and the TTL `expires`. */
export interface StoreConfig
  extends
    Pick<Config, "store" | "dataDir">,
    Partial<Pick<Config, "tableName" | "dynamodbEndpoint">> {
  /** Longest that a call waits for the store. @default 5 */
  readonly storeTimeoutSeconds?: number;
  /** Most events that may wait for their commit. @default 20,000 */
  readonly queueLimit?: number;
}

/** The store has more to do than it may hold: answer 503 with `Retry-After`. Nothing of the call was stored. */
export class QueueFull extends Error {
  override readonly name = "QueueFull";
  readonly retryAfterSeconds: number;

  constructor(message: string, retryAfterSeconds = 1) {
    super(message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The store did not answer in time, refused, or is closed: answer 503 with `Retry-After`. Sending again is safe. */
export class StoreUnavailable extends Error {
  override readonly name = "StoreUnavailable";
  readonly retryAfterSeconds = 1;
}

/** A cursor that this store did not hand out: answer 400. */
export class InvalidCursor extends Error {
  override readonly name = "InvalidCursor";
}
