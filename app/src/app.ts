import Router from "@koa/router";
import Koa from "koa";
import type { Config } from "./config.ts";
import { eventRoutes } from "./events/routes.ts";
import type { EventLoop } from "./health/event-loop.ts";
import type { InFlight } from "./health/in-flight.ts";
import { healthRoutes } from "./health/routes.ts";
import type { Lifecycle, StatusReport } from "./health/status.ts";
import { admission } from "./middleware/admission.ts";
import { observe } from "./middleware/observe.ts";
import { problems } from "./middleware/problems.ts";
import type { Log } from "./observability/log.ts";
import type { Metrics } from "./observability/metrics.ts";
import { pageRoutes } from "./pages/routes.ts";
import { reportRoutes } from "./reports/routes.ts";
import type { AppRouter, Context, RequestState } from "./state.ts";
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
  // One hop is trusted: the load balancer appends the peer it saw to X-Forwarded-For.
  const app = new Koa<RequestState>({ proxy: true, maxIpsCount: 1 });
  app.use(observe(deps));
  app.use(problems(deps));
  // A router looks at every route of its own: what clients ask for most has one to itself.
  const [data, other] = [newRouter(), newRouter()];
  // Not by `router.use`, for which the router takes time with every request.
  const admitted = admission(deps);
  eventRoutes(data, deps, admitted);
  reportRoutes(data, deps, admitted);
  healthRoutes(other, deps);
  pageRoutes(other, deps.config);
  app.use(data.routes()).use(other.routes());
  app.on("error", (error: unknown, ctx?: Context) => {
    const { requestId, trace } = ctx?.state ?? {};
    const fields = { type: "error", requestId, traceId: trace?.traceId, path: ctx?.path, error };
    deps.log.error(fields, "a request failed");
  });
  return app;
}

/** A path is what it is, to the last letter and slash. */
const newRouter = (): AppRouter => new Router({ sensitive: true, strict: true });
