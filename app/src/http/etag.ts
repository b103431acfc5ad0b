import { hash } from "node:crypto";
import type { AppContext } from "./context.ts";
import type { CacheControl } from "./send.ts";
import { answer } from "./send.ts";

/** Entity tag of a body: equal bodies have equal tags in every process and after a restart. */
export function entityTag(body: string): string {
  return `"${hash("sha256", body, "base64url").slice(0, 27)}"`;
}

/** Most answers remembered with their tags, and the longest one (characters): at most 4 MiB in all. */
const MAX_REMEMBERED = 64;
const MAX_REMEMBERED_CHARACTERS = 65_536;

/**
 * Tags of the last answers by their address. A report is mostly what it was at the last request, and to see that two
 * texts are equal takes a tenth of the time of hashing one.
 */
export class TagMemory {
  readonly #known = new Map<string, { readonly body: string; readonly tag: string }>();

  tag(address: string, body: string): string {
    const known = this.#known.get(address);
    if (known?.body === body) return known.tag;
    const tag = entityTag(body);
    if (body.length > MAX_REMEMBERED_CHARACTERS) return tag;
    if (known === undefined && this.#known.size >= MAX_REMEMBERED) {
      const [oldest] = this.#known.keys();
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    this.#known.set(address, { body, tag });
    return tag;
  }
}

/** If-None-Match by weak comparison (RFC 9110 section 13.1.2). */
export function matches(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === "*") return true;
  return ifNoneMatch.split(",").some((candidate) => candidate.trim().replace(/^W\//, "") === tag);
}

/** Answers with a body that clients may keep but have to ask about: 304 without a body when theirs is the same. */
export function answerTagged(
  ctx: AppContext,
  memory: TagMemory,
  contentType: string,
  cacheControl: CacheControl,
  body: string,
): void {
  const { req, state } = ctx;
  const tag = memory.tag(req.url ?? "", body);
  state.headers.push("ETag", tag);
  const status = matches(req.headers["if-none-match"], tag) ? 304 : 200;
  answer(ctx, status, contentType, cacheControl, body);
}
