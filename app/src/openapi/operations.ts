import { isTimeZone } from "../events/zone.ts";
import type { Schema } from "./schemas.ts";
import { DATE, EVENT_ID } from "./schemas.ts";

/** A parameter of the query, path or header. */
export interface Parameter {
  readonly name: string;
  readonly in: "query" | "path" | "header";
  readonly required: boolean;
  readonly description: string;
  readonly schema: Schema;
  readonly example?: unknown;
}

/** One endpoint as the API description has it. */
export interface Operation {
  readonly method: "get" | "post";
  /** Path with parameters in braces. */
  readonly path: string;
  readonly operationId: string;
  readonly tag: "Events" | "Reports" | "Service";
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly Parameter[];
  /** Schemas of which the JSON body has one. */
  readonly body?: readonly string[];
  readonly status: 200 | 202;
  /** Name of a schema, or the media type of an answer that is not JSON. */
  readonly answer: { readonly schema: string } | { readonly mediaType: string };
  /** Needs an API key where keys are configured, counts against the rate limit. */
  readonly client: boolean;
  readonly tagged?: boolean;
  readonly notFound?: boolean;
}

const query = (
  name: string,
  description: string,
  schema: Schema,
  example?: unknown,
): Parameter => ({
  name,
  in: "query",
  required: false,
  description,
  schema,
  ...(example === undefined ? {} : { example }),
});

/** Zones that the runtime takes by their names of today, but lists by older ones. */
const RENAMED_ZONES: readonly string[] = [
  ...["Etc/UTC", "GMT", "Africa/Asmara", "America/Argentina/Buenos_Aires", "America/Atikokan"],
  ...["America/Indiana/Indianapolis", "America/Nuuk", "Asia/Ho_Chi_Minh", "Asia/Kathmandu"],
  ...["Asia/Kolkata", "Asia/Yangon", "Atlantic/Faroe", "Europe/Kyiv", "Pacific/Chuuk"],
  ...["Pacific/Kanton", "Pacific/Pohnpei"],
];

const timeZone = query(
  "timeZone",
  "IANA time zone in whose calendar days begin.",
  {
    type: "string",
    // The zones of this runtime: a made-up name is refused.
    enum: [
      ...new Set([
        "UTC",
        ...Intl.supportedValuesOf("timeZone"),
        ...RENAMED_ZONES.filter(isTimeZone),
      ]),
    ],
    default: "UTC",
  },
  "Europe/Berlin",
);
const from = query(
  "from",
  "First day, included. Default: 30 days (2 days by hour) before `to`.",
  DATE,
);
const to = query("to", "Last day, included. Default: today.", DATE);
const limit = query("limit", "Most entries in the answer.", {
  type: "integer",
  minimum: 1,
  maximum: 500,
  default: 100,
});

const common = { parameters: [], status: 200 } as const;

/** Every endpoint, in the order in which people read about them. */
export const OPERATIONS: readonly Operation[] = [
  {
    ...common,
    method: "post",
    path: "/v1/events",
    operationId: "submitEvents",
    tag: "Events",
    summary: "Send one event or a batch",
    description:
      "Answered after the events are stored: what was answered with 202 is never lost and never counted twice. Sending an " +
      "event again is safe. In a batch each event has its own result; 400 means that none was accepted.",
    body: ["Event", "EventBatch"],
    status: 202,
    answer: { schema: "SubmitResult" },
    client: true,
  },
  {
    ...common,
    method: "get",
    path: "/v1/events",
    operationId: "listEvents",
    tag: "Events",
    summary: "Page through stored events",
    description: "Newest receipt first. Follow `nextCursor` until it is absent.",
    parameters: [
      limit,
      query("cursor", "`nextCursor` of the page before.", {
        type: "string",
        minLength: 1,
        maxLength: 512,
      }),
    ],
    answer: { schema: "EventPage" },
    client: true,
  },
  {
    ...common,
    method: "get",
    path: "/v1/events/{id}",
    operationId: "getEvent",
    tag: "Events",
    summary: "One stored event",
    description: "Events are kept for 90 days from their time.",
    parameters: [
      { name: "id", in: "path", required: true, description: "Id of the event.", schema: EVENT_ID },
    ],
    answer: { schema: "StoredEvent" },
    client: true,
    notFound: true,
  },
  {
    ...common,
    method: "get",
    path: "/v1/activity",
    operationId: "getActivity",
    tag: "Reports",
    summary: "Active users, sessions and events over time",
    description: "By hour (at most 31 days) or day (at most 92 days).",
    parameters: [
      from,
      to,
      query("interval", "Length of one point.", {
        type: "string",
        enum: ["hour", "day"],
        default: "day",
      }),
      timeZone,
    ],
    answer: { schema: "ActivityReport" },
    client: true,
    tagged: true,
  },
  {
    ...common,
    method: "get",
    path: "/v1/features",
    operationId: "getFeatures",
    tag: "Reports",
    summary: "Use by feature, its share and trend",
    description:
      "Most used first, compared with the range of equal length before; at most 92 days.",
    parameters: [from, to, timeZone, limit],
    answer: { schema: "FeaturesReport" },
    client: true,
    tagged: true,
  },
  {
    ...common,
    method: "get",
    path: "/v1/kpis",
    operationId: "getKpis",
    tag: "Reports",
    summary: "Active users, stickiness, adoption, error share",
    description: "Windows of 1, 7 and 30 days that end with `date`.",
    parameters: [query("date", "Last day of the windows. Default: today.", DATE), timeZone],
    answer: { schema: "KpisReport" },
    client: true,
    tagged: true,
  },
  {
    ...common,
    method: "get",
    path: "/livez",
    operationId: "getLiveness",
    tag: "Service",
    summary: "Whether the process is alive",
    description: "For the container's health check: no answer means start it again.",
    answer: { schema: "Alive" },
    client: false,
  },
  {
    ...common,
    method: "get",
    path: "/readyz",
    operationId: "getReadiness",
    tag: "Service",
    summary: "Whether the process should get traffic",
    description: "For the load balancer: 503 while draining, without the store, or overloaded.",
    answer: { schema: "Readiness" },
    client: false,
  },
  {
    ...common,
    method: "get",
    path: "/status",
    operationId: "getStatus",
    tag: "Service",
    summary: "Version, uptime, state of the processes and the store",
    description: "For people; its members may grow.",
    answer: { schema: "Status" },
    client: false,
  },
  {
    ...common,
    method: "get",
    path: "/openapi.json",
    operationId: "getDescription",
    tag: "Service",
    summary: "This description",
    description: "OpenAPI 3.1.",
    answer: { mediaType: "application/json" },
    client: false,
    tagged: true,
  },
];
