import { hash, timingSafeEqual } from "node:crypto";
import type { ApiKey } from "../config.ts";
import { HttpProblem } from "../errors.ts";
import type { Context, Middleware } from "../state.ts";

const BEARER = /^Bearer +([^\s]+) *$/i;
const MAX_KEY_CHARACTERS = 512;

/** Finds out whose key the client sent, if any: `X-Api-Key`, or `Authorization: Bearer`. */
export function identify(apiKeys: readonly ApiKey[]): Middleware {
  return (ctx, next) => {
    const key = presentedKey(ctx);
    const client = key === undefined ? undefined : ownerOf(key, apiKeys);
    if (client !== undefined) ctx.state.client = client;
    return next();
  };
}

/** Refuses who has no key. Behind the rate limit, so that nobody tries many. */
export function requireKey(): Middleware {
  return (ctx, next) => {
    if (ctx.state.client !== undefined) return next();
    const detail = "Send an API key in X-Api-Key, or as a bearer token in Authorization.";
    const headers = { "WWW-Authenticate": 'Bearer realm="events-api"' };
    throw new HttpProblem("unauthorized", detail, { headers });
  };
}

function presentedKey(ctx: Context): string | undefined {
  const header = ctx.req.headers["x-api-key"];
  const key = typeof header === "string" ? header : BEARER.exec(ctx.get("Authorization"))?.[1];
  return key === undefined || key === "" || key.length > MAX_KEY_CHARACTERS ? undefined : key;
}

/** Compares hashes in constant time and looks at every key: the time tells neither how much was right nor which one. */
function ownerOf(key: string, apiKeys: readonly ApiKey[]): string | undefined {
  const digest = hash("sha256", key, "buffer");
  let owner: string | undefined;
  for (const { name, sha256 } of apiKeys) if (timingSafeEqual(sha256, digest)) owner = name;
  return owner;
}
