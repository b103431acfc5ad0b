import { isUtf8 } from "node:buffer";
import { HttpProblem, retryAfter } from "../errors.ts";
import type { Middleware } from "../state.ts";
import { expectJson, tooLarge } from "./expect-json.ts";

/** Reads a JSON body into `ctx.request.body`. @param maxHeldBytes of all bodies that are held at once */
export function jsonBody(limitBytes: number, maxHeldBytes: number): Middleware {
  let held = 0;
  return async ({ req, request }, next) => {
    expectJson(req.headers, limitBytes);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const chunks: Buffer[] = [];
    let length = 0;
    const take = (chunk: Buffer): void => {
      chunks.push(chunk);
      length += chunk.length;
      held += chunk.length;
      const busy = "The server holds too many request bodies; try again.";
      if (length > limitBytes) reject(tooLarge(limitBytes));
      else if (held > maxHeldBytes) reject(new HttpProblem("overloaded", busy, retryAfter(1)));
    };
    const cut = (): void => {
      if (!req.readableEnded) reject(new HttpProblem("bad-request", "The body was cut off."));
    };
    req.on("data", take).on("end", resolve).on("close", cut);
    await promise.finally(() => {
      req.off("data", take);
      held -= length;
    });
    const bytes = Buffer.concat(chunks);
    if (!isUtf8(bytes)) throw new HttpProblem("bad-request", "The body is not UTF-8.");
    try {
      request.body = JSON.parse(bytes.toString());
    } catch (error) {
      throw new HttpProblem("bad-request", `The body is not JSON: ${(error as Error).message}.`);
    }
    await next();
  };
}
