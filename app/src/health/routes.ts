import type Router from "@koa/router";
import type { AppDeps } from "../app.ts";
import type { RequestState } from "../state.ts";

export type Reason = "draining" | "store" | "event-loop";

/** Liveness (restart me when this fails), readiness (send me traffic) and the state for people. */
export function healthRoutes(router: Router<RequestState>, deps: AppDeps): void {
  router.get("/livez", (ctx) => {
    ctx.state.quiet = true;
    ctx.body = { status: "alive" };
  });

  router.get("/readyz", async (ctx) => {
    ctx.state.quiet = true;
    const reasons = await reasonsAgainst(deps);
    ctx.status = reasons.length === 0 ? 200 : 503;
    ctx.body = { status: reasons.length === 0 ? "ready" : "not-ready", reasons };
  });

  router.get("/status", (ctx) => {
    ctx.body = deps.status();
  });
}

/** Why the process should get no traffic; none when it should. */
async function reasonsAgainst({ lifecycle, store, eventLoop }: AppDeps): Promise<Reason[]> {
  const reasons: Reason[] = [];
  if (lifecycle.draining) reasons.push("draining");
  if (eventLoop.isLate) reasons.push("event-loop");
  // A process that ends asks nobody any more.
  if (reasons.length === 0 && !(await store.ready())) reasons.push("store");
  return reasons;
}
