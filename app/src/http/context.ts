import type Koa from "koa";
import type { TraceContext } from "../ops/trace.ts";

export type Access = "open" | "client";

/** One endpoint of the service. HEAD is answered by GET. */
export interface Route {
  readonly method: "GET" | "POST";
  /** Path pattern, parameters written `:name`. */
  readonly path: string;
  /** `client` routes need an API key (where keys are configured), count against the rate limit and may be shed. */
  readonly access: Access;
  /** Access lines of health checks would be most of the log: they are written at level debug and not measured. */
  readonly quiet?: boolean;
  readonly handle: (ctx: AppContext) => void | Promise<void>;
}

/** A route with the name by which logs and metrics know it, such as `GET /v1/events/:id`. */
export interface NamedRoute extends Route {
  readonly label: string;
}

/** What the middleware learns about a request. */
export interface RequestState {
  readonly requestId: string;
  readonly trace: TraceContext;
  /** Header that names this request as the parent of what it causes. */
  readonly traceparent: string;
  /** As sent (nothing is decoded), without the query. */
  path: string;
  /** The query without its question mark; empty when there is none. */
  query: string;
  /** Peer, or the last entry of X-Forwarded-For (the one that the load balancer wrote). */
  readonly clientAddress: string;
  /** Name of the API key. */
  client: string | undefined;
  route: NamedRoute | undefined;
  params: Readonly<Record<string, string | undefined>>;
  /** The answer: status, headers as a flat list of names and values, body. */
  status: number;
  headers: string[];
  body: string;
}

export type AppContext = Koa.ParameterizedContext<RequestState>;
export type AppMiddleware = Koa.Middleware<RequestState>;
