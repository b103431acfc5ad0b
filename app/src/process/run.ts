import type { Config } from "../config.ts";
import { Log } from "../ops/log.ts";
import { openStdout } from "../ops/stdout.ts";
import type { RunningServer } from "../start.ts";
import { startServer } from "../start.ts";
import { joinPrimary } from "./worker-link.ts";
import { workerNumber } from "./worker-number.ts";

/** After an error that nobody caught the state is in doubt: requests under way get this long to finish. */
const FATAL_DRAIN_MILLISECONDS = 5000;

/** Serves until a signal says stop, as the only process or as a worker of a cluster; ends the process itself. */
export async function runServer(config: Config): Promise<void> {
  const number = workerNumber();
  const log = new Log(
    openStdout(),
    config.logLevel,
    number === undefined ? {} : { worker: number },
  );
  let running: RunningServer | undefined;
  let stopping = false;

  const exit = (code: number): never => {
    log.end();
    process.exit(code);
  };

  const stop = async (reason: string, delaySeconds: number): Promise<void> => {
    if (stopping) return;
    stopping = true;
    if (running === undefined) exit(0);
    setTimeout(() => {
      log.fatal("the shutdown deadline passed before everything was written");
      exit(1);
    }, config.shutdownDeadlineSeconds * 1000).unref();
    await running?.stop(reason, delaySeconds);
    exit(0);
  };

  const fail = async (error: unknown, origin: string): Promise<void> => {
    log.fatal("an error was not caught; the process ends", { origin, error });
    if (running === undefined || stopping) exit(1);
    stopping = true;
    setTimeout(exit, FATAL_DRAIN_MILLISECONDS, 1).unref();
    await running?.stop(origin, 0);
    exit(1);
  };

  process.on("SIGTERM", () => void stop("SIGTERM", config.drainDelaySeconds));
  process.on("SIGINT", () => {
    // Ctrl-C: nobody balances here. The second one means now.
    if (stopping) exit(130);
    void stop("SIGINT", 0);
  });
  process.on("uncaughtException", (error, origin) => void fail(error, origin));

  const link = joinPrimary(config, (reason, delaySeconds) => void stop(reason, delaySeconds));
  try {
    running = await startServer(config, { log, worker: number ?? 0, ...link });
    link?.answerWith(running.ownStatus);
  } catch (error) {
    log.fatal(startFailure(error, config), { error });
    exit(1);
  }
}

/** By the call that failed: the same code means something else in another one. */
function startFailure(error: unknown, { port, dataDir }: Config): string {
  const { syscall, code } = error as NodeJS.ErrnoException;
  if (syscall === "listen" && code === "EADDRINUSE")
    return `port ${port} is taken: stop what listens there or set PORT`;
  if (syscall === "listen" && code === "EACCES")
    return `port ${port} may not be opened by this user: set PORT to 1024 or above`;
  if (syscall === "mkdir" || code === "ERR_SQLITE_ERROR")
    return `the data folder ${dataDir} cannot be used: set DATA_DIR to one that this user may write, or STORE to dynamodb`;
  return "the service could not start";
}
