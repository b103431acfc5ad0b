import type { ServerResponse } from "node:http";
import { HttpProblem, retryAfter } from "../errors.ts";
import type { Middleware } from "../state.ts";

/**
 * Bounds every request, from its header to the end of its answer: one that is not answered in time is answered 408 or 503,
 * and an answer that is not out in time is cut. What the request began goes on by itself. One timer, for the oldest.
 */
export function timeLimit(seconds: number): Middleware {
  const waiting = new Map<
    ServerResponse,
    { readonly until: number; readonly expire: () => void }
  >();
  let armed = false;
  const arm = (milliseconds: number): void => {
    armed = true;
    setTimeout(sweep, milliseconds).unref();
  };
  const sweep = (): void => {
    armed = false;
    for (const [res, { until, expire }] of waiting) {
      const left = until - performance.now();
      if (left > 0) {
        arm(Math.ceil(left));
        return;
      }
      waiting.delete(res);
      expire();
    }
  };
  return (ctx, next) =>
    new Promise<void>((resolve, reject) => {
      const { req, res } = ctx;
      const expire = (): void => {
        if (res.headersSent) res.destroy();
        else reject(req.complete ? tookTooLong(seconds) : new HttpProblem("request-timeout", SLOW));
      };
      waiting.set(res, { until: performance.now() + seconds * 1000, expire });
      res.on("close", () => waiting.delete(res));
      if (!armed) arm(seconds * 1000);
      next().then(resolve, reject);
    });
}

const SLOW = "The request did not arrive in time.";
const tookTooLong = (seconds: number): HttpProblem => {
  const detail = `The request was not done in ${seconds} s; try again.`;
  return new HttpProblem("timed-out", detail, retryAfter(1));
};
