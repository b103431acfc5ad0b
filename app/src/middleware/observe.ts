import { randomBytes } from "node:crypto";
import type { AppDeps } from "../app.ts";
import { formatTraceparent, traceContext } from "../observability/trace.ts";
import type { Context, Middleware } from "../state.ts";
import { setDataHeaders } from "./security-headers.ts";

/** Status in logs and metrics of a request whose client went away before the answer (as nginx has it). */
const CLIENT_CLOSED_REQUEST = 499;
const MAX_TEXT_CHARACTERS = 512;
const HARMLESS_ID = /^[A-Za-z0-9._-]{8,128}$/;

/**
 * Names the request and its place in a trace, for the log and for the client, and sets the headers of every answer; one line and one measurement when its answer
 * is out, and one line more for a slow one.
 */
export function observe({ config, log, metrics, inFlight }: AppDeps): Middleware {
  const prefix = randomBytes(6).toString("hex");
  let counter = 0;
  return (ctx, next) => {
    const started = performance.now();
    const { req, res, state } = ctx;
    const id = header(ctx, "x-request-id");
    // The caller's id when it is harmless to log and echo.
    state.requestId =
      id !== undefined && HARMLESS_ID.test(id) ? id : `${prefix}-${(++counter).toString(36)}`;
    state.trace = traceContext(header(ctx, "traceparent"), header(ctx, "x-amzn-trace-id"));
    res.setHeader("X-Request-Id", state.requestId);
    res.setHeader("Traceparent", formatTraceparent(state.trace));
    setDataHeaders(ctx);
    inFlight.add(res);
    res.on("close", () => {
      inFlight.delete(res);
      const milliseconds = Math.round((performance.now() - started) * 100) / 100;
      const status = res.writableFinished ? res.statusCode : CLIENT_CLOSED_REQUEST;
      const quiet = state.quiet === true && status < 500;
      const route = routeOf(ctx);
      if (!quiet) metrics.request(route, status, milliseconds);
      const { trace, requestId, client } = state;
      const line = {
        type: "access",
        requestId,
        traceId: trace.traceId,
        spanId: trace.spanId,
        method: req.method,
        path: ctx.path.slice(0, MAX_TEXT_CHARACTERS),
        route,
        status,
        milliseconds,
        // Not `ctx.length`, which would write the body as JSON once more.
        bytes: Number(res.getHeader("Content-Length") ?? 0),
        clientAddress: ctx.ip,
        client,
        userAgent: req.headers["user-agent"]?.slice(0, MAX_TEXT_CHARACTERS),
      };
      if (quiet) log.debug(line);
      else log.line(line);
      if (milliseconds >= config.slowRequestMilliseconds) log.warn({ ...line, type: "slow" });
    });
    return next();
  };
}

/** Node joins a header that came several times. */
const header = (ctx: Context, name: string): string | undefined =>
  ctx.req.headers[name] as string | undefined;

/** Such as `GET /v1/events/:id`; HEAD counts as GET. */
function routeOf(ctx: Context): string {
  const path: unknown = ctx["_matchedRoute"];
  const method = ctx.req.method === "HEAD" ? "GET" : String(ctx.req.method);
  return typeof path === "string" ? `${method} ${path}` : "unmatched";
}
