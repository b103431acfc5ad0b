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
    const type = ctx.get("Content-Type");
    const encoding = ctx.get("Content-Encoding") || "identity";
    if (!JSON_TYPE.test(type) || OTHER_CHARSET.test(type) || !/^identity$/i.test(encoding)) {
      const said = `"${type.slice(0, 100)}" with the encoding "${encoding.slice(0, 100)}"`;
      const detail = `The body has to be uncompressed application/json in UTF-8, but the request says ${said}.`;
      const headers = { Accept: "application/json" };
      throw new HttpProblem("unsupported-media-type", detail, { headers });
    }
    const declared = Number(ctx.get("Content-Length"));
    const bytes = declared > limitBytes ? undefined : await read(ctx.req, limitBytes, all);
    if (bytes === undefined)
      throw new HttpProblem("content-too-large", `The body is larger than ${limitBytes} bytes.`);
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

/** Undefined as soon as it is longer than the limit; the rest is for whoever answers. */
function read(
  req: IncomingMessage,
  limit: number,
  all: { held: number; readonly max: number },
): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const stop = (settle: () => void) => (): void => {
      all.held -= length;
      req.pause().off("data", take).off("end", end).off("close", gone);
      settle();
    };
    const end = stop(() => {
      resolve(Buffer.concat(chunks));
    });
    const gone = stop(() => {
      reject(new HttpProblem("bad-request", "The connection ended before the body did."));
    });
    const tooLong = stop(() => {
      resolve(undefined);
    });
    const tooMany = stop(() => {
      const detail = "The server holds too many request bodies; try again.";
      reject(new HttpProblem("overloaded", detail, retryAfter(1)));
    });
    const take = (chunk: Buffer): void => {
      length += chunk.length;
      all.held += chunk.length;
      chunks.push(chunk);
      if (length > limit) tooLong();
      else if (all.held > all.max) tooMany();
    };
    req.on("data", take).on("end", end).on("close", gone);
  });
}
