import type { AppDeps } from "../app.ts";
import { HttpProblem, retryAfter } from "../errors.ts";
import type { Middleware } from "../state.ts";

/** Refuses work beyond what the process can do in time, so that what it has taken on gets done. */
export function overload({ config, inFlight, eventLoop, metrics }: AppDeps): Middleware {
  return (_ctx, next) => {
    if (inFlight.size <= config.maxRequestsInFlight && !eventLoop.isLate) return next();
    metrics.count("RequestsShed");
    const detail = "The server has more to do than it can; try again.";
    throw new HttpProblem("overloaded", detail, retryAfter(1));
  };
}
