/** How far the user counts of a report can be trusted. */
export interface Precision {
  /** True when every user count of the report is exact. */
  readonly exact: boolean;
  /** Standard error of user counts relative to the count: 0 when exact, 0.016 when estimated by sketches. */
  readonly standardError: number;
}

/** Range of calendar days, both included, in a time zone. */
export interface DateRange {
  /** `YYYY-MM-DD` */
  readonly from: string;
  /** `YYYY-MM-DD` */
  readonly to: string;
  /** IANA name, e.g. `Europe/Berlin`. */
  readonly timeZone: string;
}

export interface ActivityPoint {
  /** Begin of the hour or day: RFC 3339 with the zone's offset, e.g. `2026-11-01T00:00:00+01:00`. */
  readonly start: string;
  readonly events: number;
  /** Distinct users with an event in the interval. */
  readonly activeUsers: number;
  /** Sessions that began in the interval. */
  readonly sessions: number;
  readonly errors: number;
}

/** Answer of `activity`: one point for each hour or day of the range, in order, also where nothing happened. */
export interface ActivityReport extends DateRange {
  readonly interval: "hour" | "day";
  readonly precision: Precision;
  readonly totals: Omit<ActivityPoint, "start">;
  readonly points: readonly ActivityPoint[];
}

export interface FeatureUse {
  readonly feature: string;
  readonly events: number;
  readonly activeUsers: number;
  /** Part of all events of the range, 0 to 1. */
  readonly share: number;
  /** The same feature in the range of equal length before. */
  readonly previous: { readonly events: number; readonly activeUsers: number };
  /** Change of events against the range before: 0.5 is 50 % more; null when there were none before. */
  readonly trend: number | null;
}

/** Answer of `features`: most used first (events, then name). `(other)` stands for features beyond the daily limit. */
export interface FeaturesReport extends DateRange {
  readonly precision: Precision;
  readonly previousRange: { readonly from: string; readonly to: string };
  /** Features in the range or the range before, those beyond `limit` included. */
  readonly count: number;
  readonly totals: { readonly events: number; readonly activeUsers: number };
  readonly features: readonly FeatureUse[];
}

export interface UserKpi {
  readonly users: number;
  /** The window of equal length before. */
  readonly previous: number;
}

/** Answer of `kpis`: windows of 1, 7 and 30 days that end with `date`. */
export interface KpisReport {
  /** `YYYY-MM-DD` */
  readonly date: string;
  readonly timeZone: string;
  readonly precision: Precision;
  readonly dailyActiveUsers: UserKpi;
  readonly weeklyActiveUsers: UserKpi;
  readonly monthlyActiveUsers: UserKpi;
  /** Daily by monthly active users, 0 to 1; null without monthly users. */
  readonly stickiness: number | null;
  /** Errors by events of the 30 days, 0 to 1; null without events. */
  readonly errorShare: number | null;
  readonly monthlyEvents: number;
  readonly monthlyErrors: number;
  /** Part of the monthly users who used the feature, 0 to 1; largest first, at most 20. */
  readonly adoption: readonly {
    readonly feature: string;
    readonly users: number;
    readonly share: number;
  }[];
}
