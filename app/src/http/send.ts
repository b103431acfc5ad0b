import type { AppContext } from "./context.ts";

export const JSON_TYPE = "application/json; charset=utf-8";

/**
 * Answers with JSON. The body is made a string here: given an object, Koa would serialise it again for every
 * reader of its length.
 */
export function sendJson(ctx: AppContext, status: number, value: unknown): void {
  sendText(ctx, status, JSON_TYPE, JSON.stringify(value));
}

export function sendText(ctx: AppContext, status: number, contentType: string, body: string): void {
  ctx.status = status;
  // Before the body, or Koa would guess a type from its first characters.
  ctx.set("Content-Type", contentType);
  ctx.body = body;
}
