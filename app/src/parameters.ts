import * as z from "zod/mini";
import { formatDay, parseDay } from "./events/day.ts";
import { rule } from "./validation.ts";

/** Years 2000 to 2100 keep every number small and every window inside the calendar. */
const [FIRST_DAY = 0, LAST_DAY = 0] = ["2000-01-01", "2100-01-01"].map(parseDay);
/** All of them, leap years included, for readers of the description. */
const DATE_PATTERN =
  "^(20[0-9]{2}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))" +
  "|20([02468][048]|[13579][26])-02-29|2100-01-01)$";
const MAX_LIMIT = 500;

/** An optional parameter: the rules for its text, what its text becomes, and how it is described. */
const parameter = <T>(
  rules: ReturnType<typeof rule<string>>[],
  to: (text: string) => T,
  meta: object,
) => z.optional(z.pipe(z.string().check(...rules), z.transform(to)).check(z.meta({ ...meta })));

const A_LIMIT = `must be a whole number from 1 to ${MAX_LIMIT}.`;
const isLimit = (text: string): boolean =>
  /^\d{1,9}$/.test(text) && Number(text) >= 1 && Number(text) <= MAX_LIMIT;
export const limitParameter = parameter([rule(isLimit, A_LIMIT, "out-of-range")], Number, {
  ...{ type: "integer", minimum: 1, maximum: MAX_LIMIT },
  description: "Most entries in the answer. Default: 100.",
});

const A_CURSOR = "must be the nextCursor of a page, as it was given.";
export const cursorParameter = parameter(
  [rule((text) => text !== "" && text.length <= 512, A_CURSOR)],
  String,
  { minLength: 1, maxLength: 512, description: "`nextCursor` of the page before." },
);

const day = (text: string): number => parseDay(text) ?? NaN;
const SPAN = `must lie from ${formatDay(FIRST_DAY)} to ${formatDay(LAST_DAY)}.`;
/** A UTC day as `YYYY-MM-DD`; its value is the number of days since 1970-01-01. */
export const dayParameter = (description: string) =>
  parameter(
    [
      rule((text) => !Number.isNaN(day(text)), "must be a date, e.g. 2026-11-22."),
      rule((text) => day(text) >= FIRST_DAY && day(text) <= LAST_DAY, SPAN, "out-of-range"),
    ],
    day,
    { pattern: DATE_PATTERN, description },
  );
