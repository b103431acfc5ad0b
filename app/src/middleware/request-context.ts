import { requestId } from "../observability/request-id.ts";
import { formatTraceparent, traceContext } from "../observability/trace.ts";
import type { Middleware } from "../state.ts";

/** Names the request and its place in a trace, for the log and for the client. */
export function requestContext(): Middleware {
  return (ctx, next) => {
    const trace = traceContext(ctx.get("Traceparent"), ctx.get("X-Amzn-Trace-Id"));
    ctx.state.requestId = requestId(ctx.get("X-Request-Id"));
    ctx.state.trace = trace;
    ctx.set("X-Request-Id", ctx.state.requestId);
    ctx.set("Traceparent", formatTraceparent(trace));
    return next();
  };
}
