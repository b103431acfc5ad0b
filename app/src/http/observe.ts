import type { IncomingMessage } from "node:http";
import type { Log } from "../ops/log.ts";
import { accessLine } from "../ops/access-log.ts";
import type { Metrics } from "../ops/metrics.ts";
import { formatTraceparent, traceContext } from "../ops/trace.ts";
import type { Lifecycle } from "../process/lifecycle.ts";
import { clientAddress } from "./client-address.ts";
import type { AppContext, AppMiddleware, RequestState } from "./context.ts";
import type { InFlight } from "./in-flight.ts";
import { requestId } from "./request-id.ts";
import { send } from "./send.ts";

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
    ctx.state = initialState(ctx.req);
    inFlight.enter();
    try {
      await next();
    } finally {
      inFlight.leave();
    }
    const gone = ctx.req.socket.destroyed;
    const bytes = send(ctx, lifecycle.draining);
    const status = gone ? CLIENT_CLOSED_REQUEST : ctx.state.status;
    record(ctx, deps, { status, bytes, milliseconds: performance.now() - started });
  };
}

function initialState(req: IncomingMessage): RequestState {
  const { headers } = req;
  const id = requestId(headers["x-request-id"]);
  const trace = traceContext(single(headers["traceparent"]), single(headers["x-amzn-trace-id"]));
  return {
    requestId: id,
    trace,
    traceparent: formatTraceparent(trace),
    path: "",
    query: "",
    clientAddress: clientAddress(headers["x-forwarded-for"], req.socket.remoteAddress),
    client: undefined,
    route: undefined,
    params: NO_PARAMS,
    status: 404,
    headers: [],
    body: "",
  };
}

const NO_PARAMS: RequestState["params"] = {};

interface Outcome {
  readonly status: number;
  readonly bytes: number;
  readonly milliseconds: number;
}

function record(ctx: AppContext, deps: ObserveDeps, outcome: Outcome): void {
  const { state, req } = ctx;
  const { status, bytes, milliseconds } = outcome;
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
    method: req.method ?? "",
    path: state.path,
    route,
    status,
    milliseconds,
    bytes,
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
