import type { AppDeps } from "../app.ts";
import type { Route } from "../http/context.ts";
import { readiness } from "../ops/health.ts";
import { eventRoutes } from "./events.ts";
import { healthRoutes } from "./health.ts";
import { pageRoutes } from "./pages.ts";
import { reportRoutes } from "./reports.ts";

/** Every endpoint of the service. */
export function allRoutes(deps: AppDeps): Route[] {
  const { config, events, eventLoop, inFlight, lifecycle, metrics, status } = deps;
  const body = { limitBytes: config.bodyLimitBytes, inFlight };
  return [
    ...eventRoutes({ events, metrics, body }),
    ...reportRoutes(events),
    ...healthRoutes({ readiness: () => readiness(lifecycle, events, eventLoop), status }),
    ...pageRoutes(config),
  ];
}
