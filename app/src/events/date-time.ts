const DATE_TIME =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const DAY = 86_400_000;

/**
 * Reads an RFC 3339 date-time, e.g. `2026-11-22T09:30:00.5+01:00`, into ms since the epoch (digits beyond the
 * millisecond are cut); undefined when it is none, or names a day or time that does not exist. A leap second counts as
 * the second after it, as clocks on Unix have it.
 */
export function parseDateTime(text: string): number | undefined {
  const match = DATE_TIME.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, sign, offsetHour, offsetMinute] =
    match;
  const days = dayNumber(Number(year), Number(month), Number(day));
  if (days === undefined) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined;
  if (Number(offsetHour ?? 0) > 23 || Number(offsetMinute ?? 0) > 59) return undefined;
  const offset =
    (Number(offsetHour ?? 0) * 60 + Number(offsetMinute ?? 0)) * (sign === "-" ? -1 : 1);
  const seconds = Number(hour) * 3600 + (Number(minute) - offset) * 60 + Number(second);
  return days * DAY + seconds * 1000 + Number((fraction ?? "").slice(0, 3).padEnd(3, "0"));
}

/** Reads `YYYY-MM-DD` into days since 1970-01-01; undefined when there is no such day. */
export function parseDate(text: string): number | undefined {
  const match = DATE.exec(text);
  return match === null
    ? undefined
    : dayNumber(Number(match[1]), Number(match[2]), Number(match[3]));
}

/** Writes days since 1970-01-01 as `YYYY-MM-DD`. */
export function formatDate(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 10);
}

function dayNumber(year: number, month: number, day: number): number | undefined {
  // Not Date.UTC, which reads years below 100 as 19xx.
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  // Days that do not exist roll over.
  const exists =
    date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists ? date.getTime() / DAY : undefined;
}
