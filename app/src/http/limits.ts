import type { Server, ServerOptions } from "node:http";

/** Limits on how requests arrive. */
export interface Limits {
  readonly headersTimeoutMilliseconds: number;
  readonly requestTimeoutMilliseconds: number;
  /** How often Node looks for connections beyond the two. */
  readonly connectionsCheckingIntervalMilliseconds: number;
  readonly maxHeaderBytes: number;
  readonly maxHeaders: number;
}

/**
 * A client that does not finish its request in 10 s, header and body, is answered 408 and cut within a second more.
 */
export const LIMITS: Limits = {
  headersTimeoutMilliseconds: 10_000,
  requestTimeoutMilliseconds: 10_000,
  connectionsCheckingIntervalMilliseconds: 1000,
  maxHeaderBytes: 16_384,
  maxHeaders: 100,
};

/** The limits that a server takes at its creation. */
export function serverOptions(limits: Limits): ServerOptions {
  return {
    headersTimeout: limits.headersTimeoutMilliseconds,
    requestTimeout: limits.requestTimeoutMilliseconds,
    connectionsCheckingInterval: limits.connectionsCheckingIntervalMilliseconds,
    maxHeaderSize: limits.maxHeaderBytes,
    // Checked by our guard, which answers with a problem.
    requireHostHeader: false,
    noDelay: true,
  };
}

/** The rest of the limits, which are properties of a server. */
export function applyLimits(server: Server, limits: Limits, keepAliveTimeoutSeconds: number): void {
  // Above the idle timeout of the load balancer, or it would send a request into a connection that is being closed.
  server.keepAliveTimeout = keepAliveTimeoutSeconds * 1000;
  server.maxHeadersCount = limits.maxHeaders;
  // Never closes a connection by count: the load balancer would meet the close with a request on its way.
  server.maxRequestsPerSocket = 0;
}
