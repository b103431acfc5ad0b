/**
 * Koa as it is commonly put together: @koa/router, @koa/bodyparser, zod, prom-client, and pino to standard output with a
 * child logger for each request that AsyncLocalStorage carries; with the rest of what the app does by the usual libraries,
 * too: API key, rate limit, trace, entity tags. FEATURES=few leaves those out.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { bodyParser } from "@koa/bodyparser";
import etag from "@koa/etag";
import Router from "@koa/router";
import Koa from "koa";
import conditionalGet from "koa-conditional-get";
import rateLimit from "koa-ratelimit";
import pino from "pino";
import prometheus from "prom-client";
import { v4 as uuid } from "uuid";
import { z } from "zod";
import {
  accepted,
  activity,
  authenticate,
  NO_CONTROL,
  OTHER_ROUTES,
  refusedByRules,
  report,
  SECURITY_HEADERS,
  WORD,
} from "./common.js";

const logger = pino();
const storage = new AsyncLocalStorage();
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

const word = z.string().min(1).max(64).regex(WORD);
const event = z.strictObject({
  id: word,
  name: word,
  user: z.string().min(1).max(128).regex(NO_CONTROL),
  feature: word,
  time: z.iso.datetime(),
  properties: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
    .refine((properties) => Object.keys(properties).length <= 20)
    .optional(),
});

const router = new Router();
router.post("/v1/events", (ctx) => {
  const parsed = event.safeParse(ctx.request.body);
  ctx.assert(parsed.success && !refusedByRules(parsed.data), 400);
  ctx.status = 202;
  ctx.body = accepted(parsed.data.id);
});
const tags = process.env.FEATURES === "few" ? [] : [conditionalGet(), etag()];
router.get("/v1/activity", ...tags, (ctx) => {
  ctx.body = activity;
});
for (const path of OTHER_ROUTES) {
  router.get(path, (ctx) => {
    ctx.body = {};
  });
}

const AMZN_ROOT = /Root=1-([0-9a-f]{8})-([0-9a-f]{24})/;

const app = new Koa({ proxy: true });
app.use((ctx, next) => {
  const requestId = uuid();
  ctx.set("X-Request-Id", requestId);
  return storage.run({ log: logger.child({ requestId }) }, next);
});
app.use(async (ctx, next) => {
  const started = performance.now();
  await next();
  const milliseconds = performance.now() - started;
  const { method, path, status, ip, length } = ctx;
  const route = ctx._matchedRoute ?? "unmatched";
  const labels = { method, route, status };
  duration.observe(labels, milliseconds / 1000);
  total.inc(labels);
  const userAgent = ctx.get("User-Agent");
  // ctx.length, which koa-logger reads too, makes Koa write the body as JSON once more.
  storage
    .getStore()
    .log.info({ method, path, route, status, milliseconds, length, ip, userAgent }, "request");
});
app.use(async (ctx, next) => {
  try {
    await next();
  } catch (error) {
    ctx.status = error.status ?? 500;
    ctx.body = { error: error.message };
  }
});
app.use((ctx, next) => {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) ctx.set(name, value);
  return next();
});
if (process.env.FEATURES !== "few") {
  app.use((ctx, next) => {
    const [, time, unique] = AMZN_ROOT.exec(ctx.get("X-Amzn-Trace-Id")) ?? [];
    const traceId = time === undefined ? randomBytes(16).toString("hex") : time + unique;
    ctx.set("Traceparent", `00-${traceId}-${randomBytes(8).toString("hex")}-00`);
    ctx.state.client = authenticate(ctx.get("X-Api-Key"));
    ctx.assert(ctx.state.client !== undefined, 401);
    return next();
  });
  app.use(
    rateLimit({
      driver: "memory",
      db: new Map(),
      duration: 60_000,
      max: 10_000_000,
      id: (ctx) => ctx.state.client,
    }),
  );
}
app.use(bodyParser({ jsonLimit: "1mb" }));
app.use(router.routes());
app.use(router.allowedMethods());

const server = createServer(app.callback());
server.listen(0, "127.0.0.1", () => {
  report(server);
});
