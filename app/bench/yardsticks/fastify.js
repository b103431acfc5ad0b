/**
 * fastify with the features of the app: API key, rate limit, trace, validation, entity tags, one access line a request by its own
 * logger, metrics. The report has no schema of its answer: with one it is slower.
 */
import { randomBytes } from "node:crypto";
import etag from "@fastify/etag";
import rateLimit from "@fastify/rate-limit";
import Fastify from "fastify";
import prometheus from "prom-client";
import { v4 as uuid } from "uuid";
import {
  accepted,
  activity,
  authenticate,
  NO_CONTROL,
  OTHER_ROUTES,
  report,
  refusedByRules,
  SECURITY_HEADERS,
  WORD,
} from "./common.js";

const labelNames = ["method", "route", "status"];
const duration = new prometheus.Histogram({
  name: "http_request_duration_seconds",
  help: "Duration of requests.",
  labelNames,
});
const total = new prometheus.Counter({
  name: "http_requests_total",
  help: "Requests.",
  labelNames,
});

const word = { type: "string", minLength: 1, maxLength: 64, pattern: WORD.source };
const count = { type: "integer" };
const event = {
  type: "object",
  additionalProperties: false,
  required: ["id", "name", "user", "feature", "time"],
  properties: {
    id: word,
    name: word,
    user: { type: "string", minLength: 1, maxLength: 128, pattern: NO_CONTROL.source },
    feature: word,
    time: { type: "string", format: "date-time" },
    properties: {
      type: "object",
      maxProperties: 20,
      additionalProperties: {
        anyOf: ["string", "number", "boolean", "null"].map((type) => ({ type })),
      },
    },
  },
};
const receipt = {
  type: "object",
  properties: {
    accepted: count,
    duplicate: count,
    refused: count,
    results: {
      type: "array",
      items: {
        type: "object",
        properties: { index: count, id: { type: "string" }, status: { type: "string" } },
      },
    },
  },
};

const AMZN_ROOT = /Root=1-([0-9a-f]{8})-([0-9a-f]{24})/;

const app = Fastify({
  logger: true,
  disableRequestLogging: true,
  genReqId: () => uuid(),
  trustProxy: 1,
  bodyLimit: 1_048_576,
});
app.decorateRequest("client", "");
app.decorateRequest("trace", "");
app.addHook("onRequest", async (request, reply) => {
  const [, time, unique] = AMZN_ROOT.exec(request.headers["x-amzn-trace-id"] ?? "") ?? [];
  const traceId = time === undefined ? randomBytes(16).toString("hex") : time + unique;
  request.trace = `00-${traceId}-${randomBytes(8).toString("hex")}-00`;
  reply.headers(SECURITY_HEADERS);
  reply.headers({ "X-Request-Id": request.id, Traceparent: request.trace });
  request.client = authenticate(request.headers["x-api-key"] ?? "");
  if (request.client === undefined) reply.code(401).send({ error: "unauthorized" });
});
await app.register(rateLimit, {
  max: 10_000_000,
  timeWindow: 60_000,
  keyGenerator: (request) => request.client,
});
app.addHook("onResponse", async (request, reply) => {
  const { method, ip } = request;
  const labels = { method, route: request.routeOptions.url, status: reply.statusCode };
  duration.observe(labels, reply.elapsedTime / 1000);
  total.inc(labels);
  request.log.info(
    {
      method,
      path: request.url,
      status: reply.statusCode,
      milliseconds: reply.elapsedTime,
      ip,
      client: request.client,
      trace: request.trace,
      userAgent: request.headers["user-agent"],
    },
    "request",
  );
});
app.post(
  "/v1/events",
  { schema: { body: event, response: { 202: receipt } } },
  async (request, reply) => {
    if (refusedByRules(request.body)) return reply.code(400).send({ error: "refused" });
    reply.code(202);
    return accepted(request.body.id);
  },
);
await app.register(async (reports) => {
  await reports.register(etag);
  reports.get("/v1/activity", async () => activity);
});
for (const url of OTHER_ROUTES) app.get(url, async () => ({}));

await app.listen({ port: 0, host: "127.0.0.1" });
report(app.server);
