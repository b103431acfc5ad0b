import { networkInterfaces } from "node:os";

/** Only a task itself reaches what listens here: the load balancer of a stack calls another address of it. */
export const LOOPBACK = "127.0.0.1";

/**
 * Where this machine calls a task: an address that an app on {@link LOOPBACK} does not answer at, as on Fargate. Linux and
 * Windows take all of 127.0.0.0/8 for themselves; macOS takes one address of it, so that the machine's own stands in.
 */
export const TASK_HOST = process.platform === "darwin" ? (ownAddress() ?? LOOPBACK) : "127.0.0.2";

/** Undefined on a machine without a network. */
function ownAddress(): string | undefined {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === "IPv4" && !internal)?.address;
}
