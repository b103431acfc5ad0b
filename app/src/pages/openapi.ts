import type { ZodMiniType } from "zod/mini";
import type { Config } from "../config.ts";
import { PROBLEMS } from "../errors.ts";
import { EventId } from "../events/schema.ts";
import { SERVICE_NAME, SERVICE_VERSION } from "../version.ts";
import type { Operation } from "./operations.ts";
import { OPERATIONS, TAGS } from "./operations.ts";
import type { JsonSchema } from "./schemas.ts";
import { jsonSchema, jsonSchemas } from "./schemas.ts";

const text = { type: "string" };
const HEADERS = {
  "X-Request-Id": {
    description: "Names the request in the log; yours, when you sent a fitting one.",
    schema: text,
  },
  Traceparent: {
    description: "W3C Trace Context of this request.",
    schema: { type: "string", pattern: "^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$" },
  },
  ETag: {
    description: "Send it in If-None-Match: the answer is 304 while nothing changed.",
    schema: text,
  },
  "Retry-After": {
    description: "Seconds to wait before the next try.",
    schema: { type: "integer", minimum: 1 },
  },
  Allow: { description: "Methods that the resource answers to.", schema: text },
};

type Header = keyof typeof HEADERS;

const ref = (kind: "schemas" | "headers" | "responses", name: string): JsonSchema => ({
  $ref: `#/components/${kind}/${name}`,
});
const headers = (...names: Header[]): JsonSchema =>
  Object.fromEntries(names.map((name) => [name, ref("headers", name)]));

/** The OpenAPI 3.1 document of the service, configured as it is. */
export function openApiDocument(config: Config): JsonSchema {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of OPERATIONS)
    (paths[operation.path] ??= {})[operation.method] = describe(operation, config);
  const statuses = new Set(Object.values(PROBLEMS).map(({ status }) => status));
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
    tags: TAGS,
    paths,
    components: {
      schemas: jsonSchemas(),
      headers: HEADERS,
      responses: Object.fromEntries(
        [...statuses].map((status) => [`Problem${status}`, problem(status)]),
      ),
      ...(config.auth === "api-key" && { securitySchemes }),
    },
  };
}

function describe(operation: Operation, config: Config): JsonSchema {
  const {
    path,
    method,
    operationId,
    tag,
    summary,
    description,
    client = false,
    tagged = false,
  } = operation;
  const problems = problemStatuses(operation, config).map((status) => [
    status,
    ref("responses", `Problem${status}`),
  ]);
  const unchanged = {
    description: "What you have is current.",
    headers: headers("X-Request-Id", "Traceparent", "ETag"),
  };
  return {
    ...{ operationId, tags: [tag], summary, description, parameters: parameters(operation) },
    ...(method === "post" && { requestBody: requestBody(config) }),
    responses: {
      ...Object.fromEntries(problems),
      [method === "post" ? 202 : 200]: answer(operation, summary),
      ...(tagged && { 304: unchanged }),
      ...(path === "/readyz" && { 503: answer(operation, "Not ready.") }),
    },
    security: client && config.auth === "api-key" ? [{ apiKey: [] }, { bearer: [] }] : [],
  };
}

function parameters({ path, query = {} }: Operation): JsonSchema[] {
  const parameter = (place: "path" | "query", name: string, type: ZodMiniType): JsonSchema => {
    const { description, ...schema } = jsonSchema(type);
    return { name, in: place, required: place === "path", description, schema };
  };
  return [
    ...(path.includes("{id}") ? [parameter("path", "id", EventId)] : []),
    ...Object.entries(query).map(([name, type]) => parameter("query", name, type)),
  ];
}

function problemStatuses({ path, method, client = false }: Operation, config: Config): number[] {
  return [
    ...[400, 405, 408, 500, 503],
    ...(method === "post" ? [413, 415] : []),
    ...(path.includes("{id}") ? [404] : []),
    ...(client && config.auth === "api-key" ? [401] : []),
    ...(client && config.rateLimitPerMinute > 0 ? [429] : []),
  ];
}

function answer({ answer: name, tagged = false }: Operation, description: string): JsonSchema {
  const schema = name === "object" ? { type: "object" } : ref("schemas", name);
  const more: Header[] = tagged ? ["ETag"] : [];
  return {
    description,
    headers: headers("X-Request-Id", "Traceparent", ...more),
    content: { "application/json": { schema } },
  };
}

function problem(status: number): JsonSchema {
  const titles = Object.values(PROBLEMS).flatMap((one) =>
    one.status === status ? [one.title] : [],
  );
  const more: Header[] =
    status === 429 || status === 503 ? ["Retry-After"] : status === 405 ? ["Allow"] : [];
  return {
    description: titles.join("; or "),
    headers: headers("X-Request-Id", ...more),
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
  return {
    required: true,
    description: `At most ${bodyLimitBytes} bytes.`,
    content: { "application/json": { schema, examples } },
  };
}
