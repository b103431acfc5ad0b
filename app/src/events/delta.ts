import type { UsageEvent } from "./event.ts";
import { isError } from "./event.ts";
import { QUARTER } from "./zone.ts";

/** Stands for the features of a day beyond `DAILY_FEATURES`; no event can name it. */
export const OTHER_FEATURE = "(other)";
/** Most features that are counted one by one in a UTC day. Bounds what a sender can do who puts ids into feature names. */
export const DAILY_FEATURES = 500;

/** What events of one feature in one quarter hour add. */
export interface FeatureDelta {
  events: number;
  errors: number;
  /** Hashes of users, with repetitions. */
  readonly users: number[];
}

/** What events of one quarter hour add. */
export interface QuarterDelta {
  sessions: number;
  readonly features: Map<string, FeatureDelta>;
}

/** What a group of events adds to the counters and sets of users, by quarter hour since the epoch. */
export class Delta {
  readonly quarters = new Map<number, QuarterDelta>();

  /** `user` is the hash of the event's user; `feature` the one it counts for. */
  add(event: Pick<UsageEvent, "name" | "time">, user: number, feature: string): void {
    const { features } = this.#quarter(Math.floor(event.time / QUARTER));
    let found = features.get(feature);
    if (found === undefined) features.set(feature, (found = { events: 0, errors: 0, users: [] }));
    found.events++;
    if (isError(event)) found.errors++;
    found.users.push(user);
  }

  addSessions(quarter: number, sessions: number): void {
    this.#quarter(quarter).sessions += sessions;
  }

  #quarter(quarter: number): QuarterDelta {
    let found = this.quarters.get(quarter);
    if (found === undefined)
      this.quarters.set(quarter, (found = { sessions: 0, features: new Map() }));
    return found;
  }
}
