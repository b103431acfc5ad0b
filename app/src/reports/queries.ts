import * as z from "zod/mini";
import type { HttpProblem } from "../errors.ts";
import { dayOf, formatDay, type DayRange } from "../events/day.ts";
import { dayParameter, limitParameter } from "../parameters.ts";
import { refused } from "../validation.ts";

/** Longest range in days: bounds the size of an answer and the work for it. */
export const MAX_RANGE_DAYS = 92;
const DEFAULT_RANGE_DAYS = 30;

const from = dayParameter("First day, included. Default: 29 days before `to`.");
const to = dayParameter("Last day, included. Default: today.");

export const ActivityQuery = z.strictObject({ from, to });
export const FeaturesQuery = z.strictObject({ from, to, limit: limitParameter });
export const KpisQuery = z.strictObject({
  date: dayParameter("Last day of the windows. Default: today."),
});

/**
 * The range of a report: without `to` it ends today, without `from` it covers 30 days.
 * @throws HttpProblem validation-failed when it runs backwards or is too long
 */
export function rangeOf(query: z.infer<typeof ActivityQuery>, now: number): DayRange {
  const today = dayOf(now);
  const toDay = query.to ?? Math.max(today, query.from ?? today);
  const fromDay = query.from ?? toDay - DEFAULT_RANGE_DAYS + 1;
  const days = toDay - fromDay + 1;
  if (days < 1)
    throw outOfRange(
      `from is ${formatDay(fromDay)}, but must not be after to, which is ${formatDay(toDay)}.`,
    );
  if (days > MAX_RANGE_DAYS)
    throw outOfRange(`The range has ${days} days, at most ${MAX_RANGE_DAYS} are allowed.`);
  return { fromDay, toDay };
}

const outOfRange = (detail: string): HttpProblem =>
  refused([{ code: "out-of-range", parameter: "from", detail }]);
