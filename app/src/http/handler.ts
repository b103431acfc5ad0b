import type { RequestListener } from "node:http";
import type Koa from "koa";
import type { AppContext, AppMiddleware, RequestState } from "./context.ts";

type Next = (ctx: AppContext) => unknown;

/**
 * Handles Node's requests by an application's middleware, in place of Koa's `callback()`, whose ways of answering nobody
 * uses here: `observe` sends every answer itself, in one piece. What `callback()` does besides, to watch each response
 * for its end and to bind a function and make a promise for each middleware, is an eighth of the CPU time of a small
 * request. Unlike Koa's chain this one does not notice a middleware that calls `next` twice.
 */
export function requestHandler(app: Koa<RequestState>): RequestListener {
  const run = chain(app.middleware);
  const handle = async (ctx: AppContext): Promise<void> => {
    try {
      await run(ctx);
    } catch (error) {
      // Only an answer that could not be sent ends here. Koa answers 500, where it still can, and emits `error`.
      ctx.onerror(error instanceof Error ? error : new Error(String(error)));
    }
  };
  return (request, response) => {
    void handle(app.createContext<RequestState>(request, response));
  };
}

function chain(middleware: readonly AppMiddleware[]): Next {
  return middleware.reduceRight<Next>(
    (next, handler) =>
      (ctx): unknown =>
        handler(ctx, () => next(ctx) as Promise<unknown>),
    () => undefined,
  );
}
