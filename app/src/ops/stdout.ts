import { constants, fstatSync, openSync, writeSync } from "node:fs";
import type { WriteNow } from "./line-sink.ts";

const STDOUT = 1;

/**
 * Standard output as a writer that never waits for its reader.
 * A pipe is opened a second time, because O_NONBLOCK belongs to the open file description and other processes
 * (a shell, the other workers) may hold the first one. A socket cannot be opened again, nor can a pipe of another
 * user: there Node's own stream is asked for once, which makes the description non-blocking. Files and terminals
 * are written directly.
 */
export function openStdout(): WriteNow {
  const descriptor = nonBlockingDescriptor();
  return (buffer, offset, length) => writeSync(descriptor, buffer, offset, length);
}

function nonBlockingDescriptor(): number {
  const stat = fstatSync(STDOUT);
  if (stat.isFIFO()) {
    try {
      return openSync("/proc/self/fd/1", constants.O_WRONLY | constants.O_NONBLOCK);
    } catch {
      return process.stdout.fd;
    }
  }
  return stat.isSocket() ? process.stdout.fd : STDOUT;
}
