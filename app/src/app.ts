import Koa from "koa";
import type { Config } from "./config.ts";
import type { EventsService } from "./events/service.ts";
import { access } from "./http/access.ts";
import type { RequestState } from "./http/context.ts";
import { errors } from "./http/errors.ts";
import { guard } from "./http/guard.ts";
import type { InFlight } from "./http/in-flight.ts";
import { observe } from "./http/observe.ts";
import { RateLimiter } from "./http/rate-limit.ts";
import { handleRoute, matchRoute, Router } from "./http/router.ts";
import { shed } from "./http/shed.ts";
import type { EventLoopMonitor } from "./ops/event-loop.ts";
import type { Log } from "./ops/log.ts";
import type { Metrics } from "./ops/metrics.ts";
import type { StatusReport } from "./ops/status.ts";
import type { Lifecycle } from "./process/lifecycle.ts";
import { allRoutes } from "./routes/all.ts";

/** What a request may touch. */
export interface AppDeps {
  readonly config: Config;
  readonly events: EventsService;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly inFlight: InFlight;
  readonly lifecycle: Lifecycle;
  readonly eventLoop: EventLoopMonitor;
  /** State of all processes of the task. */
  readonly status: () => Promise<StatusReport>;
}

/** The Koa application: everything that happens to a request, in order. */
export function createApp(deps: AppDeps): Koa<RequestState> {
  const { config, log } = deps;
  const { rateLimitPerMinute, maxRequestsInFlight, slowRequestMilliseconds } = config;
  const limiter = rateLimitPerMinute === 0 ? undefined : new RateLimiter(rateLimitPerMinute);
  const router = new Router(allRoutes(deps));

  const app = new Koa<RequestState>();
  app.use(observe({ ...deps, slowRequestMilliseconds }));
  app.use(errors(log));
  app.use(guard());
  app.use(matchRoute(router));
  app.use(shed({ ...deps, maxRequestsInFlight }));
  app.use(access({ ...deps, auth: config.auth, apiKeys: config.apiKeys, limiter }));
  app.use(handleRoute());

  // Reached only by errors after the answer has begun, such as a client that went away.
  app.on("error", (error: unknown) => {
    log.debug("a response was not finished", { error });
  });
  return app;
}
