const DAY = 86_400_000;
const MINUTE = 60_000;

/** Length of the smallest interval that counters keep. Every offset of a time zone in use is a multiple of it. */
export const QUARTER = 15 * MINUTE;
export const QUARTERS_PER_DAY = 96;

const FORMATS_LIMIT = 200;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether a name is an IANA time zone (not a bare offset such as `+01:00`, which Intl would take too). */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(name)) return false;
  try {
    format(name);
    return true;
  } catch {
    return false;
  }
}

/** Offset of a zone from UTC at a moment, in ms: positive in the east. */
export function zoneOffset(timeZone: string, time: number): number {
  if (timeZone === "UTC") return 0;
  const parts: Record<string, number> = {};
  for (const { type, value } of format(timeZone).formatToParts(time)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(time / 1000) * 1000;
}

/** Calendar day of a zone at a moment, as days since 1970-01-01. */
export function localDay(timeZone: string, time: number): number {
  return Math.floor((time + zoneOffset(timeZone, time)) / DAY);
}

function format(timeZone: string): Intl.DateTimeFormat {
  let found = formats.get(timeZone);
  if (found === undefined) {
    // Names ignore case, so that a caller could fill the cache with spellings of one zone.
    if (formats.size >= FORMATS_LIMIT) formats.clear();
    found = new Intl.DateTimeFormat("en-US", {
      timeZone,
      calendar: "gregory",
      numberingSystem: "latn",
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formats.set(timeZone, found);
  }
  return found;
}
