import type { AppDeps } from "../app.ts";
import type { AppRouter } from "../state.ts";

/** Liveness (restart me when this fails), readiness (send me traffic) and the state for people. */
export function healthRoutes(router: AppRouter, deps: AppDeps): void {
  const { lifecycle, eventLoop, store, status } = deps;

  router.get("/livez", (ctx) => {
    ctx.state.quiet = true;
    ctx.body = { status: "alive" };
  });

  router.get("/readyz", async (ctx) => {
    ctx.state.quiet = true;
    const reasons: string[] = [];
    if (lifecycle.draining) reasons.push("draining");
    if (eventLoop.isLate) reasons.push("event-loop");
    // A process that ends asks nobody any more.
    if (reasons.length === 0 && !(await store.ready())) reasons.push("store");
    ctx.status = reasons.length === 0 ? 200 : 503;
    ctx.body = { status: reasons.length === 0 ? "ready" : "not-ready", reasons };
  });

  router.get("/status", (ctx) => {
    ctx.body = status();
  });
}
