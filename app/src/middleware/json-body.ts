import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { HttpProblem, retryAfter } from "../errors.ts";
import type { Middleware } from "../state.ts";

const JSON_TYPE = /^application\/(?:[A-Za-z0-9.!#$&^_-]+\+)?json(?:\s*;|$)/i;
const OTHER_CHARSET = /;\s*charset\s*=\s*"?(?!utf-?8["\s;]|utf-?8$)/i;

/** Reads a JSON body (UTF-8) into `ctx.request.body`. @param maxHeldBytes of all bodies that are held at once */
export function jsonBody(limitBytes: number, maxHeldBytes: number): Middleware {
  const all = { held: 0, max: maxHeldBytes };
  return async (ctx, next) => {
    const { headers } = ctx.req;
    const { "content-type": type = "", "content-encoding": encoding = "identity" } = headers;
    if (!JSON_TYPE.test(type) || OTHER_CHARSET.test(type) || !/^(identity)?$/i.test(encoding)) {
      const said = `"${type.slice(0, 100)}" with the encoding "${encoding.slice(0, 100)}"`;
      const detail = `The body has to be uncompressed application/json in UTF-8, but the request says ${said}.`;
      const accepted = { headers: { Accept: "application/json" } };
      throw new HttpProblem("unsupported-media-type", detail, accepted);
    }
    if (Number(headers["content-length"]) > limitBytes) throw tooLarge(limitBytes);
    const bytes = await read(ctx.req, limitBytes, all);
    if (!isUtf8(bytes)) throw new HttpProblem("bad-request", "The body is not UTF-8.");
    try {
      ctx.request.body = JSON.parse(bytes.toString()) as unknown;
    } catch (error) {
      const reason = (error as Error).message.slice(0, 200);
      throw new HttpProblem("bad-request", `The body is not JSON: ${reason}.`);
    }
    await next();
  };
}

const tooLarge = (limit: number): HttpProblem =>
  new HttpProblem("content-too-large", `The body is larger than ${limit} bytes.`);

/** Rejects as soon as it is longer than the limit; the rest is for whoever answers. */
function read(req: IncomingMessage, limit: number, all: { held: number; readonly max: number }) {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let length = 0;
  const end = (problem?: HttpProblem): void => {
    all.held -= length;
    length = 0;
    const parts = chunks.splice(0);
    req.off("data", take);
    if (problem === undefined) {
      resolve(Buffer.concat(parts));
    } else {
      req.pause();
      reject(problem);
    }
  };
  const take = (chunk: Buffer): void => {
    chunks.push(chunk);
    length += chunk.length;
    all.held += chunk.length;
    const detail = "The server holds too many request bodies; try again.";
    if (length > limit) end(tooLarge(limit));
    else if (all.held > all.max) end(new HttpProblem("overloaded", detail, retryAfter(1)));
  };
  req.on("data", take).on("end", () => {
    end();
  });
  req.on("close", () => {
    const detail = "The connection ended before the body did.";
    if (!req.readableEnded) end(new HttpProblem("bad-request", detail));
  });
  return promise;
}
