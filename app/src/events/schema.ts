import * as z from "zod/mini";
import { rule } from "../validation.ts";
import { DAY, parseDay } from "./day.ts";
import { MAX_AGE_DAYS, MAX_BATCH } from "./event.ts";

/** How far an event may lie in the future, for clocks that run ahead. */
const MAX_AHEAD_MINUTES = 5;
/** 500 events of the longest kind fit into a body of 1 MiB of UTF-8. */
const MAX_PROPERTIES_BYTES = 1024;
const MAX_PROPERTIES = 20;

const wellFormed = rule((text) => text.isWellFormed(), "must be well-formed Unicode.");

const word = (signs: string, description: string) => {
  const error = `must begin with a letter or digit, and hold only ASCII letters, digits and "${signs.split("").join(" ")} -".`;
  const pattern = new RegExp(`^[A-Za-z0-9][A-Za-z0-9${signs}\\-]*$`);
  return z
    .string()
    .check(z.minLength(1), z.maxLength(64), z.regex(pattern, error), z.describe(description));
};
const ID = "Chosen by the sender; an id counts once, so that sending again is safe.";
export const EventId = word("._:", ID);
const name = (description: string) => word("._:/", description);

const DATE_TIME =
  /^(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))T(?:[01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i;
const A_TIME =
  "must be a date and time with an offset as RFC 3339 has it, e.g. 2026-11-22T09:30:00Z.";
const DateTime = z.pipe(z.string(), z.transform(parseDateTime)).check(
  rule((time) => !Number.isNaN(time), A_TIME),
  z.meta({ format: "date-time" }),
);

/** Milliseconds since the epoch, or NaN; digits beyond are cut, and a leap second counts as the one after it, as on Unix. */
function parseDateTime(text: string): number {
  const [, day, second] = DATE_TIME.exec(text) ?? [];
  // Only the last days of a month may not exist.
  if (day === undefined || (day.slice(8) > "28" && parseDay(day) === undefined)) return NaN;
  const upper = text.toUpperCase();
  return second === "60" ? Date.parse(upper.replace(":60", ":59")) + 1000 : Date.parse(upper);
}

const isObject = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isWritable = (key: string, value: unknown): boolean =>
  key.isWellFormed() &&
  (typeof value === "string"
    ? value.isWellFormed()
    : typeof value !== "number" || Number.isFinite(value));
const A_PROPERTY =
  "must have a name of well-formed Unicode, and be a string of such, a number that a double holds, true, false or null.";
const sizeOf = (of: object): number => Buffer.byteLength(JSON.stringify(of));
const TOO_MANY = `has more than ${MAX_PROPERTIES} members.`;
const TOO_LARGE = `takes more than ${MAX_PROPERTIES_BYTES} bytes of JSON.`;
/** Rules for the whole: schemas of every key and value would take a third of the time of an event. */
const Properties: z.ZodMiniType<Record<string, string | number | boolean | null>> = z.any().check(
  rule(isObject, "must be a JSON object.", "wrong-type"),
  ({ value, issues }) => {
    for (const [path, input] of Object.entries(value as object) as [string, unknown][]) {
      const code = typeof input === "object" && input !== null ? "wrong-type" : "malformed";
      if (code === "malformed" && isWritable(path, input)) continue;
      issues.push({ code: "custom", message: A_PROPERTY, params: { code }, path: [path], input });
    }
  },
  rule((of: object) => Object.keys(of).length <= MAX_PROPERTIES, TOO_MANY, "too-long"),
  rule((of: object) => sizeOf(of) <= MAX_PROPERTIES_BYTES, TOO_LARGE, "too-long"),
  z.meta({
    ...{ type: "object", maxProperties: MAX_PROPERTIES },
    additionalProperties: { type: ["string", "number", "boolean", "null"] },
    description: `At most ${MAX_PROPERTIES_BYTES} bytes of JSON.`,
  }),
);

const WHEN =
  "When it happened: at most 90 days ago and 5 minutes ahead. Default: when it is received.";
const TOO_OLD = `must not lie more than ${MAX_AGE_DAYS} days in the past.`;
const TOO_NEW = `must not lie more than ${MAX_AHEAD_MINUTES} minutes in the future.`;

/** An event as a client sends it. */
export const EventInput = z.strictObject({
  id: EventId,
  name: name("What happened. `error` and names that begin with `error.` count as errors."),
  user: z
    .string()
    .check(
      z.minLength(1, "must not be empty."),
      z.maxLength(128),
      z.regex(/^[^\u0000-\u001f\u007f-\u009f]+$/, "must have no control characters."),
      wellFormed,
      z.describe("Whom it happened to: an opaque id of the sender."),
    ),
  feature: name("Which part of the product was used."),
  properties: z.optional(Properties),
  time: z.optional(
    DateTime.check(
      rule((time) => time >= Date.now() - MAX_AGE_DAYS * DAY, TOO_OLD, "too-old"),
      rule((time) => time <= Date.now() + MAX_AHEAD_MINUTES * 60_000, TOO_NEW, "too-new"),
      z.describe(WHEN),
    ),
  ),
});

export const StoredEvent = z.extend(EventInput, {
  time: DateTime,
  received: DateTime.check(z.describe("When the service got it.")),
});

export const EventBatch = z.array(EventInput).check(z.minLength(1), z.maxLength(MAX_BATCH));

export const EventPage = z.strictObject({
  events: z.array(StoredEvent),
  nextCursor: z.optional(z.string().check(z.describe("Absent on the last page."))),
});

const count = z.int().check(z.minimum(0));

export const ItemResult = z.union([
  z.strictObject({ index: count, id: z.string(), status: z.enum(["accepted", "duplicate"]) }),
  z.strictObject({
    index: count,
    id: z.optional(z.string()),
    status: z.literal("refused"),
    code: z.string(),
    detail: z.string(),
    pointer: z.string().check(z.describe("JSON Pointer (RFC 6901) into the request body.")),
  }),
]);
export type ItemResult = z.infer<typeof ItemResult>;

/** Answer to events that were sent: one result for each, in their order. */
export const SubmitResult = z.strictObject({
  accepted: count,
  duplicate: count.check(z.describe("Events whose id was known; the stored one stays.")),
  refused: count,
  results: z.array(ItemResult),
});
