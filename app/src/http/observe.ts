import type { Log } from "../ops/log.ts";
import { accessLine } from "../ops/access-log.ts";
import type { Metrics } from "../ops/metrics.ts";
import { formatTraceparent, traceContext } from "../ops/trace.ts";
import type { Lifecycle } from "../process/lifecycle.ts";
import { clientAddress } from "./client-address.ts";
import type { AppContext, AppMiddleware } from "./context.ts";
import type { InFlight } from "./in-flight.ts";
import { requestId } from "./request-id.ts";

export interface ObserveDeps {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly inFlight: InFlight;
  readonly lifecycle: Lifecycle;
  readonly slowRequestMilliseconds: number;
}

/** Status in logs and metrics of a request whose client went away before the answer (as nginx has it). */
const CLIENT_CLOSED_REQUEST = 499;

/** Request id, trace, access line, slow-request line and metrics of every request. */
export function observe(deps: ObserveDeps): AppMiddleware {
  const { inFlight, lifecycle } = deps;
  return async (ctx, next) => {
    const started = performance.now();
    const { req, state } = ctx;
    const { headers } = req;
    state.requestId = requestId(headers["x-request-id"]);
    state.trace = traceContext(single(headers["traceparent"]), single(headers["x-amzn-trace-id"]));
    state.path = "";
    state.query = "";
    state.clientAddress = clientAddress(headers["x-forwarded-for"], req.socket.remoteAddress);
    state.client = undefined;
    state.route = undefined;
    ctx.set("X-Request-Id", state.requestId);
    ctx.set("Traceparent", formatTraceparent(state.trace));
    inFlight.enter();
    try {
      await next();
    } finally {
      inFlight.leave();
      if (lifecycle.draining) ctx.set("Connection", "close");
      record(ctx, deps, performance.now() - started);
    }
  };
}

function record(ctx: AppContext, deps: ObserveDeps, milliseconds: number): void {
  const { state, req } = ctx;
  const status = req.socket.destroyed ? CLIENT_CLOSED_REQUEST : ctx.status;
  const route = state.route === undefined ? "unmatched" : state.route.label;
  const quiet = state.route?.quiet === true && status < 500;
  if (!quiet) deps.metrics.request(route, status, milliseconds);
  const level = quiet ? "debug" : "info";
  const slow = milliseconds >= deps.slowRequestMilliseconds;
  if (!slow && !deps.log.enabled(level)) return;
  const entry = {
    time: Date.now(),
    requestId: state.requestId,
    traceId: state.trace.traceId,
    spanId: state.trace.spanId,
    method: ctx.method,
    path: state.path,
    route,
    status,
    milliseconds,
    bytes: ctx.length,
    clientAddress: state.clientAddress,
    client: state.client,
    userAgent: req.headers["user-agent"],
  };
  if (deps.log.enabled(level)) deps.log.raw(accessLine(entry, level, "access"));
  if (slow && deps.log.enabled("warn")) deps.log.raw(accessLine(entry, "warn", "slow"));
}

function single(header: string | string[] | undefined): string | undefined {
  return typeof header === "string" ? header : undefined;
}
