import { isError, type StoredEvent, type UsageEvent } from "../../src/events/event.ts";
import type { ActivityReport, FeaturesReport, KpisReport } from "../../src/events/reports.ts";

const DAY = 86_400_000;

/** The reports, made by going through all events again for every number. */
export class Model {
  readonly #events: readonly UsageEvent[];

  constructor(events: readonly UsageEvent[]) {
    this.#events = events;
  }

  activity(fromDay: number, toDay: number): ActivityReport {
    const points = [];
    for (let day = fromDay; day <= toDay; day++)
      points.push({ start: `${dateOf(day)}T00:00:00Z`, ...totals(this.#within(day, day)) });
    const all = totals(this.#within(fromDay, toDay));
    return { from: dateOf(fromDay), to: dateOf(toDay), totals: all, points };
  }

  features(fromDay: number, toDay: number, limit: number): FeaturesReport {
    const first = fromDay - (toDay - fromDay + 1);
    const [now, before] = [this.#within(fromDay, toDay), this.#within(first, fromDay - 1)];
    const names = [...new Set([...now, ...before].map(({ feature }) => feature))];
    const features = names.map((feature) => {
      const of = totals(now.filter((event) => event.feature === feature));
      const previous = totals(before.filter((event) => event.feature === feature));
      return {
        feature,
        events: of.events,
        activeUsers: of.activeUsers,
        share: now.length === 0 ? 0 : rounded(of.events / now.length),
        previous: { events: previous.events, activeUsers: previous.activeUsers },
        trend: previous.events === 0 ? null : rounded(of.events / previous.events - 1),
      };
    });
    features.sort((a, b) => b.events - a.events || (a.feature < b.feature ? -1 : 1));
    return {
      from: dateOf(fromDay),
      to: dateOf(toDay),
      previousRange: { from: dateOf(first), to: dateOf(fromDay - 1) },
      count: names.length,
      totals: { events: now.length, activeUsers: totals(now).activeUsers },
      features: features.slice(0, limit),
    };
  }

  kpis(day: number): KpisReport {
    const users = (length: number, last: number): number =>
      totals(this.#within(last - length + 1, last)).activeUsers;
    const kpi = (length: number) => ({
      users: users(length, day),
      previous: users(length, day - length),
    });
    const month = this.#within(day - 29, day);
    const { events, errors, activeUsers } = totals(month);
    const adoption = [...Map.groupBy(month, ({ feature }) => feature)].map(([feature, of]) => {
      const ofFeature = totals(of).activeUsers;
      return { feature, users: ofFeature, share: rounded(ofFeature / activeUsers) };
    });
    adoption.sort((a, b) => b.users - a.users || (a.feature < b.feature ? -1 : 1));
    return {
      date: dateOf(day),
      dailyActiveUsers: kpi(1),
      weeklyActiveUsers: kpi(7),
      monthlyActiveUsers: kpi(30),
      stickiness: activeUsers === 0 ? null : rounded(users(1, day) / activeUsers),
      errorShare: events === 0 ? null : rounded(errors / events),
      monthlyEvents: events,
      monthlyErrors: errors,
      adoption: adoption.slice(0, 20),
    };
  }

  #within(fromDay: number, toDay: number): UsageEvent[] {
    return this.#events.filter(({ time }) => time >= fromDay * DAY && time < (toDay + 1) * DAY);
  }
}

function totals(events: readonly UsageEvent[]): ActivityReport["totals"] {
  return {
    events: events.length,
    activeUsers: new Set(events.map(({ user }) => user)).size,
    errors: events.filter(isError).length,
  };
}

/** Without the moment of receipt, in the order of ids. */
export function asSent(events: readonly StoredEvent[]): UsageEvent[] {
  const sent = events.map((event): UsageEvent => {
    const copy: UsageEvent & { received?: number } = { ...event };
    delete copy.received;
    return copy;
  });
  return sent.sort((a, b) => (a.id < b.id ? -1 : 1));
}

const dateOf = (day: number): string => new Date(day * DAY).toISOString().slice(0, 10);
const rounded = (share: number): number => Math.round(share * 10_000) / 10_000;
