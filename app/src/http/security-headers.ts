import type { AppContext, AppMiddleware } from "./context.ts";

/** Two years, the duration that browsers' preload lists ask for. */
const HSTS = "max-age=63072000; includeSubDomains";
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Headers for every answer: no sniffing, no embedding, HTTPS from now on where HTTPS was used. */
export function securityHeaders(): AppMiddleware {
  return (ctx, next) => {
    ctx.set("X-Content-Type-Options", "nosniff");
    ctx.set("Content-Security-Policy", DATA_POLICY);
    if (ctx.req.headers["x-forwarded-proto"] === "https") {
      ctx.set("Strict-Transport-Security", HSTS);
    }
    return next();
  };
}

/** What a page may do: its own scripts, styles and requests; nothing inline, nothing from elsewhere. */
export function pageHeaders(ctx: AppContext): void {
  ctx.set("Content-Security-Policy", PAGE_POLICY);
  ctx.set("Referrer-Policy", "no-referrer");
  ctx.set("X-Frame-Options", "DENY");
  ctx.set("Cross-Origin-Opener-Policy", "same-origin");
  ctx.set("Cache-Control", "no-cache");
}
