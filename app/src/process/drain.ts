import type { Server } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { InFlight } from "../health/in-flight.ts";

export interface DrainOptions {
  readonly server: Server;
  /** Every open connection of the server. */
  readonly connections: ReadonlySet<Socket>;
  readonly inFlight: InFlight;
  /** How long to go on serving after readiness was withdrawn, so that balancers notice. */
  readonly delayMilliseconds: number;
  /** From now to the moment when connections that are still busy are cut. */
  readonly deadlineMilliseconds: number;
}

const LOOK_MILLISECONDS = 50;
/** A header that has begun to arrive when the server closes may take this long. */
const HEADER_MILLISECONDS = 500;

/**
 * Lets a server finish: it keeps serving for the delay, then refuses new connections, closes idle ones and waits for
 * requests under way; at the deadline it cuts what is left.
 * @returns how many connections were cut (0 = every request was answered).
 */
export async function drain(options: DrainOptions): Promise<number> {
  const { server, connections, inFlight, delayMilliseconds, deadlineMilliseconds } = options;
  const deadline = performance.now() + deadlineMilliseconds;
  await sleep(Math.min(delayMilliseconds, deadlineMilliseconds));
  // Closes the idle ones as well, but not those on which no request has arrived yet.
  server.close();
  const closedAt = performance.now();
  while (connections.size > 0 && performance.now() < deadline) {
    server.closeIdleConnections();
    const busy = new Set([...inFlight].map((response) => response.socket));
    const late = performance.now() - closedAt > HEADER_MILLISECONDS;
    for (const socket of connections)
      if (!busy.has(socket) && (late || socket.bytesRead === 0)) socket.destroy();
    await sleep(LOOK_MILLISECONDS);
  }
  const cut = connections.size;
  server.closeAllConnections();
  return cut;
}
