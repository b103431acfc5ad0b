import { formatDate } from "./date-time.ts";
import type { Piece, QuarterRange } from "./intervals.ts";
import { cut, dayRange, days, hours } from "./intervals.ts";
import type { ActivityQuery, FeaturesQuery, KpisQuery } from "./queries.ts";
import type {
  ActivityReport,
  FeaturesReport,
  FeatureUse,
  KpisReport,
  Precision,
  UserKpi,
} from "./reports.ts";
import { SKETCH_STANDARD_ERROR } from "./hyperloglog.ts";
import type { UserCount } from "./user-set.ts";
import { countUnion } from "./user-set.ts";

/** Counters of one interval, of everything (`feature` is "") or of one feature. */
export interface Cell {
  readonly feature: string;
  readonly events: number;
  readonly errors: number;
  readonly sessions: number;
  /** Encoded `UserSet`s, to be united. Gone through once, when they are counted: a store may read them only then. */
  readonly users: Iterable<Uint8Array>;
  /** Number of users where the store has it without reading the set; only called for a cell that stands alone. */
  readonly exactUsers?: () => number | undefined;
}

/** Gives for each piece, in order, the cells of its intervals that are not empty: of everything, or of each feature. */
export type ReadCells = (
  pieces: readonly Piece[],
  byFeature: boolean,
) => readonly (readonly Cell[])[];

/** Points of a report whose cells are read at once: a day by hour. */
const POINTS_AT_ONCE = 24;
/** Most features that `adoption` lists. */
const ADOPTION_LIMIT = 20;

/** Counters and distinct users of a range. */
interface Sum {
  readonly events: number;
  readonly errors: number;
  readonly sessions: number;
  readonly users: number;
}

const NOTHING: Sum = { events: 0, errors: 0, sessions: 0, users: 0 };

/** Sums ranges, and keeps account of whether every number of users was exact. */
class Summing {
  readonly #read: ReadCells;
  #exact = true;

  constructor(read: ReadCells) {
    this.#read = read;
  }

  total(range: QuarterRange): Sum {
    return this.#sum(this.#read(cut(range), false).flat());
  }

  /** Each of many ranges that follow each other with its total: some at a time are read as one. */
  *totals<R extends QuarterRange>(ranges: readonly R[]): Iterable<readonly [range: R, sum: Sum]> {
    for (let first = 0; first < ranges.length; first += POINTS_AT_ONCE) {
      const group = ranges
        .slice(first, first + POINTS_AT_ONCE)
        .map((range) => ({ range, pieces: cut(range) }));
      const cells = this.#read(
        group.flatMap(({ pieces }) => pieces),
        false,
      );
      let at = 0;
      for (const { range, pieces } of group)
        yield [range, this.#sum(cells.slice(at, (at += pieces.length)).flat())];
    }
  }

  byFeature(range: QuarterRange): Map<string, Sum> {
    const cells = this.#read(cut(range), true).flat();
    const groups = Map.groupBy(cells, (cell) => cell.feature);
    return new Map([...groups].map(([feature, group]) => [feature, this.#sum(group)]));
  }

  get precision(): Precision {
    return { exact: this.#exact, standardError: this.#exact ? 0 : SKETCH_STANDARD_ERROR };
  }

  #sum(cells: readonly Cell[]): Sum {
    const { users, exact } = countUsers(cells);
    this.#exact &&= exact;
    let [events, errors, sessions] = [0, 0, 0];
    for (const cell of cells) {
      events += cell.events;
      errors += cell.errors;
      sessions += cell.sessions;
    }
    return { events, errors, sessions, users };
  }
}

function countUsers(cells: readonly Cell[]): UserCount {
  const [only] = cells;
  const known = cells.length === 1 ? only?.exactUsers?.() : undefined;
  if (known !== undefined) return { users: known, exact: true };
  const sets: Uint8Array[] = [];
  for (const cell of cells) for (const users of cell.users) sets.push(users);
  return countUnion(sets);
}

export function computeActivity(query: ActivityQuery, read: ReadCells): ActivityReport {
  const summing = new Summing(read);
  const intervals = query.interval === "hour" ? hours(query) : days(query);
  const points = Array.from(summing.totals(intervals), ([{ start }, sum]) => ({
    start,
    ...activity(sum),
  }));
  const totals = activity(summing.total(dayRange(query.timeZone, query.fromDay, query.toDay)));
  return {
    from: formatDate(query.fromDay),
    to: formatDate(query.toDay),
    timeZone: query.timeZone,
    interval: query.interval,
    precision: summing.precision,
    totals,
    points,
  };
}

function activity(sum: Sum): ActivityReport["totals"] {
  return {
    events: sum.events,
    activeUsers: sum.users,
    sessions: sum.sessions,
    errors: sum.errors,
  };
}

export function computeFeatures(query: FeaturesQuery, read: ReadCells): FeaturesReport {
  const { fromDay, toDay, timeZone } = query;
  const previousDay = fromDay - (toDay - fromDay + 1);
  const range = dayRange(timeZone, fromDay, toDay);
  const summing = new Summing(read);
  const totals = summing.total(range);
  const now = summing.byFeature(range);
  const before = summing.byFeature(dayRange(timeZone, previousDay, fromDay - 1));
  const features = [...new Set([...now.keys(), ...before.keys()])]
    .map((feature) =>
      featureUse(
        feature,
        now.get(feature) ?? NOTHING,
        before.get(feature) ?? NOTHING,
        totals.events,
      ),
    )
    .sort((a, b) => b.events - a.events || byName(a.feature, b.feature));
  return {
    from: formatDate(fromDay),
    to: formatDate(toDay),
    timeZone,
    precision: summing.precision,
    previousRange: { from: formatDate(previousDay), to: formatDate(fromDay - 1) },
    count: features.length,
    totals: { events: totals.events, activeUsers: totals.users },
    features: features.slice(0, query.limit),
  };
}

function featureUse(feature: string, now: Sum, before: Sum, all: number): FeatureUse {
  return {
    feature,
    events: now.events,
    activeUsers: now.users,
    share: ratio(now.events, all) ?? 0,
    previous: { events: before.events, activeUsers: before.users },
    trend: ratio(now.events - before.events, before.events),
  };
}

export function computeKpis(query: KpisQuery, read: ReadCells): KpisReport {
  const { day, timeZone } = query;
  const summing = new Summing(read);
  const window = (length: number, last = day): QuarterRange =>
    dayRange(timeZone, last - length + 1, last);
  const usersOf = (range: QuarterRange): number => summing.total(range).users;
  const kpi = (length: number): UserKpi => ({
    users: usersOf(window(length)),
    previous: usersOf(window(length, day - length)),
  });
  const month = summing.total(window(30));
  const monthlyUsers = month.users;
  const dailyActiveUsers = kpi(1);
  const weeklyActiveUsers = kpi(7);
  const monthlyActiveUsers = { users: monthlyUsers, previous: usersOf(window(30, day - 30)) };
  const adoption = [...summing.byFeature(window(30))]
    .map(([feature, sum]) => ({ feature, users: sum.users }))
    .map(({ feature, users }) => ({
      feature,
      users,
      share: Math.min(1, ratio(users, monthlyUsers) ?? 0),
    }))
    .sort((a, b) => b.users - a.users || byName(a.feature, b.feature))
    .slice(0, ADOPTION_LIMIT);
  const stickiness = ratio(dailyActiveUsers.users, monthlyUsers);
  return {
    date: formatDate(day),
    timeZone,
    precision: summing.precision,
    dailyActiveUsers,
    weeklyActiveUsers,
    monthlyActiveUsers,
    // Estimates of nearly equal counts could otherwise leave the range of a share.
    stickiness: stickiness === null ? null : Math.min(1, stickiness),
    errorShare: ratio(month.errors, month.events),
    monthlyEvents: month.events,
    monthlyErrors: month.errors,
    adoption,
  };
}

/** Four decimals: more would pretend a precision that product decisions do not need. */
function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000;
}

function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
