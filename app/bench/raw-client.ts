import { once } from "node:events";
import { connect, type Socket } from "node:net";

const REQUEST = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";

/**
 * A connection as a load balancer pools it: it ignores the server's keep-alive hint, which Node's own client follows,
 * so that it can meet a close with a request on its way.
 */
export class RawClient {
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    // Told by `send`.
    socket.on("error", () => undefined);
  }

  static async connect(port: number): Promise<RawClient> {
    const socket = connect(port, "127.0.0.1").setNoDelay(true);
    await once(socket, "connect");
    return new RawClient(socket);
  }

  /** One request; false when the connection ended before the answer. */
  send(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = this.#socket;
      const finish = (answered: boolean): void => {
        socket.removeAllListeners("data").removeAllListeners("close");
        resolve(answered);
      };
      if (socket.destroyed) {
        resolve(false);
        return;
      }
      socket.on("close", () => {
        finish(false);
      });
      // The answer is shorter than a packet.
      socket.on("data", (chunk: Buffer) => {
        finish(chunk.toString("latin1").startsWith("HTTP/1.1 200"));
      });
      socket.write(REQUEST);
    });
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** Opens many, a few at a time, so that the backlog of the server never overflows. */
export async function connectMany(port: number, count: number): Promise<RawClient[]> {
  const clients: RawClient[] = [];
  while (clients.length < count) {
    const batch = Math.min(50, count - clients.length);
    const opened = Array.from({ length: batch }, async () => {
      const client = await RawClient.connect(port);
      await client.send();
      return client;
    });
    clients.push(...(await Promise.all(opened)));
  }
  return clients;
}
