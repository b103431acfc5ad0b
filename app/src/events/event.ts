import type * as z from "zod/mini";
import { dayOf } from "./day.ts";
import type { EventInput } from "./schema.ts";

/** One thing that a user did with a feature of a product, as its schema describes it; `time` in ms since the epoch. */
export type UsageEvent = Readonly<z.infer<typeof EventInput>> & { readonly time: number };

/** A stored event, with the moment of its receipt (ms since the epoch). */
export type StoredEvent = UsageEvent & { readonly received: number };

/** Most events in one request. */
export const MAX_BATCH = 500;
/**
 * Oldest event that is accepted, in days. Stores keep the ids of events for longer than this, counted from the event's
 * own time: an id that was forgotten belongs to an event that is refused, so that no event is ever counted twice.
 */
export const MAX_AGE_DAYS = 90;

/** Whether an event counts as an error in the error share. */
export const isError = ({ name }: Pick<UsageEvent, "name">): boolean =>
  name === "error" || name.startsWith("error.");

/** One user with one feature on one UTC day: what distinct users are counted from. */
export interface Member {
  readonly day: number;
  readonly feature: string;
  readonly user: string;
}

/** What happened with one feature on one UTC day. */
export type Count = Omit<Member, "user"> & { readonly events: number; readonly errors: number };

/** Counters of events by day and feature, and their members without repetition. */
export function countEvents(events: Iterable<UsageEvent>): { counts: Count[]; members: Member[] } {
  const counts = new Map<string, { -readonly [K in keyof Count]: Count[K] }>();
  const members = new Map<string, Member>();
  for (const event of events) {
    const { feature, user, time } = event;
    const day = dayOf(time);
    // No feature has a space; a user may, so it comes last.
    const key = `${day} ${feature}`;
    let count = counts.get(key);
    if (count === undefined) counts.set(key, (count = { day, feature, events: 0, errors: 0 }));
    count.events++;
    if (isError(event)) count.errors++;
    members.set(`${key} ${user}`, { day, feature, user });
  }
  return { counts: [...counts.values()], members: [...members.values()] };
}
