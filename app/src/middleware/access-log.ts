import type { AppDeps } from "../app.ts";
import type { Context, Middleware } from "../state.ts";

/** Status in logs and metrics of a request whose client went away before the answer (as nginx has it). */
const CLIENT_CLOSED_REQUEST = 499;
const MAX_TEXT_CHARACTERS = 512;

/** One line and one measurement a request, when its answer is out; one line more for a slow one. */
export function accessLog({ config, log, metrics, inFlight }: AppDeps): Middleware {
  return (ctx, next) => {
    const started = performance.now();
    const { res } = ctx;
    inFlight.add(res);
    res.once("close", () => {
      inFlight.delete(res);
      const milliseconds = Math.round((performance.now() - started) * 100) / 100;
      const status = res.writableFinished ? res.statusCode : CLIENT_CLOSED_REQUEST;
      const quiet = ctx.state.quiet === true && status < 500;
      const record = { route: routeOf(ctx), status, milliseconds };
      if (!quiet) metrics.request(record.route, status, milliseconds);
      log[quiet ? "debug" : "info"](lineOf(ctx, "access", record));
      if (milliseconds >= config.slowRequestMilliseconds) log.warn(lineOf(ctx, "slow", record));
    });
    return next();
  };
}

/** Such as `GET /v1/events/:id`; HEAD counts as GET. */
function routeOf(ctx: Context): string {
  const path: unknown = ctx["_matchedRoute"];
  const method = ctx.method === "HEAD" ? "GET" : ctx.method;
  return typeof path === "string" ? `${method} ${path}` : "unmatched";
}

function lineOf(ctx: Context, type: "access" | "slow", record: object): object {
  const { requestId, trace, client } = ctx.state;
  return {
    type,
    requestId,
    traceId: trace.traceId,
    spanId: trace.spanId,
    method: ctx.method,
    path: ctx.path.slice(0, MAX_TEXT_CHARACTERS),
    ...record,
    // Not `ctx.length`, which would write the body as JSON once more.
    bytes: Number(ctx.res.getHeader("Content-Length") ?? 0),
    clientAddress: ctx.ip,
    client,
    userAgent: ctx.req.headers["user-agent"]?.slice(0, MAX_TEXT_CHARACTERS),
  };
}
