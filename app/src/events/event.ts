/** Value of one property of an event. */
export type PropertyValue = string | number | boolean | null;

/** One thing that a user did with a feature of a product. */
export interface UsageEvent {
  /** Chosen by the sender; an id counts once, so that sending again is safe. */
  readonly id: string;
  /** What happened, e.g. `opened`. `error` and names that begin with `error.` count as errors. */
  readonly name: string;
  /** Whom it happened to: an opaque id of the sender. */
  readonly user: string;
  /** Which part of the product was used. */
  readonly feature: string;
  /** When it happened, in milliseconds since 1970-01-01T00:00:00Z. */
  readonly time: number;
  readonly properties?: Readonly<Record<string, PropertyValue>>;
}

/** A stored event, with the moment of its receipt (ms since the epoch). */
export interface StoredEvent extends UsageEvent {
  readonly received: number;
}

/** Most events in one request. */
export const MAX_BATCH = 500;
/** Longest id, name and feature, in characters (all of them ASCII). */
export const MAX_WORD_LENGTH = 64;
/** Longest user, in characters (UTF-16 code units). */
export const MAX_USER_LENGTH = 128;
/** Most properties of an event. */
export const MAX_PROPERTIES = 20;
/** Longest `properties` of an event, in bytes of its JSON. 500 events of the longest kind fit into a body of 1 MiB of UTF-8. */
export const MAX_PROPERTIES_BYTES = 1024;
/**
 * Oldest event that is accepted, in days. Stores keep the ids of events for longer than this, counted from the event's
 * own time: an id that was forgotten belongs to an event that is refused, so that no event is ever counted twice.
 */
export const MAX_AGE_DAYS = 90;
/** How far an event may lie in the future, for clocks that run ahead, in minutes. */
export const MAX_AHEAD_MINUTES = 5;

/** Whether an event counts as an error in the error share. */
export function isError(event: Pick<UsageEvent, "name">): boolean {
  return event.name === "error" || event.name.startsWith("error.");
}
