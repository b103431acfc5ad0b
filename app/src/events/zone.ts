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
  const [, sign, hours, minutes, seconds] = OFFSET.exec(format(timeZone).format(time)) ?? [];
  const size =
    ((Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60 + Number(seconds ?? 0)) * 1000;
  return sign === "-" ? -size : size;
}

/** As `Intl` writes it: `GMT`, `GMT+05:30`, or `GMT-00:44:30` as in Monrovia until 1972. */
const OFFSET = /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/;

/** Calendar day of a zone at a moment, as days since 1970-01-01. */
export function localDay(timeZone: string, time: number): number {
  return Math.floor((time + zoneOffset(timeZone, time)) / DAY);
}

function format(timeZone: string): Intl.DateTimeFormat {
  let found = formats.get(timeZone);
  if (found === undefined) {
    // Names ignore case, so that a caller could fill the cache with spellings of one zone.
    if (formats.size >= FORMATS_LIMIT) formats.clear();
    // A quarter of the time that the parts of a local date and time take.
    found = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
    formats.set(timeZone, found);
  }
  return found;
}
