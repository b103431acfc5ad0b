import { hash, timingSafeEqual } from "node:crypto";
import type { AppDeps } from "../app.ts";
import type { ApiKey } from "../config.ts";
import { HttpProblem, retryAfter } from "../errors.ts";
import type { Context, Middleware } from "../state.ts";
import { RateLimiter } from "./rate-limit.ts";

const BEARER = /^Bearer +([^\s]+) *$/i;
const MAX_KEY_CHARACTERS = 512;

/**
 * Who is let in: nobody beyond what the process can do in time, each client so often a minute, and with AUTH=api-key only who
 * has a key. The limit comes before the key is asked for, so that nobody tries many.
 */
export function admission({ config, inFlight, eventLoop, metrics }: AppDeps): Middleware {
  const { apiKeys, rateLimitPerMinute, maxRequestsInFlight } = config;
  const ownerOf = keyOwners(apiKeys);
  const needsKey = config.auth === "api-key";
  const limiter = rateLimitPerMinute > 0 ? new RateLimiter(rateLimitPerMinute) : undefined;
  const policy = `"minute";q=${rateLimitPerMinute};w=60`;
  return (ctx, next) => {
    if (inFlight.size > maxRequestsInFlight || eventLoop.isLate) {
      metrics.count("RequestsShed");
      const detail = "The server has more to do than it can; try again.";
      throw new HttpProblem("overloaded", detail, retryAfter(1));
    }
    const client = needsKey ? ownerOf(presentedKey(ctx)) : undefined;
    if (client !== undefined) ctx.state.client = client;
    if (limiter !== undefined) {
      // By key, or by address for who has none.
      const who = client === undefined ? `address ${ctx.ip}` : `key ${client}`;
      const { remaining, resetSeconds, waitSeconds } = limiter.take(who, performance.now());
      ctx.res.setHeader("RateLimit-Policy", policy);
      ctx.res.setHeader("RateLimit", `"minute";r=${remaining};t=${resetSeconds}`);
      if (waitSeconds > 0) {
        metrics.count("RequestsLimited");
        const detail = `More than ${rateLimitPerMinute} requests a minute; try again in ${waitSeconds} s.`;
        throw new HttpProblem("rate-limited", detail, retryAfter(waitSeconds));
      }
    }
    if (needsKey && client === undefined) {
      const detail = "Send an API key in X-Api-Key, or as a bearer token in Authorization.";
      const headers = { "WWW-Authenticate": 'Bearer realm="events-api"' };
      throw new HttpProblem("unauthorized", detail, { headers });
    }
    return next();
  };
}

/** `X-Api-Key`, or `Authorization: Bearer`. */
function presentedKey({ req: { headers } }: Context): string | undefined {
  const header = headers["x-api-key"];
  const key = typeof header === "string" ? header : BEARER.exec(headers.authorization ?? "")?.[1];
  return key !== undefined && key.length <= MAX_KEY_CHARACTERS ? key : undefined;
}

/**
 * Compares hashes in constant time and looks at every key: the time tells neither how much was right nor which one. Keys
 * that were right are remembered, one for each client at most.
 */
function keyOwners(apiKeys: readonly ApiKey[]) {
  const known = new Map<string, string>();
  return (key = ""): string | undefined => {
    let owner = known.get(key);
    if (owner !== undefined || key === "") return owner;
    const digest = hash("sha256", key, "buffer");
    for (const { name, sha256 } of apiKeys) if (timingSafeEqual(sha256, digest)) owner = name;
    if (owner !== undefined) known.set(key, owner);
    return owner;
  };
}
