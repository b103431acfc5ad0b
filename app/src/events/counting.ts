import { dayOf } from "./day.ts";
import type { UsageEvent } from "./event.ts";
import { isError } from "./event.ts";

/** What happened with one feature on one UTC day. */
export interface Count {
  readonly day: number;
  readonly feature: string;
  readonly events: number;
  readonly errors: number;
}

/** One user with one feature on one UTC day: what distinct users are counted from. */
export interface Member {
  readonly day: number;
  readonly feature: string;
  readonly user: string;
}

/** Counters of events by day and feature, and their members without repetition. */
export function countEvents(events: Iterable<UsageEvent>): { counts: Count[]; members: Member[] } {
  const counts = new Map<string, { -readonly [K in keyof Count]: Count[K] }>();
  const members = new Map<string, Member>();
  for (const event of events) {
    const { feature, user } = event;
    const day = dayOf(event.time);
    // No feature has a space; a user may, so it comes last.
    const key = `${String(day)} ${feature}`;
    let count = counts.get(key);
    if (count === undefined) counts.set(key, (count = { day, feature, events: 0, errors: 0 }));
    count.events++;
    if (isError(event)) count.errors++;
    members.set(`${key} ${user}`, { day, feature, user });
  }
  return { counts: [...counts.values()], members: [...members.values()] };
}
