import type { Lifecycle } from "../health/status.ts";
import type { Middleware } from "../state.ts";

/** Tells clients of a process that is about to end to send their next request elsewhere. */
export function closeWhenDraining(lifecycle: Lifecycle): Middleware {
  return async (ctx, next) => {
    await next();
    if (lifecycle.draining) ctx.set("Connection", "close");
  };
}
