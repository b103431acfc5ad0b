import type { AppDeps } from "../app.ts";
import { HttpProblem, toProblem } from "../errors.ts";
import type { Context, Middleware } from "../state.ts";
import { bodyIsUnderWay, lingering } from "./lingering.ts";
import { timeLimit } from "./time-limit.ts";

/**
 * Bounds the time of a request, and answers every error as Problem Details (RFC 9457); what is not meant for clients goes to
 * Koa's `error` event. Clients of a process that is about to end are told to send their next request elsewhere.
 */
export function problems({ config, lifecycle }: AppDeps): Middleware {
  const limited = timeLimit(config.requestTimeoutSeconds);
  return async (ctx, next) => {
    try {
      await limited(ctx, next);
      // Koa's own 404 is plain text.
      if (ctx.status === 404 && ctx.body === undefined) throw nothingHere(ctx);
    } catch (error) {
      if (ctx.headerSent) throw error;
      respond(ctx, error);
    }
    if (lifecycle.draining) ctx.set("Connection", "close");
  };
}

function respond(ctx: Context, thrown: unknown): void {
  const { headers, ...problem } = toProblem(thrown);
  ctx.status = problem.status;
  ctx.set({ ...headers, "Cache-Control": "no-store" });
  ctx.type = "application/problem+json";
  const body = JSON.stringify({ ...problem, requestId: ctx.state.requestId });
  if (bodyIsUnderWay(ctx.req)) {
    ctx.set("Connection", "close");
    ctx.body = lingering(ctx.req, body);
    ctx.length = Buffer.byteLength(body);
  } else {
    ctx.body = body;
  }
  if (problem.status === 500) ctx.app.emit("error", thrown, ctx);
}

/** 405 when the path is a resource for another method, else 404. */
function nothingHere(ctx: Context): HttpProblem {
  const matched = (ctx["matched"] ?? []) as readonly { readonly methods: readonly string[] }[];
  const allowed = [...new Set(matched.flatMap(({ methods }) => methods))].sort().join(", ");
  const nothing = "There is nothing at this path; /docs lists what there is.";
  if (allowed === "") return new HttpProblem("not-found", nothing);
  const detail = `This resource answers to ${allowed} only.`;
  return new HttpProblem("method-not-allowed", detail, { headers: { Allow: allowed } });
}
