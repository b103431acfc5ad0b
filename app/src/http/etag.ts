import { hash } from "node:crypto";
import type { AppContext } from "./context.ts";
import { sendText } from "./send.ts";

/** Entity tag of a body: equal bodies have equal tags in every process and after a restart. */
export function entityTag(body: string): string {
  return `"${hash("sha256", body, "base64url").slice(0, 27)}"`;
}

/** If-None-Match by weak comparison (RFC 9110 section 13.1.2). */
export function matches(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === "*") return true;
  return ifNoneMatch.split(",").some((candidate) => candidate.trim().replace(/^W\//, "") === tag);
}

/** Answers with a body that clients may keep but have to ask about: 304 without a body when theirs is the same. */
export function sendTagged(ctx: AppContext, contentType: string, body: string): void {
  const tag = entityTag(body);
  ctx.set("ETag", tag);
  if (matches(ctx.req.headers["if-none-match"], tag)) {
    ctx.status = 304;
    return;
  }
  sendText(ctx, 200, contentType, body);
}
