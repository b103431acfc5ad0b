import type * as z from "zod/mini";
import type { EventInput } from "./schema.ts";

/** One thing that a user did with a feature of a product, as its schema describes it; `time` in ms since the epoch. */
export type UsageEvent = Readonly<Omit<z.infer<typeof EventInput>, "time">> & {
  readonly time: number;
};

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
