import type { Server } from "node:http";
import { Server as NetServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Connections } from "../http/connections.ts";

export interface DrainOptions {
  readonly server: Server;
  readonly connections: Connections;
  /** How long to go on serving after readiness was withdrawn, so that balancers notice. */
  readonly delayMilliseconds: number;
  /** From now to the moment when connections that are still busy are cut. */
  readonly deadlineMilliseconds: number;
}

/** Connections that turn idle between two looks are closed at the next one. */
const IDLE_LOOK_MILLISECONDS = 50;
/** A header that has begun to arrive when the server closes may take this long. */
const HEADER_MILLISECONDS = 500;

/**
 * Lets an HTTP server finish: keeps serving for the delay, then refuses new connections, closes idle ones, and waits
 * for requests under way, to which the limits on how they arrive go on to apply; at the deadline it cuts what is left.
 * @returns how many connections were cut (0 = every request was answered).
 */
export async function drainServer(options: DrainOptions): Promise<number> {
  const { server, connections, delayMilliseconds, deadlineMilliseconds } = options;
  const deadline = performance.now() + deadlineMilliseconds;
  await sleep(Math.min(delayMilliseconds, deadlineMilliseconds));
  const closed = new Promise<"closed">((resolve) => {
    // Not the HTTP server's own close: that one also ends Node's look for requests that take too long to arrive, and a
    // client that dribbles its body would hold the process until the deadline.
    NetServer.prototype.close.call(server, () => {
      resolve("closed");
    });
  });
  const closedAt = performance.now();
  const closeIdle = (): void => {
    server.closeIdleConnections();
    connections.closeWithoutRequest(performance.now() - closedAt > HEADER_MILLISECONDS);
  };
  closeIdle();
  const idle = setInterval(closeIdle, IDLE_LOOK_MILLISECONDS);
  const timeout = new AbortController();
  try {
    const first = await Promise.race([
      closed,
      sleep(Math.max(0, deadline - performance.now()), "deadline" as const, {
        signal: timeout.signal,
      }),
    ]);
    if (first === "closed") return 0;
    const cut = connections.size;
    server.closeAllConnections();
    return cut;
  } finally {
    timeout.abort();
    clearInterval(idle);
    // Ends that look.
    server.close();
  }
}
