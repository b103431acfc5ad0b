import type Router from "@koa/router";
import type { Middleware as KoaMiddleware, ParameterizedContext } from "koa";
import type { TraceContext } from "./observability/trace.ts";

declare module "koa" {
  interface Request {
    /** What a body reader made of the body. */
    body?: unknown;
  }
}

/** What middleware learns about a request: `ctx.state`. */
export interface RequestState {
  requestId: string;
  trace: TraceContext;
  /** Name of the API key. */
  client?: string;
  /** A health check: logged at level debug and not measured, unless it fails. */
  quiet?: boolean;
}

export type AppRouter = Router<RequestState>;
export type Middleware = KoaMiddleware<RequestState>;
export type Context = ParameterizedContext<RequestState>;
