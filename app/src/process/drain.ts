import type { Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

export interface DrainOptions {
  readonly server: Server;
  /** How long to go on serving after readiness was withdrawn, so that balancers notice. */
  readonly delayMilliseconds: number;
  /** From now to the moment when connections that are still busy are cut. */
  readonly deadlineMilliseconds: number;
}

/** Connections that turn idle between two looks are closed at the next one. */
const IDLE_LOOK_MILLISECONDS = 50;

/**
 * Lets an HTTP server finish: keeps serving for the delay, then refuses new connections, closes idle ones, and waits
 * for requests under way; at the deadline it cuts what is left.
 * @returns how many connections were cut (0 = every request was answered).
 */
export async function drainServer(options: DrainOptions): Promise<number> {
  const { server, delayMilliseconds, deadlineMilliseconds } = options;
  const deadline = performance.now() + deadlineMilliseconds;
  await sleep(Math.min(delayMilliseconds, deadlineMilliseconds));
  const closed = new Promise<"closed">((resolve) => {
    server.close(() => {
      resolve("closed");
    });
  });
  const idle = setInterval(() => {
    server.closeIdleConnections();
  }, IDLE_LOOK_MILLISECONDS);
  const timeout = new AbortController();
  try {
    const first = await Promise.race([
      closed,
      sleep(Math.max(0, deadline - performance.now()), "deadline" as const, {
        signal: timeout.signal,
      }),
    ]);
    if (first === "closed") return 0;
    const cut = await connections(server);
    server.closeAllConnections();
    return cut;
  } finally {
    timeout.abort();
    clearInterval(idle);
  }
}

function connections(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.getConnections((error, count) => {
      resolve(error === null ? count : 0);
    });
  });
}
