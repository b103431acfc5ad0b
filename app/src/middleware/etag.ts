import { hash } from "node:crypto";
import type { Context, Middleware } from "../state.ts";

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
    const { req, res } = ctx;
    if (res.statusCode !== 200) return;
    if (typeof ctx.body !== "string") json(ctx, ctx.body);
    const tag = tagOf(ctx.url, ctx.body as string);
    res.setHeader("Cache-Control", cacheControl);
    res.setHeader("ETag", tag);
    // Not `ctx.fresh`, which takes a request's Cache-Control for a word to the origin: fetch() adds one to If-None-Match.
    const known = req.headers["if-none-match"];
    if (known !== undefined && matches(known, tag)) ctx.status = 304;
  };
}

/** Weak comparison (RFC 9110 section 13.1.2). */
function matches(ifNoneMatch: string, tag: string): boolean {
  const candidates = ifNoneMatch.split(",").map((each) => each.trim().replace(/^W\//, ""));
  return candidates.includes(tag) || candidates.includes("*");
}

/** Answers as Koa would write it, but once: Koa looks for streams, files and the rest first. */
export function json(ctx: Context, value: unknown): void {
  ctx.res.setHeader("Content-Type", "application/json; charset=utf-8");
  ctx.body = JSON.stringify(value);
}
