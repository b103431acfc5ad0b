import { daysOf, formatDay, type DayRange } from "./day.ts";
import type { Count } from "./event.ts";

/** What a report is made of. Ranges may overlap. */
export interface FiguresQuery {
  readonly counts: DayRange;
  /** Ranges whose distinct users are counted: of all features together, and of each. */
  readonly users: readonly DayRange[];
  readonly byFeature: readonly DayRange[];
}

export interface Figures {
  /** Counters; those of one day and feature may come in several parts. */
  readonly counts: readonly Count[];
  /** Numbers of distinct users of each range. */
  readonly users: readonly number[];
  readonly byFeature: readonly ReadonlyMap<string, number>[];
}

export type ReadFigures = (query: FiguresQuery) => Promise<Figures>;

/** `limit`: most features in the answer. */
export type FeaturesQuery = DayRange & { readonly limit: number };
/** `day`: last day of the windows. */
export type KpisQuery = Readonly<Record<"day", number>>;

export type ActivityReport = Awaited<ReturnType<typeof computeActivity>>;
export type FeaturesReport = Awaited<ReturnType<typeof computeFeatures>>;
export type KpisReport = Awaited<ReturnType<typeof computeKpis>>;

/** Most features that `adoption` lists. */
const ADOPTION_LIMIT = 20;

/** Events, errors and distinct users of a range, and of each of its days, also where nothing happened. */
export async function computeActivity(read: ReadFigures, range: DayRange) {
  const days = daysOf(range);
  const singles = days.map((day) => ({ fromDay: day, toDay: day }));
  const query = { counts: range, users: [range, ...singles], byFeature: [] };
  const { counts, users } = await read(query);
  const byDay = Map.groupBy(counts, ({ day }) => day);
  const activity = (of: readonly Count[] = [], at: number) => ({
    events: sum(of, "events"),
    activeUsers: users[at] ?? 0,
    errors: sum(of, "errors"),
  });
  return {
    ...dates(range),
    totals: activity(counts, 0),
    points: days.map((day, at) => ({
      start: `${formatDay(day)}T00:00:00Z`,
      ...activity(byDay.get(day), at + 1),
    })),
  };
}

/** Use by feature, most used first (events, then name), against the range of equal length before. */
export async function computeFeatures(read: ReadFigures, query: FeaturesQuery) {
  const { fromDay, toDay, limit } = query;
  const range = { fromDay, toDay };
  const before = { fromDay: fromDay - daysOf(range).length, toDay: fromDay - 1 };
  const { counts, users, byFeature } = await read({
    counts: { fromDay: before.fromDay, toDay },
    users: [range],
    byFeature: [range, before],
  });
  const isNow = ({ day }: Count): boolean => day >= fromDay;
  const eventsNow = (of: readonly Count[]): number => sum(of.filter(isNow), "events");
  const all = eventsNow(counts);
  const features = [...Map.groupBy(counts, (count) => count.feature)]
    .map(([feature, of]) => {
      const events = eventsNow(of);
      const previous = sum(of, "events") - events;
      return {
        feature,
        events,
        activeUsers: byFeature[0]?.get(feature) ?? 0,
        share: ratio(events, all) ?? 0,
        previous: { events: previous, activeUsers: byFeature[1]?.get(feature) ?? 0 },
        trend: ratio(events - previous, previous),
      };
    })
    .sort((a, b) => b.events - a.events || byName(a, b));
  return {
    ...dates(range),
    previousRange: dates(before),
    count: features.length,
    totals: { events: all, activeUsers: users[0] ?? 0 },
    features: features.slice(0, limit),
  };
}

/** Windows of 1, 7 and 30 days that end with a day, and the windows of equal length before. */
export async function computeKpis(read: ReadFigures, { day }: KpisQuery) {
  const window = (length: number, toDay = day) => ({ fromDay: toDay - length + 1, toDay });
  const { counts, users, byFeature } = await read({
    counts: window(30),
    users: [1, 7, 30].flatMap((days) => [window(days), window(days, day - days)]),
    byFeature: [window(30)],
  });
  const kpi = (at: number) => ({ users: users[at] ?? 0, previous: users[at + 1] ?? 0 });
  const [daily, weekly, monthly] = [kpi(0), kpi(2), kpi(4)];
  const [events, errors] = [sum(counts, "events"), sum(counts, "errors")];
  return {
    date: formatDay(day),
    dailyActiveUsers: daily,
    weeklyActiveUsers: weekly,
    monthlyActiveUsers: monthly,
    stickiness: ratio(daily.users, monthly.users),
    errorShare: ratio(errors, events),
    monthlyEvents: events,
    monthlyErrors: errors,
    adoption: [...(byFeature[0] ?? [])]
      .map(([feature, of]) => ({ feature, users: of, share: ratio(of, monthly.users) ?? 0 }))
      .sort((a, b) => b.users - a.users || byName(a, b))
      .slice(0, ADOPTION_LIMIT),
  };
}

const sum = (counts: readonly Count[], of: "events" | "errors"): number =>
  counts.reduce((total, count) => total + count[of], 0);

const dates = (of: DayRange) => ({ from: formatDay(of.fromDay), to: formatDay(of.toDay) });

/** Four decimals: more would pretend a precision that product decisions do not need. */
const ratio = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000;

const byName = (a: { feature: string }, b: { feature: string }): number =>
  a.feature < b.feature ? -1 : a.feature > b.feature ? 1 : 0;
