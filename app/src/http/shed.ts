import type { EventLoopMonitor } from "../ops/event-loop.ts";
import type { Metrics } from "../ops/metrics.ts";
import type { AppMiddleware } from "./context.ts";
import type { InFlight } from "./in-flight.ts";
import { HttpProblem } from "./problem.ts";

/** Event loop delay from which the process refuses work and is no longer ready for traffic. */
export const MAX_EVENT_LOOP_DELAY_MILLISECONDS = 1000;

export interface ShedDeps {
  readonly inFlight: InFlight;
  readonly eventLoop: EventLoopMonitor;
  readonly metrics: Metrics;
  readonly maxRequestsInFlight: number;
}

/** Refuses work beyond what the process can do in time, so that what it has taken on gets done. */
export function shed(deps: ShedDeps): AppMiddleware {
  return (ctx, next) => {
    if (ctx.state.route?.access === "client" && overloaded(deps)) {
      deps.metrics.shed();
      throw new HttpProblem("overloaded", "The server has more to do than it can; try again.", {
        headers: { "Retry-After": "1" },
      });
    }
    return next();
  };
}

function overloaded({ inFlight, eventLoop, maxRequestsInFlight }: ShedDeps): boolean {
  return (
    inFlight.requests > maxRequestsInFlight ||
    eventLoop.delayMilliseconds > MAX_EVENT_LOOP_DELAY_MILLISECONDS
  );
}
