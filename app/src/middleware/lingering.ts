import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";

/** How long, and how much of it, a body that is not wanted is read for. */
const MAX_MILLISECONDS = 5000;
const MAX_BYTES = 64 * 1024 * 1024;

/** Whether the client is still sending what nobody will read. */
export function bodyIsUnderWay(req: IncomingMessage): boolean {
  const { "transfer-encoding": coding, "content-length": length } = req.headers;
  return (coding ?? length) !== undefined && !req.complete && !req.destroyed;
}

/**
 * An answer to a request whose body is still under way: sent at once, but ended only when the body is there, or after 5 s or
 * 64 MiB of it. A connection that is closed with unread data is reset, and the reset may overtake the answer: the
 * client, or the proxy in front, would have an error in its place. As nginx's lingering_close
 * (https://nginx.org/en/docs/http/ngx_http_core_module.html#lingering_close).
 */
export function lingering(req: IncomingMessage, body: string): Readable {
  const answer = new Readable({ read: () => undefined });
  answer.push(body);
  let left = MAX_BYTES;
  const end = (): void => {
    clearTimeout(timer);
    req.off("data", discard).off("end", end).off("close", end).off("error", end);
    if (!req.complete) req.pause();
    answer.push(null);
  };
  const discard = (chunk: Buffer): void => {
    left -= chunk.length;
    if (left < 0) end();
  };
  const timer = setTimeout(end, MAX_MILLISECONDS);
  req.on("data", discard).on("end", end).on("close", end).on("error", end).resume();
  return answer;
}
