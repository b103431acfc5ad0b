import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Log } from "../ops/log.ts";
import { clientAddress } from "./client-address.ts";

/**
 * Bounds the requests of one connection that are under way. Node parses all that a read brought, thousands of small
 * requests, before it looks at what the answers hold; a connection that goes beyond is cut.
 */
export class Pipelining {
  readonly #log: Log;
  readonly #maxWaiting: number;
  /** Answers that wait behind another one; only connections that pipeline have an entry. */
  readonly #waiting = new WeakMap<Socket, number>();

  /** @param maxRequests most requests of one connection that are under way. */
  constructor(maxRequests: number, log: Log) {
    this.#maxWaiting = maxRequests - 1;
    this.#log = log;
  }

  /** False when the request is not to be answered, since its connection is cut. */
  admits(request: IncomingMessage, response: ServerResponse): boolean {
    // Node hands the socket to the answer whose turn it is. All there is to do for a client that does not pipeline.
    if (response.socket !== null) return true;
    const { socket } = request;
    if (socket.destroyed) return false;
    const waiting = (this.#waiting.get(socket) ?? 0) + 1;
    if (waiting > this.#maxWaiting) {
      this.#log.write("info", "access", "a connection with too many requests at once was cut", {
        clientAddress: clientAddress(undefined, socket.remoteAddress),
      });
      socket.destroy();
      return false;
    }
    this.#waiting.set(socket, waiting);
    response.once("close", () => {
      this.#waiting.set(socket, (this.#waiting.get(socket) ?? 1) - 1);
    });
    return true;
  }
}
