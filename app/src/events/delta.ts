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
    const found = this.#feature(Math.floor(event.time / QUARTER), feature);
    found.events++;
    if (isError(event)) found.errors++;
    found.users.push(user);
  }

  addCounts(
    quarter: number,
    feature: string,
    events: number,
    errors: number,
    users: readonly number[],
  ): void {
    const found = this.#feature(quarter, feature);
    found.events += events;
    found.errors += errors;
    for (const user of users) found.users.push(user);
  }

  /** Adds another delta; `counted` tells which feature each of its features counts for. */
  merge(other: Delta, counted: (feature: string) => string = (feature) => feature): void {
    for (const [quarter, { sessions, features }] of other.quarters) {
      this.addSessions(quarter, sessions);
      for (const [feature, { events, errors, users }] of features) {
        this.addCounts(quarter, counted(feature), events, errors, users);
      }
    }
  }

  /** Names of all features. */
  features(): Set<string> {
    const names = new Set<string>();
    for (const { features } of this.quarters.values())
      for (const name of features.keys()) names.add(name);
    return names;
  }

  addSessions(quarter: number, sessions: number): void {
    this.#quarter(quarter).sessions += sessions;
  }

  #feature(quarter: number, feature: string): FeatureDelta {
    const { features } = this.#quarter(quarter);
    let found = features.get(feature);
    if (found === undefined) features.set(feature, (found = { events: 0, errors: 0, users: [] }));
    return found;
  }

  #quarter(quarter: number): QuarterDelta {
    let found = this.quarters.get(quarter);
    if (found === undefined)
      this.quarters.set(quarter, (found = { sessions: 0, features: new Map() }));
    return found;
  }
}

/** Tells which feature a feature counts for: itself while a day with these features has room for it, else `(other)`. */
export function featureCap(ofDay: Set<string>): (feature: string) => string {
  return (feature) => {
    if (ofDay.has(feature)) return feature;
    if (ofDay.size >= DAILY_FEATURES) return OTHER_FEATURE;
    ofDay.add(feature);
    return feature;
  };
}
