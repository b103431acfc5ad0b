import type { Server, ServerOptions } from "node:http";

/**
 * Limits on how requests arrive. Node looks at its connections every second: a client that does not finish its header in
 * 10 s, or its request in 15 s, is answered 408 and cut within a second more.
 */
export const LIMITS = {
  headersTimeoutMilliseconds: 10_000,
  requestTimeoutMilliseconds: 15_000,
  connectionsCheckingIntervalMilliseconds: 1000,
  maxHeaderBytes: 16_384,
  maxHeaders: 100,
} as const;

export const SERVER_OPTIONS: ServerOptions = {
  headersTimeout: LIMITS.headersTimeoutMilliseconds,
  requestTimeout: LIMITS.requestTimeoutMilliseconds,
  connectionsCheckingInterval: LIMITS.connectionsCheckingIntervalMilliseconds,
  maxHeaderSize: LIMITS.maxHeaderBytes,
  // One option would lift the parser's strictness; say that it stays.
  insecureHTTPParser: false,
  // Checked by our guard, which answers with a problem.
  requireHostHeader: false,
  noDelay: true,
};

/** The rest of the limits, which are properties of a server. */
export function applyLimits(server: Server, keepAliveTimeoutSeconds: number): void {
  // Above the idle timeout of the load balancer, or it would send a request into a connection that is being closed.
  server.keepAliveTimeout = keepAliveTimeoutSeconds * 1000;
  server.maxHeadersCount = LIMITS.maxHeaders;
  // Never closes a connection by count: the load balancer would meet the close with a request on its way.
  server.maxRequestsPerSocket = 0;
}
