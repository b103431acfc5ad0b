import { HttpProblem, retryAfter } from "../errors.ts";
import type { Middleware } from "../state.ts";

/**
 * Bounds every request, from its header to the end of its answer: one that is not answered in time is answered 408 or 503,
 * and an answer that is not out in time is cut. What the request began goes on by itself.
 */
export function timeLimit(seconds: number): Middleware {
  return async (ctx, next) => {
    const { req, res } = ctx;
    const late = new Promise<never>((_, reject) => {
      const timer = setTimeout(() => {
        if (res.headersSent) res.destroy();
        else reject(req.complete ? tookTooLong(seconds) : arrivedTooSlowly());
      }, seconds * 1000);
      res.once("close", () => {
        clearTimeout(timer);
      });
    });
    await Promise.race([next(), late]);
  };
}

const tookTooLong = (seconds: number): HttpProblem =>
  new HttpProblem(
    "timed-out",
    `The request was not done in ${seconds} s; try again.`,
    retryAfter(1),
  );

const arrivedTooSlowly = (): HttpProblem =>
  new HttpProblem("request-timeout", "The request did not arrive in time.");
