import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { Log } from "../ops/log.ts";
import { clientAddress } from "./client-address.ts";
import type { Connections } from "./connections.ts";
import type { Limits } from "./limits.ts";

interface Stall {
  /** What the system had taken of the answers at the last look. */
  taken: number;
  /** Looks since then. In looks, not in time: a process that was held up itself does not blame its clients. */
  looks: number;
}

/** Cuts connections whose client takes nothing of its answer for the time limit; Node would keep both for ever. */
export function cutStalledReaders(
  server: Server,
  connections: Connections,
  limits: Limits,
  log: Log,
): void {
  const interval = limits.connectionsCheckingIntervalMilliseconds;
  const maxLooks = Math.ceil(limits.readTimeoutMilliseconds / interval);
  const stalls = new WeakMap<Socket, Stall>();

  const look = (socket: Socket): void => {
    if (socket.writableLength === 0) {
      stalls.delete(socket);
      return;
    }
    const taken = bytesTaken(socket);
    const stall = stalls.get(socket);
    if (stall?.taken !== taken) {
      stalls.set(socket, { taken, looks: 0 });
    } else if ((stall.looks += 1) >= maxLooks) {
      log.write("info", "access", "a connection whose client does not read was cut", {
        clientAddress: clientAddress(undefined, socket.remoteAddress),
      });
      socket.destroy();
    }
  };

  const timer = setInterval(() => {
    for (const socket of connections) look(socket);
  }, interval).unref();
  server.once("close", () => {
    clearInterval(timer);
  });
}

/** A write counts as written when it begins; how much of it still waits is known to the handle alone. */
function bytesTaken(socket: Socket): number {
  const handle: unknown = Reflect.get(socket, "_handle");
  const waits =
    typeof handle === "object" && handle !== null && "writeQueueSize" in handle
      ? Number(handle.writeQueueSize)
      : 0;
  return socket.bytesWritten - waits;
}
