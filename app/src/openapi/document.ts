import type { Config } from "../config.ts";
import type { ProblemKind } from "../http/problem.ts";
import { PROBLEMS } from "../http/problem.ts";
import { SERVICE_NAME, SERVICE_VERSION } from "../version.ts";
import type { Operation } from "./operations.ts";
import { OPERATIONS } from "./operations.ts";
import type { Schema } from "./schemas.ts";
import { SCHEMAS } from "./schemas.ts";

type Json = Readonly<Record<string, unknown>>;

/** What of the configuration shows in the description. */
export type DescribedConfig = Pick<Config, "auth" | "bodyLimitBytes" | "rateLimitPerMinute">;

const HEADERS: Readonly<Record<string, { description: string; schema: Schema }>> = {
  "X-Request-Id": {
    description: "Names the request in the log of the service; yours, when you sent a fitting one.",
    schema: { type: "string" },
  },
  Traceparent: {
    description: "W3C Trace Context of this request.",
    schema: { type: "string", pattern: "^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$" },
  },
  ETag: {
    description:
      "Send it in If-None-Match: the answer is 304 without a body while nothing changed.",
    schema: { type: "string" },
  },
  "Retry-After": {
    description: "Seconds to wait before the next try.",
    schema: { type: "integer", minimum: 1 },
  },
  Allow: { description: "Methods that the resource answers to.", schema: { type: "string" } },
};

const header = (name: string): Json => ({ [name]: { $ref: `#/components/headers/${name}` } });
const COMMON_HEADERS = { ...header("X-Request-Id"), ...header("Traceparent") };

/** Kinds of problems by status: several kinds share one response. */
const RESPONSES_BY_STATUS = new Map<number, ProblemKind[]>();
for (const [kind, { status }] of Object.entries(PROBLEMS)) {
  const kinds = RESPONSES_BY_STATUS.get(status) ?? [];
  RESPONSES_BY_STATUS.set(status, [...kinds, kind as ProblemKind]);
}

/** The OpenAPI 3.1 document of the service, configured as it is. */
export function openApiDocument(config: DescribedConfig): Json {
  const secured = config.auth === "api-key";
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of OPERATIONS) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method]: describeOperation(operation, config),
    };
  }
  const components: Json = {
    schemas: SCHEMAS,
    headers: HEADERS,
    responses: Object.fromEntries(
      [...RESPONSES_BY_STATUS].map(([status, kinds]) => [
        `Problem${status}`,
        problem(status, kinds),
      ]),
    ),
    ...(secured
      ? {
          securitySchemes: {
            apiKey: { type: "apiKey", in: "header", name: "X-Api-Key" },
            bearer: { type: "http", scheme: "bearer", description: "The same key." },
          },
        }
      : {}),
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
    tags: [
      { name: "Events", description: "Send usage events, and read them as they were stored." },
      { name: "Reports", description: "Business metrics over a range of days." },
      { name: "Service", description: "Health, state and this description." },
    ],
    paths,
    components,
  };
}

function describeOperation(operation: Operation, config: DescribedConfig): Json {
  const { operationId, tag, summary, description, parameters, body, client } = operation;
  const responses: Record<string, unknown> = {
    [operation.status]: success(operation),
    ...(operation.tagged === true
      ? {
          304: {
            description: "What you have is current.",
            headers: { ...COMMON_HEADERS, ...header("ETag") },
          },
        }
      : {}),
  };
  if (operation.path === "/readyz") responses["503"] = json("Readiness", "Not ready.");
  for (const status of problemStatuses(operation, config)) {
    responses[status] = { $ref: `#/components/responses/Problem${status}` };
  }
  return {
    operationId,
    tags: [tag],
    summary,
    description,
    parameters,
    ...(body === undefined ? {} : { requestBody: requestBody(body, config) }),
    responses,
    security: client && config.auth === "api-key" ? [{ apiKey: [] }, { bearer: [] }] : [],
  };
}

function problemStatuses(operation: Operation, config: DescribedConfig): number[] {
  const statuses = [400, 405, 414, 417, 431, 500];
  if (operation.body !== undefined) statuses.push(408, 413, 415);
  if (operation.notFound === true) statuses.push(404);
  if (operation.client) {
    statuses.push(503);
    if (config.auth === "api-key") statuses.push(401);
    if (config.rateLimitPerMinute > 0) statuses.push(429);
  }
  return statuses.sort((a, b) => a - b);
}

function success(operation: Operation): Json {
  const { answer, tagged } = operation;
  const extra = tagged === true ? header("ETag") : {};
  if ("schema" in answer) return json(answer.schema, operation.summary, extra);
  return {
    description: operation.summary,
    headers: { ...COMMON_HEADERS, ...extra },
    content: { [answer.mediaType]: { schema: { type: "object" } } },
  };
}

function json(schema: string, description: string, headers: Json = {}): Json {
  return {
    description,
    headers: { ...COMMON_HEADERS, ...headers },
    content: { "application/json": { schema: { $ref: `#/components/schemas/${schema}` } } },
  };
}

function problem(status: number, kinds: readonly ProblemKind[]): Json {
  const retry = status === 429 || status === 503 ? header("Retry-After") : {};
  const allow = status === 405 ? header("Allow") : {};
  return {
    description: kinds.map((kind) => PROBLEMS[kind].title).join("; or "),
    // Answers to requests that could not be parsed have no trace.
    headers: { ...header("X-Request-Id"), ...retry, ...allow },
    content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
  };
}

function requestBody(schemas: readonly string[], config: DescribedConfig): Json {
  return {
    required: true,
    description: `At most ${config.bodyLimitBytes} bytes.`,
    content: {
      "application/json": {
        schema: { oneOf: schemas.map((name) => ({ $ref: `#/components/schemas/${name}` })) },
        examples: {
          one: { summary: "One event", value: exampleEvent() },
          batch: { summary: "A batch", value: [exampleEvent()] },
        },
      },
    },
  };
}

/** Of this day, since old events are refused. */
function exampleEvent(): Json {
  return {
    id: "01J9ZC3V8Q",
    name: "opened",
    user: "user-17",
    feature: "search",
    time: `${new Date(Date.now()).toISOString().slice(0, 10)}T00:00:00Z`,
    properties: { results: 12, mobile: true },
  };
}
