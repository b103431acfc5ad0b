import type { Config } from "../config.ts";
import type { Log, LogDestination } from "../observability/log.ts";
import type { RunningServer } from "./serve.ts";
import { serve, StartError } from "./serve.ts";

/** After an error that nobody caught the state is in doubt: requests under way get this long to finish. */
const FATAL_DRAIN_SECONDS = 5;

/** Serves until a signal says stop, as the only process or as a worker of a task; ends the process itself. */
export async function run(
  config: Config,
  log: Log,
  output: LogDestination,
  worker?: number,
): Promise<void> {
  let running: RunningServer | undefined;
  let stopping = false;

  const exit = async (code: number): Promise<void> => {
    await output.end();
    process.exit(code);
  };
  const stop = async (
    reason: string,
    { code = 0, delaySeconds = 0, deadlineSeconds = config.shutdownDeadlineSeconds },
  ): Promise<void> => {
    stopping = true;
    setTimeout(() => {
      log.fatal({ type: "error" }, "the shutdown deadline passed before everything was written");
      void exit(1);
    }, deadlineSeconds * 1000).unref();
    await running?.stop(reason, delaySeconds);
    await exit(code);
  };

  process.on("SIGTERM", () => {
    if (!stopping) void stop("SIGTERM", { delaySeconds: config.drainDelaySeconds });
  });
  process.on("SIGINT", () => {
    // Ctrl-C: nobody balances here. The second one means now.
    if (stopping) process.exit(130);
    void stop("SIGINT", {});
  });
  process.on("uncaughtException", (error, origin) => {
    log.fatal({ type: "error", origin, error }, "an error was not caught; the process ends");
    if (stopping) process.exit(1);
    void stop(origin, { code: 1, deadlineSeconds: FATAL_DRAIN_SECONDS });
  });

  try {
    running = await serve(config, { log, output, worker });
  } catch (error) {
    const message = error instanceof StartError ? error.message : "the service could not start";
    log.fatal({ type: "error", error }, message);
    await exit(1);
  }
}
