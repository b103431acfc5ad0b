import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

/** Headers between two neighbours only (RFC 9110, 7.6.1): each side of the balancer has its own. */
const HOP_BY_HOP = ["connection", "keep-alive", "proxy-connection"];

export function dropHopByHop(headers: IncomingHttpHeaders): void {
  for (const name of HOP_BY_HOP) Reflect.deleteProperty(headers, name);
}

/**
 * Sets what an Application Load Balancer adds to a request: the client's address appended to
 * X-Forwarded-For, the listener's protocol and port, and a trace id unless the client sent one
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html).
 */
export function addForwardedHeaders(request: IncomingMessage): void {
  const { headers, socket } = request;
  const earlier = headers["x-forwarded-for"];
  const client = socket.remoteAddress ?? "";
  headers["x-forwarded-for"] = earlier === undefined ? client : `${String(earlier)}, ${client}`;
  headers["x-forwarded-proto"] = "http";
  headers["x-forwarded-port"] = String(socket.localPort);
  headers["x-amzn-trace-id"] ??= traceId();
}

function traceId(): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${seconds}-${randomBytes(12).toString("hex")}`;
}
