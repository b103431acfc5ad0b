import { InvalidCursorError, StoreBusyError, StoreUnavailableError } from "../events/errors.ts";
import type { Log } from "../ops/log.ts";
import type { AppMiddleware } from "./context.ts";
import { HttpProblem, problemBody } from "./problem.ts";
import { answer } from "./send.ts";

/** Answers every error as Problem Details; what is not meant for clients goes to the log alone. */
export function errors(log: Log): AppMiddleware {
  return async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      const problem = toProblem(error);
      const { requestId, trace } = ctx.state;
      if (problem.kind === "internal-error") {
        const { path } = ctx.state;
        log.error("a request failed", { requestId, traceId: trace.traceId, path, error });
      }
      ctx.state.headers.push(...Object.entries(problem.headers).flat());
      const body = problemBody(problem, requestId);
      answer(ctx, problem.status, "application/problem+json", "no-store", body);
    }
  };
}

/** The problem that a client is told for an error. */
export function toProblem(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof StoreBusyError) {
    return new HttpProblem(
      "overloaded",
      "The store has too much to do; send the request again later.",
      {
        headers: { "Retry-After": String(error.retryAfterSeconds) },
        cause: error,
      },
    );
  }
  if (error instanceof StoreUnavailableError) {
    return new HttpProblem(
      "store-unavailable",
      "The store does not answer; send the request again later. Events are counted once by their id.",
      { headers: { "Retry-After": String(error.retryAfterSeconds) }, cause: error },
    );
  }
  if (error instanceof InvalidCursorError) {
    const detail = "cursor must be the nextCursor of a page, as it was given.";
    return new HttpProblem("validation-failed", detail, {
      errors: [{ code: "malformed", parameter: "cursor", detail }],
      cause: error,
    });
  }
  return new HttpProblem(
    "internal-error",
    "The request could not be processed; the log knows why.",
    {
      cause: error,
    },
  );
}
