import { constants, fstatSync, openSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { pino, type DestinationStream, type Logger } from "pino";
import type { LogLevel } from "../config.ts";

/** JSON lines: `time`, `level`, `type` (application, access, slow, error, metrics), `message`, fields. */
export interface Log extends Logger {
  /** A line at level info. Of members that are JSON as they are: one `JSON.stringify` takes half the time of pino's way. */
  line(members: object): void;
}

/** Where the lines go. */
export interface LogDestination extends DestinationStream {
  /** Lines lost so far because nobody read them. */
  readonly dropped: number;
  /** Writes the rest before the process ends, waiting half a second at most for the reader. */
  end(): Promise<void>;
}

/** A logger with fields of its own in each line. */
export function createLog(to: DestinationStream, level: LogLevel, fields: object = {}): Log {
  const log = pino(
    {
      level,
      base: { ...fields },
      messageKey: "message",
      errorKey: "error",
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.errWithCause },
    },
    to,
  );
  const tail = JSON.stringify({ ...fields, "": 0 }).slice(1, -'"":0}'.length);
  const line = (members: object): void => {
    if (!log.isLevelEnabled("info")) return;
    const time = new Date().toISOString();
    to.write(`{"level":"info","time":"${time}",${tail}${JSON.stringify(members).slice(1)}\n`);
  };
  return Object.assign(log, { line });
}

const END_MILLISECONDS = 500;

/**
 * Standard output, written from a buffer and never waited for: 1 MiB is kept while nobody reads, further lines are dropped.
 * @param shared whether other processes write there, too: a pipe takes 4 KiB at once or not at all, so that they never
 * tear each other's lines
 */
export function standardOutput(shared: boolean): LogDestination {
  let dropped = 0;
  let giveUpAt = Infinity;
  const sink = pino.destination({
    fd: nonBlockingStdout(),
    sync: false,
    contentMode: "buffer",
    minLength: shared ? 3072 : 16_384,
    maxWrite: shared ? 4096 : 32_768,
    maxLength: 1_048_576,
    periodicFlush: 250,
    retryEAGAIN: () => performance.now() < giveUpAt,
  });
  sink.on("drop", () => {
    dropped += 1;
  });
  return {
    get dropped() {
      return dropped;
    },
    // Not as strings, whose bytes it would count again with each line that is added. After the end it would throw.
    write: (line) => giveUpAt === Infinity && sink.write(Buffer.from(line) as unknown as string),
    async end() {
      giveUpAt = performance.now() + END_MILLISECONDS;
      const closed = new Promise((resolve) => sink.once("close", resolve).once("error", resolve));
      sink.end();
      await Promise.race([closed, sleep(END_MILLISECONDS)]);
    },
  };
}

/** A pipe is opened a second time: O_NONBLOCK belongs to the open file description, which other processes share. */
function nonBlockingStdout(): number {
  const stdout = 1;
  if (!fstatSync(stdout).isFIFO()) return stdout;
  try {
    return openSync("/proc/self/fd/1", constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return stdout;
  }
}
