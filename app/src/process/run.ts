import type { Config } from "../config.ts";
import type { Log, LogDestination } from "../observability/log.ts";
import { joinPrimary } from "./cluster.ts";
import type { RunningServer } from "./serve.ts";
import { serve, StartError } from "./serve.ts";

/** After an error that nobody caught the state is in doubt: requests under way get this long to finish. */
const FATAL_DRAIN_MILLISECONDS = 5000;

/** Serves until a signal says stop, as the only process or as worker `number` of a task; ends the process itself. */
export async function run(
  config: Config,
  log: Log,
  output: LogDestination,
  number?: number,
): Promise<void> {
  let running: RunningServer | undefined;
  let stopping = false;

  const exit = async (code: number): Promise<void> => {
    await output.end();
    process.exit(code);
  };

  const stop = async (reason: string, delaySeconds: number): Promise<void> => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => {
      log.fatal({ type: "error" }, "the shutdown deadline passed before everything was written");
      void exit(1);
    }, config.shutdownDeadlineSeconds * 1000).unref();
    await running?.stop(reason, delaySeconds);
    await exit(0);
  };

  const fail = async (error: unknown, origin: string): Promise<void> => {
    log.fatal({ type: "error", origin, error }, "an error was not caught; the process ends");
    if (stopping) process.exit(1);
    stopping = true;
    setTimeout(() => void exit(1), FATAL_DRAIN_MILLISECONDS).unref();
    await running?.stop(origin, 0);
    await exit(1);
  };

  process.on("SIGTERM", () => void stop("SIGTERM", config.drainDelaySeconds));
  process.on("SIGINT", () => {
    // Ctrl-C: nobody balances here. The second one means now.
    if (stopping) process.exit(130);
    void stop("SIGINT", 0);
  });
  process.on("uncaughtException", (error, origin) => void fail(error, origin));

  try {
    const link = number === undefined ? undefined : joinPrimary();
    running = await serve(config, {
      ...{ log, output, worker: number ?? 0 },
      ...(link && { taskStatus: link.taskStatus }),
    });
    link?.report(running.status);
  } catch (error) {
    const message = error instanceof StartError ? error.message : "the service could not start";
    log.fatal({ type: "error", error }, message);
    await exit(1);
  }
}
