/** Milliseconds of a day. Days are UTC and counted from 1970-01-01. */
export const DAY = 86_400_000;

/** Days, both included. */
export interface DayRange {
  readonly fromDay: number;
  readonly toDay: number;
}

export const includes = ({ fromDay, toDay }: DayRange, day: number): boolean =>
  day >= fromDay && day <= toDay;

export const daysOf = ({ fromDay, toDay }: DayRange): number[] =>
  Array.from({ length: toDay - fromDay + 1 }, (_, at) => fromDay + at);

/** The UTC day of a moment (ms since the epoch). */
export const dayOf = (time: number): number => Math.floor(time / DAY);

/** Writes a day as `YYYY-MM-DD`. */
export const formatDay = (day: number): string => new Date(day * DAY).toISOString().slice(0, 10);

/** Reads `YYYY-MM-DD`; undefined when the text is none or there is no such day. */
export function parseDay(text: string): number | undefined {
  const date = new Date(/^\d{4}-\d{2}-\d{2}$/.test(text) ? text : NaN);
  // Days that do not exist roll over, such as February 30th.
  return date.getUTCDate() === Number(text.slice(8)) ? dayOf(date.getTime()) : undefined;
}
