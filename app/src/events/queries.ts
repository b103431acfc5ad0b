import { formatDate, parseDate } from "./date-time.ts";
import { isTimeZone, localDay } from "./zone.ts";

/** Days are numbers since 1970-01-01, both included, in the calendar of the time zone. */
export interface RangeQuery {
  readonly fromDay: number;
  readonly toDay: number;
  /** IANA name. */
  readonly timeZone: string;
}

export interface ActivityQuery extends RangeQuery {
  readonly interval: "hour" | "day";
}

export interface FeaturesQuery extends RangeQuery {
  /** Most features in the answer. */
  readonly limit: number;
}

export interface KpisQuery {
  /** Last day of the windows. */
  readonly day: number;
  readonly timeZone: string;
}

export interface ListQuery {
  readonly limit: number;
  readonly cursor?: string;
}

/** Why a query parameter was refused. */
export interface QueryProblem {
  readonly parameter: string;
  readonly code: "unknown-parameter" | "repeated" | "malformed" | "out-of-range";
  /** One sentence for the caller. */
  readonly detail: string;
}

export type ParsedQuery<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly QueryProblem[] };

/** Longest range in days, by interval: bounds the size of an answer and the work for it. */
export const MAX_RANGE_DAYS = { hour: 31, day: 92 } as const;
const DEFAULT_RANGE_DAYS = { hour: 2, day: 30 } as const;
const MAX_LIMIT = 500;
const DEFAULT_LIMIT = 100;
const MAX_CURSOR_LENGTH = 512;

/**
 * Parameters of `GET /v1/activity`: `from`, `to` (dates, both included), `interval` (`hour` | `day`, default `day`) and
 * `timeZone` (default `UTC`). Without `to` the range ends today, without `from` it covers 30 days (2 days by hour).
 */
export function parseActivityQuery(
  params: URLSearchParams,
  now: number,
): ParsedQuery<ActivityQuery> {
  const read = new Reader(params, ["from", "to", "interval", "timeZone"]);
  const interval = read.choice("interval", ["hour", "day"], "day");
  const range = readRange(read, interval, now);
  return read.result({ ...range, interval });
}

/** Parameters of `GET /v1/features`: `from`, `to`, `timeZone` as above, and `limit` (1 to 500, default 100). */
export function parseFeaturesQuery(
  params: URLSearchParams,
  now: number,
): ParsedQuery<FeaturesQuery> {
  const read = new Reader(params, ["from", "to", "timeZone", "limit"]);
  const limit = read.integer("limit", 1, MAX_LIMIT, DEFAULT_LIMIT);
  return read.result({ ...readRange(read, "day", now), limit });
}

/** Parameters of `GET /v1/kpis`: `date` (default today) and `timeZone` (default `UTC`). */
export function parseKpisQuery(params: URLSearchParams, now: number): ParsedQuery<KpisQuery> {
  const read = new Reader(params, ["date", "timeZone"]);
  const timeZone = read.timeZone();
  return read.result({ day: read.date("date") ?? localDay(timeZone, now), timeZone });
}

/** Parameters of `GET /v1/events`: `limit` (1 to 500, default 100) and `cursor`. */
export function parseListQuery(params: URLSearchParams): ParsedQuery<ListQuery> {
  const read = new Reader(params, ["limit", "cursor"]);
  const limit = read.integer("limit", 1, MAX_LIMIT, DEFAULT_LIMIT);
  const cursor = read.text("cursor");
  if (cursor !== undefined && (cursor === "" || cursor.length > MAX_CURSOR_LENGTH)) {
    read.refuse("cursor", "malformed", "cursor must be the nextCursor of a page, as it was given.");
  }
  return read.result(cursor === undefined ? { limit } : { limit, cursor });
}

function readRange(read: Reader, interval: "hour" | "day", now: number): RangeQuery {
  const timeZone = read.timeZone();
  const from = read.date("from");
  const today = localDay(timeZone, now);
  const toDay = read.date("to") ?? (from === undefined ? today : Math.max(today, from));
  const fromDay = from ?? toDay - DEFAULT_RANGE_DAYS[interval] + 1;
  const limit = MAX_RANGE_DAYS[interval];
  if (fromDay > toDay) {
    read.refuse(
      "from",
      "out-of-range",
      `from is ${formatDate(fromDay)}, but must not be after to, which is ${formatDate(toDay)}.`,
    );
  } else if (toDay - fromDay + 1 > limit) {
    read.refuse(
      "from",
      "out-of-range",
      `The range has ${String(toDay - fromDay + 1)} days, at most ${String(limit)} are allowed by ${interval}.`,
    );
  }
  return { fromDay, toDay, timeZone };
}

/** Earliest and latest day of a report: years 2000 to 2100 keep every number small and every window inside the calendar. */
const FIRST_DAY = Date.UTC(2000, 0, 1) / 86_400_000;
const LAST_DAY = Date.UTC(2100, 0, 1) / 86_400_000;

/** Reads each parameter once and collects what is wrong, so that a caller sees all problems at once. */
class Reader {
  readonly #params: URLSearchParams;
  readonly #problems: QueryProblem[] = [];

  constructor(params: URLSearchParams, known: readonly string[]) {
    this.#params = params;
    for (const name of new Set(params.keys())) {
      if (!known.includes(name)) {
        this.refuse(
          name,
          "unknown-parameter",
          `This resource has the parameters ${known.join(", ")} only.`,
        );
      } else if (params.getAll(name).length > 1) {
        this.refuse(name, "repeated", `${name} must be given once.`);
      }
    }
  }

  refuse(parameter: string, code: QueryProblem["code"], detail: string): void {
    this.#problems.push({ parameter, code, detail });
  }

  text(name: string): string | undefined {
    return this.#params.get(name) ?? undefined;
  }

  choice<const T extends string>(name: string, choices: readonly T[], fallback: NoInfer<T>): T {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const choice = choices.find((one) => one === text);
    if (choice === undefined)
      this.refuse(name, "malformed", `${name} must be ${choices.join(" or ")}.`);
    return choice ?? fallback;
  }

  integer(name: string, min: number, max: number, fallback: number): number {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const value = Number(text);
    if (/^\d{1,9}$/.test(text) && value >= min && value <= max) return value;
    this.refuse(
      name,
      "out-of-range",
      `${name} must be a whole number from ${String(min)} to ${String(max)}.`,
    );
    return fallback;
  }

  date(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const day = parseDate(text);
    if (day === undefined) {
      this.refuse(name, "malformed", `${name} must be a date, e.g. 2026-11-22.`);
      return undefined;
    }
    if (day >= FIRST_DAY && day <= LAST_DAY) return day;
    this.refuse(
      name,
      "out-of-range",
      `${name} must lie from ${formatDate(FIRST_DAY)} to ${formatDate(LAST_DAY)}.`,
    );
    return undefined;
  }

  timeZone(): string {
    const text = this.text("timeZone");
    if (text === undefined || isTimeZone(text)) return text ?? "UTC";
    this.refuse("timeZone", "malformed", "timeZone must be an IANA time zone, e.g. Europe/Berlin.");
    return "UTC";
  }

  result<T>(value: T): ParsedQuery<T> {
    return this.#problems.length === 0
      ? { ok: true, value }
      : { ok: false, problems: this.#problems };
  }
}
