import type { ClientRequest, IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { createProxyServer } from "http-proxy-3";
import { addForwardedHeaders, dropHopByHop } from "./headers.ts";
import type { Target } from "./target.ts";

export interface Forwarder {
  /** Sends a request to `target`. */
  web(request: IncomingMessage, response: ServerResponse, target: Target, on: Progress): void;
  /** Connects an upgraded connection (WebSocket) to `target`. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, target: Target): void;
  /** Answers in the load balancer's own name. */
  answer(response: ServerResponse, status: 502 | 503 | 504): void;
}

/** How a request goes on its way to a target. */
export interface Progress {
  /** The target's status has arrived. */
  response: () => void;
  /** No connection to the target could be made. */
  unreached: () => void;
}

/** A connection was never made: nobody listens, or nobody answers there. */
const UNREACHED = new Set(["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH"]);

const TITLES = {
  502: "502 Bad Gateway",
  503: "503 Service Temporarily Unavailable",
  504: "504 Gateway Time-out",
} as const;

interface Exchange {
  target: Target;
  on: Progress;
  timedOut: boolean;
  /** The library reports the end of both sides, so one failure may come twice. */
  failed: boolean;
}

/**
 * Forwards by http-proxy-3. What the library leaves to its user is done here: connection headers
 * of one side stay on that side, a target that goes silent for `idleMs` costs a 504, one that
 * breaks off in mid-answer breaks the client's connection off as well.
 */
export function createForwarder(
  idleMs: number,
  onConnectionError: (target: Target, error: Error) => void,
): Forwarder {
  const exchanges = new WeakMap<IncomingMessage, Exchange>();
  const proxy = createProxyServer({ toProxy: true, proxyTimeout: idleMs });

  proxy.on("proxyReq", (outgoing: ClientRequest, request) => {
    outgoing.once("timeout", () => {
      const exchange = exchanges.get(request);
      if (exchange !== undefined) exchange.timedOut = true;
    });
  });

  proxy.on("proxyRes", (incoming, request, response) => {
    const exchange = exchanges.get(request);
    exchange?.on.response();
    // This also hides the target's keep-alive hint from Node's agent: an Application Load Balancer
    // ignores the hint, so a target that closes idle connections too early must show here too.
    dropHopByHop(incoming.headers);
    incoming.headers.connection = response.shouldKeepAlive ? "keep-alive" : "close";
    incoming.on("error", (error) => {
      if (exchange !== undefined && !request.socket.destroyed) {
        onConnectionError(exchange.target, error);
      }
      response.destroy();
    });
  });

  // The client went away first: there is nobody left to answer.
  proxy.on("econnreset", () => undefined);

  const answer: Forwarder["answer"] = (response, status) => {
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    const title = TITLES[status];
    response.writeHead(status, { "content-type": "text/html", server: "koa-fargate-local" });
    response.end(
      `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`,
    );
  };

  return {
    web: (request, response, target, on) => {
      const exchange: Exchange = { target, on, timedOut: false, failed: false };
      exchanges.set(request, exchange);
      dropHopByHop(request.headers);
      // Node has answered 100 Continue already.
      delete request.headers.expect;
      addForwardedHeaders(request);
      proxy.web(request, response, { target: target.address, agent: target.agent }, (error) => {
        if (exchange.failed) return;
        exchange.failed = true;
        discardRest(request);
        if (UNREACHED.has((error as NodeJS.ErrnoException).code ?? "")) on.unreached();
        if (!exchange.timedOut) onConnectionError(target, error);
        answer(response, exchange.timedOut ? 504 : 502);
      });
    },
    upgrade: (request, socket, head, target) => {
      addForwardedHeaders(request);
      target.upgraded.add(socket);
      socket.once("close", () => target.upgraded.delete(socket));
      proxy.ws(request, socket, head, { target: target.address }, (error) => {
        onConnectionError(target, error);
        socket.destroy();
      });
    },
    answer,
  };
}

/** How long a client may go on sending what no target takes any more. */
const DISCARD_MS = 5000;

/** Reads on, so that a client that sends its whole body before it listens hears the answer, and its connection serves on. */
function discardRest(request: IncomingMessage): void {
  if (request.complete) return;
  request.resume();
  const limit = setTimeout(() => request.destroy(), DISCARD_MS);
  request.once("close", () => {
    clearTimeout(limit);
  });
}
