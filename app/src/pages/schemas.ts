import * as z from "zod/mini";
import { PROBLEMS } from "../errors.ts";
import type { ActivityReport, FeaturesReport, KpisReport } from "../events/reports.ts";
import * as events from "../events/schema.ts";

const { EventInput: Event, EventBatch, StoredEvent, EventPage, ItemResult, SubmitResult } = events;

const text = z.string();
const count = z.int().check(z.minimum(0));
const share = z.number().check(z.minimum(0), z.maximum(1));
const day = z.string().check(z.meta({ format: "date" }));
const time = z.string().check(z.meta({ format: "date-time" }));
const range = { from: day, to: day };
const use = { events: count, activeUsers: count };
const activity = { ...use, errors: count };
const users = z.strictObject({ users: count, previous: count });
const noted = <T extends z.ZodMiniType>(schema: T, description: string): T =>
  schema.check(z.describe(description));
const CHANGE = "Change of events: 0.5 is 50 % more; null when there were none before.";
const listOf = <T extends z.core.$ZodLooseShape>(members: T, description: string) =>
  noted(z.array(z.strictObject(members)), description);
const adoption = {
  ...{ feature: text, users: count },
  share: noted(share, "Part of the monthly users who used the feature."),
};
const featureUse = {
  ...{ feature: text, ...use, previous: z.strictObject(use) },
  share: noted(share, "Part of all events of the range."),
  trend: noted(z.nullable(z.number()), CHANGE),
};
const invalidInput = {
  ...{ code: text, detail: text },
  pointer: z.optional(noted(text, "JSON Pointer (RFC 6901) into the request body.")),
  parameter: z.optional(noted(text, "Query parameter.")),
};
const kinds = Object.keys(PROBLEMS).map((kind) => `/docs#${kind}`);

export const SCHEMAS = {
  ...{ Event, EventBatch, StoredEvent, EventPage, ItemResult, SubmitResult },
  ActivityReport: z.strictObject({
    ...range,
    totals: z.strictObject(activity),
    points: listOf({ start: time, ...activity }, "One for each day of the range, in order."),
  }) satisfies z.ZodMiniType<ActivityReport>,
  FeaturesReport: z.strictObject({
    ...range,
    previousRange: z.strictObject(range),
    count: noted(count, "Features in both ranges, those beyond `limit` included."),
    totals: z.strictObject(use),
    features: listOf(featureUse, "Most used first."),
  }) satisfies z.ZodMiniType<FeaturesReport>,
  KpisReport: z.strictObject({
    date: day,
    dailyActiveUsers: users,
    weeklyActiveUsers: noted(users, "7 days that end with `date`."),
    monthlyActiveUsers: noted(users, "30 days that end with `date`."),
    stickiness: noted(z.nullable(share), "Daily by monthly active users."),
    errorShare: noted(z.nullable(share), "Errors by events of the 30 days."),
    monthlyEvents: count,
    monthlyErrors: count,
    adoption: listOf(adoption, "Most used first."),
  }) satisfies z.ZodMiniType<KpisReport>,
  Alive: z.strictObject({ status: z.literal("alive") }),
  Readiness: z.strictObject({
    status: z.enum(["ready", "not-ready"]),
    reasons: z.array(z.enum(["draining", "store", "event-loop"])),
  }),
  Status: z.looseObject({
    ...{ service: text, version: text, revision: text, commit: z.optional(text), node: text },
    ...{ startedAt: time, workersExpected: count, workerRestarts: count },
    workers: noted(z.array(z.looseObject({ worker: count, pid: count })), "One for each process."),
  }),
  Problem: noted(
    z.strictObject({
      type: z.enum(["about:blank", ...kinds]),
      title: text,
      status: z.int().check(z.minimum(400), z.maximum(599)),
      detail: noted(text, "What was wrong and what to do, in one sentence."),
      requestId: noted(text, "Names the request in the log of the service."),
      errors: z.optional(listOf(invalidInput, "Each member that was refused.")),
    }),
    "Problem Details (RFC 9457).",
  ),
};
