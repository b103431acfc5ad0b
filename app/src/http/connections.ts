import { ServerResponse } from "node:http";
import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

/** The response that a connection owes, or undefined. Node keeps it on the socket and has no public way to ask for it. */
export function responseUnderWay(socket: Duplex): ServerResponse | undefined {
  const response: unknown = Reflect.get(socket, "_httpMessage");
  return response instanceof ServerResponse ? response : undefined;
}

/** The open connections of a server. */
export class Connections {
  readonly #open = new Set<Socket>();

  constructor(server: Server) {
    server.on("connection", (socket) => {
      this.#open.add(socket);
      socket.once("close", () => this.#open.delete(socket));
    });
  }

  get size(): number {
    return this.#open.size;
  }

  [Symbol.iterator](): IterableIterator<Socket> {
    return this.#open.values();
  }

  /**
   * Closes connections on which no request has arrived yet: opened in advance, or dribbling a header. Node counts them as
   * busy (closeIdleConnections leaves them), and no longer looks at their time once the server is closing.
   * @param withBytes whether also those that have sent the beginning of a header.
   */
  closeWithoutRequest(withBytes: boolean): void {
    for (const socket of this.#open) {
      if (responseUnderWay(socket) === undefined && (withBytes || socket.bytesRead === 0)) {
        socket.destroy();
      }
    }
  }
}
