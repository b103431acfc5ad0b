import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { InFlight } from "./in-flight.ts";
import { HttpProblem } from "./problem.ts";

export interface BodyOptions {
  readonly limitBytes: number;
  /** Counts the bytes held by all requests of the process. */
  readonly inFlight: InFlight;
}

const JSON_TYPE = /^application\/(?:[A-Za-z0-9.!#$&^_-]+\+)?json(?:\s*;|$)/i;
const OTHER_CHARSET = /;\s*charset\s*=\s*"?(?!utf-?8["\s;]|utf-?8$)/i;
const CLOSE = { Connection: "close" } as const;

/**
 * Reads and parses a JSON body (UTF-8). A body that is refused before its end closes the connection, since the
 * rest of it will not be read. The time that a body may take is the server's requestTimeout.
 * @throws HttpProblem unsupported-media-type, content-too-large, bad-request, overloaded
 */
export async function readJson(req: IncomingMessage, options: BodyOptions): Promise<unknown> {
  assertMediaType(req);
  const declared = Number(req.headers["content-length"] ?? 0);
  if (declared > options.limitBytes) throw tooLarge(options.limitBytes);
  const bytes = await readBytes(req, options);
  if (bytes.length === 0)
    throw new HttpProblem("bad-request", "The request has no body; send JSON.");
  if (!isUtf8(bytes)) throw new HttpProblem("bad-request", "The body is not UTF-8.");
  try {
    return JSON.parse(bytes.toString("utf8")) as unknown;
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(0, 200) : "";
    throw new HttpProblem("bad-request", `The body is not JSON: ${reason}.`);
  }
}

function assertMediaType(req: IncomingMessage): void {
  const type = req.headers["content-type"];
  if (type === undefined || !JSON_TYPE.test(type) || OTHER_CHARSET.test(type)) {
    const sent = type === undefined ? "no Content-Type" : `"${type.slice(0, 100)}"`;
    throw unsupported(
      `The body has to be application/json in UTF-8, but the request says ${sent}.`,
    );
  }
  const encoding = req.headers["content-encoding"];
  if (encoding !== undefined && encoding.toLowerCase() !== "identity") {
    throw unsupported(
      `The body must not be compressed, but has Content-Encoding "${encoding.slice(0, 100)}".`,
    );
  }
}

function unsupported(detail: string): HttpProblem {
  return new HttpProblem("unsupported-media-type", detail, {
    headers: { ...CLOSE, Accept: "application/json" },
  });
}

function tooLarge(limitBytes: number): HttpProblem {
  return new HttpProblem("content-too-large", `The body is larger than ${limitBytes} bytes.`, {
    headers: CLOSE,
  });
}

function readBytes(req: IncomingMessage, options: BodyOptions): Promise<Buffer> {
  const { limitBytes, inFlight } = options;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const finish = (): void => {
      inFlight.releaseBody(length);
      req.off("data", onData).off("end", onEnd).off("close", onClose).off("error", onClose);
    };
    const refuse = (problem: HttpProblem): void => {
      finish();
      req.pause();
      reject(problem);
    };
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (!inFlight.holdBody(chunk.length)) {
        refuse(
          new HttpProblem("overloaded", "The server holds too many request bodies; try again.", {
            headers: { ...CLOSE, "Retry-After": "1" },
          }),
        );
      } else if (length > limitBytes) {
        refuse(tooLarge(limitBytes));
      } else {
        chunks.push(chunk);
      }
    };
    const onEnd = (): void => {
      finish();
      const [only] = chunks;
      resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, length));
    };
    const onClose = (): void => {
      finish();
      reject(
        new HttpProblem("bad-request", "The connection ended before the body did.", {
          headers: CLOSE,
        }),
      );
    };
    req.on("data", onData).on("end", onEnd).on("close", onClose).on("error", onClose);
  });
}
