import * as z from "zod/mini";
import { formatDay, parseDay } from "./events/day.ts";

/** Years 2000 to 2100 keep every number small and every window inside the calendar. */
const [FIRST_DAY = 0, LAST_DAY = 0] = ["2000-01-01", "2100-01-01"].map(parseDay);
/** All of them, leap years included, for readers of the description. */
const DATE_PATTERN =
  "^(20[0-9]{2}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))" +
  "|20([02468][048]|[13579][26])-02-29|2100-01-01)$";
const MAX_LIMIT = 500;

const day = (text: string): number => parseDay(text) ?? NaN;
const refine = (fits: (text: string) => boolean, error: string, code?: string) =>
  z.refine<string>(fits, { error, params: { code }, abort: true });

/** Most entries of a page. */
export const limitParameter = z.optional(
  z
    .pipe(
      z
        .string()
        .check(
          refine(
            (text) => /^\d{1,9}$/.test(text) && Number(text) >= 1 && Number(text) <= MAX_LIMIT,
            `must be a whole number from 1 to ${MAX_LIMIT}.`,
            "out-of-range",
          ),
        ),
      z.transform(Number),
    )
    .check(
      z.meta({ type: "integer", minimum: 1, maximum: MAX_LIMIT }),
      z.meta({ description: "Most entries in the answer. Default: 100." }),
    ),
);

export const cursorParameter = z.optional(
  z.string().check(
    refine(
      (text) => text !== "" && text.length <= 512,
      "must be the nextCursor of a page, as it was given.",
    ),
    z.meta({ minLength: 1, maxLength: 512, description: "`nextCursor` of the page before." }),
  ),
);

/** A UTC day as `YYYY-MM-DD`; its value is the number of days since 1970-01-01. */
export const dayParameter = (description: string) =>
  z.optional(
    z
      .pipe(
        z.string().check(
          refine((text) => !Number.isNaN(day(text)), "must be a date, e.g. 2026-11-22."),
          refine(
            (text) => day(text) >= FIRST_DAY && day(text) <= LAST_DAY,
            `must lie from ${formatDay(FIRST_DAY)} to ${formatDay(LAST_DAY)}.`,
            "out-of-range",
          ),
        ),
        z.transform(day),
      )
      .check(z.meta({ pattern: DATE_PATTERN, description })),
  );
