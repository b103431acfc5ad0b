import type { StoredEvent, UsageEvent } from "./event.ts";
import type { ActivityQuery, FeaturesQuery, KpisQuery, ListQuery } from "./queries.ts";
import type { ActivityReport, FeaturesReport, KpisReport } from "./reports.ts";

export * from "./errors.ts";
export * from "./event.ts";
export * from "./parse-events.ts";
export * from "./queries.ts";
export type * from "./reports.ts";

/** Result of one submitted event: stored now, or its id was known (the stored one stays as it is). */
export type SubmitStatus = "accepted" | "duplicate";

export interface EventPage {
  /** Newest receipt first. */
  readonly events: readonly StoredEvent[];
  /** Hand it to the next `list`; absent on the last page. */
  readonly nextCursor?: string;
}

/** State of the store, for health checks, `/status` and metrics. Cheap: no call to the store. */
export interface StoreStatus {
  readonly kind: "sqlite" | "dynamodb";
  /**
   * `ok`: the last call succeeded. `degraded`: calls fail, and are still tried. `down`: calls are refused at once while
   * a probe looks for recovery every second; not ready for traffic.
   */
  readonly state: "ok" | "degraded" | "down";
  /** Time of the last change of `state`, ms since the epoch. */
  readonly since: number;
  /** Events that wait for their commit. */
  readonly queueDepth: number;
  /** Most events that may wait. */
  readonly queueLimit: number;
  /** What the last failure said; absent while `ok`. */
  readonly reason?: string;
}

/**
 * Product usage events in, business metrics out. Every method rejects with `StoreUnavailableError` when the store is
 * down, and with `StoreBusyError` when it has too much to do; no call takes longer than about 20 s.
 */
export interface EventsService {
  /**
   * Stores events and resolves after the commit, with one status for each event in their order. An id that occurs twice
   * is accepted once. Rejects with `StoreBusyError` (nothing stored) or `StoreUnavailableError` (send again).
   */
  submit(events: readonly UsageEvent[]): Promise<SubmitStatus[]>;
  /** One event by its id, for 90 days from its time. */
  event(id: string): Promise<StoredEvent | undefined>;
  /** Pages through stored events. Rejects with `InvalidCursorError`. */
  list(query: ListQuery): Promise<EventPage>;
  activity(query: ActivityQuery): Promise<ActivityReport>;
  features(query: FeaturesQuery): Promise<FeaturesReport>;
  kpis(query: KpisQuery): Promise<KpisReport>;
  status(): StoreStatus;
  /** Refuses new calls, waits for what was submitted, then lets go of files, threads and sockets. */
  close(): Promise<void>;
}

export interface SqliteOptions {
  readonly kind: "sqlite";
  /** Folder of the database, on a local disk; created when missing. Several processes on one machine may share it. */
  readonly directory: string;
}

export interface DynamoDbOptions {
  readonly kind: "dynamodb";
  /** Table with keys `pk` and `sk` (strings) and the TTL attribute `expires`. */
  readonly tableName: string;
  /** @default the SDK's own lookup (AWS_REGION) */
  readonly region?: string;
  /** URL of an emulator. @default AWS */
  readonly endpoint?: string;
}

export interface EventsServiceOptions {
  readonly store: SqliteOptions | DynamoDbOptions;
  /** Most events that may wait for a commit. @default 20,000 */
  readonly queueLimit?: number;
  /** Told of every change of the store's state, e.g. to log it. */
  readonly onStateChange?: (status: StoreStatus) => void;
  /** Told of events right after their commit, e.g. for business metrics. */
  readonly onAccepted?: (events: readonly UsageEvent[]) => void;
}
