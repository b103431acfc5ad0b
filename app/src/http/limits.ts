import type { Server, ServerOptions } from "node:http";

/** Limits on how requests arrive. */
export interface Limits {
  readonly headersTimeoutMilliseconds: number;
  readonly requestTimeoutMilliseconds: number;
  /** How long a client may take nothing of its answer. */
  readonly readTimeoutMilliseconds: number;
  /** How often Node and we look for connections beyond the three. */
  readonly connectionsCheckingIntervalMilliseconds: number;
  readonly maxHeaderBytes: number;
  readonly maxHeaders: number;
  /** Most requests of one connection that are under way. Load balancers send the next one after the answer. */
  readonly maxRequestsPerConnection: number;
}

/**
 * A client that does not finish its request in 10 s, header and body, is answered 408 and cut within a second more;
 * one that reads nothing of its answer for as long is cut.
 */
export const LIMITS: Limits = {
  headersTimeoutMilliseconds: 10_000,
  requestTimeoutMilliseconds: 10_000,
  readTimeoutMilliseconds: 10_000,
  connectionsCheckingIntervalMilliseconds: 1000,
  maxHeaderBytes: 16_384,
  maxHeaders: 100,
  maxRequestsPerConnection: 8,
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
