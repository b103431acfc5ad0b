import type { ApiKey } from "../config.ts";
import type { Metrics } from "../ops/metrics.ts";
import { authenticate, presentedKey } from "./auth.ts";
import type { AppContext, AppMiddleware } from "./context.ts";
import { HttpProblem } from "./problem.ts";
import type { RateLimiter } from "./rate-limit.ts";

export interface AccessDeps {
  readonly auth: "none" | "api-key";
  readonly apiKeys: readonly ApiKey[];
  /** Undefined = no limit. */
  readonly limiter: RateLimiter | undefined;
  readonly metrics: Metrics;
}

/**
 * API key and rate limit of `client` routes. The limit counts by key; by address where no key is needed, and for
 * wrong keys, so that nobody tries many of them.
 */
export function access(deps: AccessDeps): AppMiddleware {
  const policy = deps.limiter === undefined ? "" : `"minute";q=${deps.limiter.limit};w=60`;
  return (ctx, next) => {
    if (ctx.state.route?.access !== "client") return next();
    if (deps.auth === "api-key") {
      const key = presentedKey(ctx.req.headers);
      ctx.state.client = key === undefined ? undefined : authenticate(key, deps.apiKeys);
    }
    if (deps.limiter !== undefined) limitRate(ctx, deps.limiter, policy, deps.metrics);
    if (deps.auth === "api-key" && ctx.state.client === undefined) throw unauthorized();
    return next();
  };
}

function limitRate(ctx: AppContext, limiter: RateLimiter, policy: string, metrics: Metrics): void {
  const { client, clientAddress } = ctx.state;
  const who = client === undefined ? `address ${clientAddress}` : `key ${client}`;
  const decision = limiter.take(who, performance.now());
  const state = `"minute";r=${decision.remaining};t=${decision.resetSeconds}`;
  ctx.state.headers.push("RateLimit-Policy", policy, "RateLimit", state);
  if (decision.allowed) return;
  metrics.limited();
  throw new HttpProblem(
    "rate-limited",
    `More than ${limiter.limit} requests a minute; try again in ${decision.retryAfterSeconds} s.`,
    { headers: { "Retry-After": String(decision.retryAfterSeconds) } },
  );
}

function unauthorized(): HttpProblem {
  return new HttpProblem(
    "unauthorized",
    "Send an API key in X-Api-Key, or as a bearer token in Authorization.",
    { headers: { "WWW-Authenticate": 'Bearer realm="events-api"' } },
  );
}
