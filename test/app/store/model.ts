import type { KpisReport, UsageEvent } from "../../../app/src/events/service.ts";

/** What happened in an interval, counted by going through raw events. */
export interface Counted {
  readonly events: number;
  readonly activeUsers: number;
  readonly sessions: number;
  readonly errors: number;
}

const GAP = 30 * 60_000;
const DAY = 86_400_000;

/** Label of the local day, e.g. `2026-10-25`, by the platform's own calendar. */
export function dayLabel(time: number, timeZone: string): string {
  return once(`day ${timeZone}`, time, () =>
    new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" }).format(time),
  );
}

/** Label of the local hour with its offset, e.g. `2026-10-25T02+01:00`. */
export function hourLabel(time: number, timeZone: string): string {
  return once(`hour ${timeZone}`, time, () => {
    const format = new Intl.DateTimeFormat("en-CA", {
      timeZone,
      hour: "2-digit",
      hourCycle: "h23",
      timeZoneName: "longOffset",
    });
    const parts = Object.fromEntries(
      format.formatToParts(time).map(({ type, value }) => [type, value]),
    );
    const offset = (parts["timeZoneName"] ?? "").replace("GMT", "");
    const zulu = offset === "" || offset === "+00:00";
    return `${dayLabel(time, timeZone)}T${parts["hour"] ?? ""}${zulu ? "Z" : offset}`;
  });
}

const labels = new Map<string, string>();

/** Formatting is slow, and no zone changes its clocks but at a full quarter of an hour. */
function once(kind: string, time: number, label: () => string): string {
  const key = `${kind} ${String(Math.floor(time / 900_000))}`;
  let found = labels.get(key);
  if (found === undefined) labels.set(key, (found = label()));
  return found;
}

/** Moments at which sessions begin. */
export function sessionStarts(events: readonly UsageEvent[]): number[] {
  const starts: number[] = [];
  for (const ofUser of Map.groupBy(events, (event) => event.user).values()) {
    const times = ofUser.map((event) => event.time).sort((a, b) => a - b);
    times.forEach((time, index) => {
      const before = times[index - 1];
      if (before === undefined || time - before > GAP) starts.push(time);
    });
  }
  return starts;
}

/** Intervals in which something happened, by label. */
export function activity(
  events: readonly UsageEvent[],
  label: (time: number) => string,
): Map<string, Counted> {
  const starts = Map.groupBy(sessionStarts(events), label);
  const groups = Map.groupBy(events, (event) => label(event.time));
  return new Map(
    [...groups].map(([name, group]) => [
      name,
      {
        events: group.length,
        activeUsers: usersOf(group),
        sessions: starts.get(name)?.length ?? 0,
        errors: group.filter(({ name: event }) => event === "error").length,
      },
    ]),
  );
}

export function features(
  events: readonly UsageEvent[],
): Map<string, { events: number; activeUsers: number }> {
  const groups = Map.groupBy(events, (event) => event.feature);
  return new Map(
    [...groups].map(([name, group]) => [
      name,
      { events: group.length, activeUsers: usersOf(group) },
    ]),
  );
}

/** Users of windows that end with a day (days since the epoch), and what follows from them. */
export function kpis(
  events: readonly UsageEvent[],
  day: number,
  timeZone: string,
): Partial<KpisReport> {
  const within = (length: number, last: number): UsageEvent[] =>
    events.filter(({ time }) => {
      const label = dayLabel(time, timeZone);
      return label > dateOf(last - length) && label <= dateOf(last);
    });
  const kpi = (length: number): { users: number; previous: number } => ({
    users: usersOf(within(length, day)),
    previous: usersOf(within(length, day - length)),
  });
  const month = within(30, day);
  return {
    dailyActiveUsers: kpi(1),
    weeklyActiveUsers: kpi(7),
    monthlyActiveUsers: kpi(30),
    monthlyEvents: month.length,
    monthlyErrors: month.filter(({ name }) => name === "error").length,
    adoption: [...features(month)]
      .map(([feature, { activeUsers }]) => ({
        feature,
        users: activeUsers,
        share: Math.round((activeUsers / usersOf(month)) * 10_000) / 10_000,
      }))
      .sort((a, b) => b.users - a.users || (a.feature < b.feature ? -1 : 1)),
  };
}

export function dateOf(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 10);
}

function usersOf(events: readonly UsageEvent[]): number {
  return new Set(events.map((event) => event.user)).size;
}
