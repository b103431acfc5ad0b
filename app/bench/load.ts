import { once } from "node:events";
import { connect, type Socket } from "node:net";

/**
 * A closed loop over raw keep-alive connections: each sends its next request when the answer has arrived. Far cheaper
 * than an HTTP client, so that one core of load keeps one core of server busy.
 */
export class Load {
  readonly #port: number;
  readonly #request: Buffer;
  readonly #expected: string;
  readonly #connections: Connection[] = [];

  constructor(port: number, request: Buffer, status: number) {
    this.#port = port;
    this.#request = request;
    this.#expected = `HTTP/1.1 ${status} `;
  }

  async open(connections: number): Promise<void> {
    const opened = Array.from({ length: connections }, async () => {
      const socket = connect(this.#port, "127.0.0.1").setNoDelay(true);
      await once(socket, "connect");
      this.#connections.push(new Connection(socket, this.#request, this.#expected));
    });
    await Promise.all(opened);
  }

  /** Sends for the time, then waits for what is under way. @returns number of requests. */
  async run(milliseconds: number): Promise<number> {
    const end = performance.now() + milliseconds;
    const counts = await Promise.all(this.#connections.map((connection) => connection.loop(end)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** The body of one answer. */
  async body(): Promise<string> {
    const [connection] = this.#connections;
    if (connection === undefined) throw new Error("The load has no connection.");
    await connection.loop(0);
    return connection.lastBody();
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
    this.#connections.length = 0;
  }
}

const HEAD_END = Buffer.from("\r\n\r\n");
const CONTENT_LENGTH = /\r\ncontent-length: (\d+)/i;

/** One connection, with at most one request under way. */
class Connection {
  readonly #socket: Socket;
  readonly #request: Buffer;
  readonly #expected: string;
  #received: Buffer[] = [];
  #missing = 0;
  #last: Buffer = Buffer.alloc(0);
  #done: () => void = () => undefined;
  #fail: (error: Error) => void = () => undefined;

  constructor(socket: Socket, request: Buffer, expected: string) {
    this.#socket = socket;
    this.#request = request;
    this.#expected = expected;
    socket.on("data", (chunk: Buffer) => {
      this.#onData(chunk);
    });
    socket.on("error", (error) => {
      this.#fail(error);
    });
    socket.on("close", () => {
      this.#fail(new Error("The server closed a connection of the load."));
    });
  }

  /** Requests one after the other, at least one, until `end`. */
  loop(end: number): Promise<number> {
    let count = 0;
    return new Promise((resolve, reject) => {
      this.#fail = reject;
      this.#done = () => {
        count += 1;
        if (performance.now() < end) this.#socket.write(this.#request);
        else resolve(count);
      };
      this.#socket.write(this.#request);
    });
  }

  lastBody(): string {
    return this.#last.subarray(this.#last.indexOf(HEAD_END) + HEAD_END.length).toString();
  }

  close(): void {
    this.#fail = () => undefined;
    this.#socket.destroy();
  }

  #onData(chunk: Buffer): void {
    this.#received.push(chunk);
    if (this.#missing === 0) {
      const whole = this.#received.length === 1 ? chunk : Buffer.concat(this.#received);
      const end = whole.indexOf(HEAD_END);
      if (end === -1) return;
      const head = whole.toString("latin1", 0, end);
      if (!head.startsWith(this.#expected)) {
        this.#fail(new Error(`A subject answered ${head.slice(0, 40)}: ${whole.toString()}`));
        return;
      }
      const length = Number(CONTENT_LENGTH.exec(head)?.[1] ?? NaN);
      this.#missing = end + HEAD_END.length + length - whole.length;
    } else {
      this.#missing -= chunk.length;
    }
    if (this.#missing > 0) return;
    this.#missing = 0;
    this.#last = this.#received.length === 1 ? chunk : Buffer.concat(this.#received);
    this.#received = [];
    this.#done();
  }
}
