import Router from "@koa/router";
import Koa from "koa";
import type { Config } from "./config.ts";
import { eventRoutes } from "./events/routes.ts";
import type { EventLoop } from "./health/event-loop.ts";
import type { InFlight } from "./health/in-flight.ts";
import { healthRoutes } from "./health/routes.ts";
import type { Lifecycle, StatusReport } from "./health/status.ts";
import { accessLog } from "./middleware/access-log.ts";
import { identify, requireKey } from "./middleware/api-key.ts";
import { closeWhenDraining } from "./middleware/close-when-draining.ts";
import { overload } from "./middleware/overload.ts";
import { problems } from "./middleware/problems.ts";
import { rateLimit } from "./middleware/rate-limit.ts";
import { requestContext } from "./middleware/request-context.ts";
import { dataHeaders } from "./middleware/security-headers.ts";
import { timeLimit } from "./middleware/time-limit.ts";
import type { Log } from "./observability/log.ts";
import type { Metrics } from "./observability/metrics.ts";
import { pageRoutes } from "./pages/routes.ts";
import { reportRoutes } from "./reports/routes.ts";
import type { Context, RequestState } from "./state.ts";
import type { Store } from "./store/store.ts";

/** What a request may touch. */
export interface AppDeps {
  readonly config: Config;
  readonly store: Store;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly inFlight: InFlight;
  readonly lifecycle: Lifecycle;
  readonly eventLoop: EventLoop;
  readonly status: () => StatusReport;
}

/** The Koa application: everything that happens to a request, in order. */
export function createApp(deps: AppDeps): Koa<RequestState> {
  const { config, log } = deps;
  // One hop is trusted: the load balancer appends the peer it saw to X-Forwarded-For.
  const app = new Koa<RequestState>({ proxy: true, maxIpsCount: 1 });
  app.use(requestContext());
  app.use(accessLog(deps));
  app.use(closeWhenDraining(deps.lifecycle));
  app.use(problems());
  app.use(timeLimit(config.requestTimeoutSeconds));
  app.use(dataHeaders());
  app.use(routes(deps).routes());
  app.on("error", (error: unknown, ctx?: Context) => {
    const { requestId, trace } = ctx?.state ?? {};
    const fields = { type: "error", requestId, traceId: trace?.traceId, path: ctx?.path, error };
    log.error(fields, "a request failed");
  });
  return app;
}

function routes(deps: AppDeps): Router<RequestState> {
  const { config, metrics } = deps;
  // A path is what it is, to the last letter and slash.
  const router = new Router<RequestState>({ sensitive: true, strict: true });
  healthRoutes(router, deps);
  pageRoutes(router, config);
  // From here on: what clients ask for.
  router.use(overload(deps));
  if (config.auth === "api-key") router.use(identify(config.apiKeys));
  if (config.rateLimitPerMinute > 0) router.use(rateLimit(config.rateLimitPerMinute, metrics));
  if (config.auth === "api-key") router.use(requireKey());
  eventRoutes(router, deps);
  reportRoutes(router, deps);
  return router;
}
