import {
  MAX_BATCH,
  MAX_PROPERTIES,
  MAX_PROPERTIES_BYTES,
  MAX_USER_LENGTH,
  MAX_WORD_LENGTH,
} from "../events/service.ts";
import { EXACT_LIMIT, UNION_LIMIT } from "../events/user-set.ts";
import { PROBLEMS } from "../http/problem.ts";

/** A JSON Schema (draft 2020-12, the dialect of OpenAPI 3.1). */
export type Schema = Readonly<Record<string, unknown>>;

const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
const count: Schema = { type: "integer", minimum: 0 };
const share: Schema = { type: "number", minimum: 0, maximum: 1 };
const nullableShare: Schema = { type: ["number", "null"], minimum: 0, maximum: 1 };
const text: Schema = { type: "string" };
const flag: Schema = { type: "boolean" };

/** An object with exactly these members; a name that ends in "?" is optional. */
function object(members: Readonly<Record<string, Schema>>, more: Schema = {}): Schema {
  const properties: Record<string, Schema> = {};
  const required: string[] = [];
  for (const [name, schema] of Object.entries(members)) {
    const optional = name.endsWith("?");
    properties[optional ? name.slice(0, -1) : name] = schema;
    if (!optional) required.push(name);
  }
  return { type: "object", required, properties, additionalProperties: false, ...more };
}

const described = (schema: Schema, description: string): Schema => ({ ...schema, description });
const list = (items: Schema, more: Schema = {}): Schema => ({ type: "array", items, ...more });

const word = (signs: string): Schema => ({
  type: "string",
  minLength: 1,
  maxLength: MAX_WORD_LENGTH,
  pattern: `^[A-Za-z0-9][A-Za-z0-9${signs}]*$`,
});

export const EVENT_ID: Schema = word("._:\\-");

/** Every day from 2000-01-01 to 2100-01-01 (leap years included), as the reports take it. */
export const DATE: Schema = {
  type: "string",
  pattern:
    "^(20[0-9]{2}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))" +
    "|20([02468][048]|[13579][26])-02-29|2100-01-01)$",
};

const eventMembers = (timeMember: "time" | "time?"): Readonly<Record<string, Schema>> => ({
  id: described(
    EVENT_ID,
    "Chosen by the sender; an id counts once, so that sending again is safe.",
  ),
  name: described(
    word("._:/\\-"),
    "What happened. `error` and names that begin with `error.` count as errors.",
  ),
  user: {
    type: "string",
    minLength: 1,
    maxLength: MAX_USER_LENGTH,
    pattern: "^[^\\u0000-\\u001f\\u007f-\\u009f]+$",
    description: "Whom it happened to: an opaque id of the sender.",
  },
  feature: described(word("._:/\\-"), "Which part of the product was used."),
  [timeMember]: {
    type: "string",
    format: "date-time",
    description:
      "When it happened: at most 90 days ago and 5 minutes ahead. Default: when it is received.",
  },
  "properties?": {
    type: "object",
    maxProperties: MAX_PROPERTIES,
    additionalProperties: { type: ["string", "number", "boolean", "null"] },
    description: `At most ${MAX_PROPERTIES_BYTES} bytes of JSON.`,
  },
});

const precision = object({
  exact: described(
    flag,
    `Whether every user count of the report is exact. An hour or day of all events or of one feature is with up to ${EXACT_LIMIT} users, a sum of them with up to ${UNION_LIMIT}; beyond that counts are estimates.`,
  ),
  standardError: described(share, "Standard error of user counts relative to the count."),
});
const range: Readonly<Record<string, Schema>> = {
  from: { type: "string", format: "date" },
  to: { type: "string", format: "date" },
  timeZone: text,
};
const activityCounts: Readonly<Record<string, Schema>> = {
  events: count,
  activeUsers: described(count, "Distinct users with an event."),
  sessions: described(count, "Sessions that began."),
  errors: count,
};
const userKpi = object({ users: count, previous: described(count, "The window before.") });

/** Schemas of the API by name. */
export const SCHEMAS: Readonly<Record<string, Schema>> = {
  Event: object(eventMembers("time?")),
  EventBatch: list(ref("Event"), { minItems: 1, maxItems: MAX_BATCH }),
  StoredEvent: object({
    ...eventMembers("time"),
    received: { type: "string", format: "date-time", description: "When the service got it." },
  }),
  EventPage: object({
    events: list(ref("StoredEvent")),
    "nextCursor?": described(text, "Cursor of the next page; absent on the last one."),
  }),
  SubmitResult: object({
    accepted: count,
    duplicate: described(count, "Events whose id was known; the stored one stays."),
    refused: count,
    results: described(list(ref("ItemResult")), "One for each event, in their order."),
  }),
  ItemResult: {
    oneOf: [
      object({ index: count, id: text, status: { enum: ["accepted", "duplicate"] } }),
      object({
        index: count,
        "id?": text,
        status: { const: "refused" },
        code: described(text, "Machine-readable reason."),
        detail: text,
        pointer: described(text, "JSON Pointer (RFC 6901) into the request body."),
      }),
    ],
  },
  ActivityReport: object({
    ...range,
    interval: { enum: ["hour", "day"] },
    precision,
    totals: object(activityCounts),
    points: described(
      list(object({ start: { type: "string", format: "date-time" }, ...activityCounts })),
      "One for each hour or day of the range, in order.",
    ),
  }),
  FeaturesReport: object({
    ...range,
    precision,
    previousRange: object({ from: range["from"] ?? text, to: range["to"] ?? text }),
    count: described(count, "Features in both ranges, those beyond `limit` included."),
    totals: object({ events: count, activeUsers: count }),
    features: list(
      object({
        feature: text,
        events: count,
        activeUsers: count,
        share: described(share, "Part of all events of the range."),
        previous: object({ events: count, activeUsers: count }),
        trend: {
          type: ["number", "null"],
          description:
            "Change against the range before: 0.5 is 50 % more; null when there were none.",
        },
      }),
    ),
  }),
  KpisReport: object({
    date: { type: "string", format: "date" },
    timeZone: text,
    precision,
    dailyActiveUsers: userKpi,
    weeklyActiveUsers: described(userKpi, "7 days that end with `date`."),
    monthlyActiveUsers: described(userKpi, "30 days that end with `date`."),
    stickiness: described(nullableShare, "Daily by monthly active users."),
    errorShare: described(nullableShare, "Errors by events of the 30 days."),
    monthlyEvents: count,
    monthlyErrors: count,
    adoption: described(
      list(object({ feature: text, users: count, share })),
      "Part of the monthly users who used the feature.",
    ),
  }),
  Problem: object(
    {
      type: { enum: Object.keys(PROBLEMS).map((kind) => `/docs#${kind}`) },
      title: text,
      status: { type: "integer", minimum: 400, maximum: 599 },
      detail: described(text, "What was wrong and what to do, in one sentence."),
      requestId: described(text, "Names the request in the log of the service."),
      "errors?": list(
        object({
          code: text,
          detail: text,
          "pointer?": described(text, "JSON Pointer (RFC 6901) into the request body."),
          "parameter?": described(text, "Query parameter."),
        }),
      ),
    },
    { description: "Problem Details (RFC 9457)." },
  ),
  Alive: object({ status: { const: "alive" } }),
  Readiness: object({
    status: { enum: ["ready", "not-ready"] },
    reasons: list({ enum: ["draining", "store", "event-loop"] }),
  }),
  Status: object({
    service: text,
    version: text,
    revision: described(text, "Content tag of the running image."),
    "commit?": text,
    node: text,
    startedAt: { type: "string", format: "date-time" },
    uptimeSeconds: { type: "number", minimum: 0 },
    workersExpected: count,
    workerRestarts: count,
    workers: list(ref("WorkerStatus")),
  }),
  WorkerStatus: object({
    worker: count,
    pid: count,
    uptimeSeconds: { type: "number", minimum: 0 },
    draining: flag,
    requestsInFlight: count,
    eventLoopDelayMilliseconds: count,
    heapUsedMiB: count,
    heapLimitMiB: count,
    residentMiB: count,
    logLinesDropped: count,
    store: object({
      kind: { enum: ["sqlite", "dynamodb"] },
      state: { enum: ["ok", "degraded", "down"] },
      since: { type: "string", format: "date-time" },
      queueDepth: count,
      queueLimit: count,
    }),
  }),
};
