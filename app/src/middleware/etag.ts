import { hash } from "node:crypto";
import type { Middleware } from "../state.ts";

/** Most answers remembered with their tags: to see that two texts are equal takes a tenth of the time of hashing one. */
const MAX_REMEMBERED = 64;

/**
 * Entity tag of the answer: equal answers have equal tags in every process and after a restart. 304 without a body when the
 * client has the same one.
 */
export function etag(cacheControl: "no-cache" | "private, no-cache"): Middleware {
  const remembered = new Map<string, { readonly text: string; readonly tag: string }>();
  const tagOf = (url: string, text: string): string => {
    const known = remembered.get(url);
    if (known?.text === text) return known.tag;
    const tag = `"${hash("sha256", text, "base64url").slice(0, 27)}"`;
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(url, { text, tag });
    return tag;
  };
  return async (ctx, next) => {
    await next();
    if (ctx.status !== 200) return;
    const body: unknown = ctx.body;
    // As Koa would write it, once.
    const text = typeof body === "string" ? body : JSON.stringify(body);
    if (typeof body !== "string") {
      ctx.type = "json";
      ctx.body = text;
    }
    const tag = tagOf(ctx.url, text);
    ctx.set({ "Cache-Control": cacheControl, ETag: tag });
    // Not `ctx.fresh`, which takes a request's Cache-Control for a word to the origin: fetch() adds one to If-None-Match.
    if (matches(ctx.get("If-None-Match"), tag)) ctx.status = 304;
  };
}

/** Weak comparison (RFC 9110 section 13.1.2). */
function matches(ifNoneMatch: string, tag: string): boolean {
  if (ifNoneMatch === "") return false;
  const candidates = ifNoneMatch.split(",").map((each) => each.trim().replace(/^W\//, ""));
  return candidates.includes(tag) || candidates.includes("*");
}
