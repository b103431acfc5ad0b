import * as z from "zod/mini";
import type { Config } from "../config.ts";
import { PROBLEMS } from "../errors.ts";
import { ListQuery } from "../events/routes.ts";
import { EventId } from "../events/schema.ts";
import { ActivityQuery, FeaturesQuery, KpisQuery } from "../reports/queries.ts";
import { SERVICE_NAME, SERVICE_VERSION } from "../version.ts";
import { SCHEMAS } from "./schemas.ts";

type JsonSchema = Readonly<Record<string, unknown>>;

const TAGS = {
  Events: "Send usage events, and read them as they were stored.",
  Reports: "Business metrics over a range of UTC days.",
  Service: "Health, state and this description.",
};

/** Schema of the answer (by default any JSON object) and of the query. */
type Operation = readonly [
  summary: string,
  description: string,
  answer?: keyof typeof SCHEMAS,
  query?: z.ZodMiniObject,
];

/** Every endpoint by tag, operation id, method and path, in the order in which people read about them. */
// prettier-ignore
const OPERATIONS: Readonly<Record<string, Operation>> = {
  "Events submitEvents post /v1/events": ["Send one event or a batch",
    "Answered after the events are stored: what was answered with 202 is never lost and never counted twice. Sending an " +
    "event again is safe. In a batch each event has its own result; 400 means that none was accepted.", "SubmitResult"],
  "Events listEvents get /v1/events": ["Page through stored events",
    "Newest receipt first. Follow `nextCursor` until it is absent.", "EventPage", ListQuery],
  "Events getEvent get /v1/events/{id}": ["One stored event",
    "Events are kept for 90 days from their time.", "StoredEvent"],
  "Reports getActivity get /v1/activity": ["Active users and events by day",
    "At most 92 days.", "ActivityReport", ActivityQuery],
  "Reports getFeatures get /v1/features": ["Use by feature, its share and trend",
    "Most used first, compared with the range of equal length before.", "FeaturesReport", FeaturesQuery],
  "Reports getKpis get /v1/kpis": ["Active users, stickiness, adoption, error share",
    "Windows of 1, 7 and 30 days that end with `date`.", "KpisReport", KpisQuery],
  "Service getLiveness get /livez": ["Whether the process is alive",
    "For the container's health check: no answer means start it again.", "Alive"],
  "Service getReadiness get /readyz": ["Whether the process should get traffic",
    "For the load balancer: 503 while draining, without the store, or overloaded.", "Readiness"],
  "Service getStatus get /status": ["Version, uptime, state of the processes and the store",
    "For people; its members may grow.", "Status"],
  "Service getDescription get /openapi.json": ["This description", "OpenAPI 3.1."],
};

const header = (description: string, schema: object = { type: "string" }) =>
  ({ description, schema }) as const;
const traceparent = { type: "string", pattern: "^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$" };
const HEADERS = {
  "X-Request-Id": header("Names the request in the log; yours, when you sent a fitting one."),
  Traceparent: header("W3C Trace Context of this request.", traceparent),
  ETag: header("Send it in If-None-Match: the answer is 304 while nothing changed."),
  "Retry-After": header("Seconds to wait before the next try.", { type: "integer", minimum: 1 }),
  Allow: header("Methods that the resource answers to."),
};

const ref = (kind: "schemas" | "headers" | "responses", name: string) => ({
  $ref: `#/components/${kind}/${name}`,
});
const headers = (...names: (keyof typeof HEADERS | undefined)[]): JsonSchema =>
  Object.fromEntries(names.flatMap((name) => (name ? [[name, ref("headers", name)]] : [])));

/** The OpenAPI 3.1 document of the service, configured as it is. */
export function openApiDocument(config: Config) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [key, operation] of Object.entries(OPERATIONS)) {
    const [tag = "", operationId = "", method = "", path = ""] = key.split(" ");
    const described = { operationId, tags: [tag], ...describe(method, path, operation, config) };
    (paths[path] ??= {})[method] = described;
  }
  const problems = Object.values(PROBLEMS).map(({ status }) => [
    `Problem${status}`,
    problem(status),
  ]);
  const securitySchemes = {
    apiKey: { type: "apiKey", in: "header", name: "X-Api-Key" },
    bearer: { type: "http", scheme: "bearer", description: "The same key." },
  };
  return {
    openapi: "3.1.0",
    info: {
      title: SERVICE_NAME,
      version: SERVICE_VERSION,
      description:
        "Product usage events in, business metrics out. Every error is a problem (RFC 9457) with a request id.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: jsonSchemas(),
      headers: HEADERS,
      responses: Object.fromEntries(problems) as JsonSchema,
      ...(config.auth === "api-key" && { securitySchemes }),
    },
  };
}

function describe(method: string, path: string, operation: Operation, config: Config): JsonSchema {
  const [summary, description, schema, query] = operation;
  const sends = method === "post";
  const hasId = path.includes("{id}");
  const isClient = path.startsWith("/v1/");
  const tagged = path === "/openapi.json" || (isClient && !path.startsWith("/v1/events"));
  const needsKey = isClient && config.auth === "api-key";
  const problems = [
    ...[400, 405, 408, 500, 503],
    ...(sends ? [413, 415] : []),
    ...(hasId ? [404] : []),
    ...(needsKey ? [401] : []),
    ...(isClient && config.rateLimitPerMinute > 0 ? [429] : []),
  ].map((status) => [status, ref("responses", `Problem${status}`)]);
  const own = headers("X-Request-Id", "Traceparent", tagged ? "ETag" : undefined);
  const answer = (description: string) => ({
    description,
    headers: own,
    content: json(schema === undefined ? { type: "object" } : ref("schemas", schema)),
  });
  return {
    ...{ summary, description },
    parameters: Object.entries(hasId ? { id: EventId } : (query?.shape ?? {})).map(parameter),
    ...(sends && { requestBody: requestBody(config) }),
    responses: {
      ...Object.fromEntries(problems),
      [sends ? 202 : 200]: answer(summary),
      ...(tagged && { 304: { description: "What you have is current.", headers: own } }),
      ...(path === "/readyz" && { 503: answer("Not ready.") }),
    },
    security: needsKey ? [{ apiKey: [] }, { bearer: [] }] : [],
  };
}

const json = (schema: JsonSchema, more: JsonSchema = {}) => ({
  "application/json": { schema, ...more },
});

function parameter([name, type]: [string, z.core.$ZodType]): JsonSchema {
  const { description, ...schema } = bare(z.toJSONSchema(type, { io: "input" }));
  const inPath = name === "id";
  return { name, in: inPath ? "path" : "query", required: inPath, description, schema };
}

function problem(status: number): JsonSchema {
  const ofStatus = Object.values(PROBLEMS).filter((one) => one.status === status);
  const more = { 405: "Allow", 429: "Retry-After", 503: "Retry-After" } as const;
  return {
    description: ofStatus.map(({ title }) => title).join("; or "),
    headers: headers("X-Request-Id", more[status as keyof typeof more]),
    content: { "application/problem+json": { schema: ref("schemas", "Problem") } },
  };
}

function requestBody({ bodyLimitBytes }: Config): JsonSchema {
  // Of this day, since old events are refused.
  const time = `${new Date().toISOString().slice(0, 10)}T00:00:00Z`;
  const event = { id: "01J9ZC3V8Q", name: "opened", user: "user-17", feature: "search", time };
  const examples = {
    one: { summary: "One event", value: event },
    batch: { summary: "A batch", value: [{ ...event, properties: { results: 12, mobile: true } }] },
  };
  const schema = { oneOf: [ref("schemas", "Event"), ref("schemas", "EventBatch")] };
  const description = `At most ${bodyLimitBytes} bytes.`;
  return { required: true, description, content: json(schema, { examples }) };
}

/** All of them as JSON Schema (draft 2020-12, the dialect of OpenAPI 3.1) by name, referring to each other. */
function jsonSchemas(): JsonSchema {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(SCHEMAS)) registry.add(schema, { id });
  const uri = (id: string): string => `#/components/schemas/${id}`;
  const { schemas } = z.toJSONSchema(registry, { io: "input", uri });
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, bare(schema)]));
}

const bare = (schema: JsonSchema): JsonSchema =>
  Object.fromEntries(Object.entries(schema).filter(([name]) => !/^\$(schema|id)$/.test(name)));
