import { isMainThread } from "node:worker_threads";
import { ConfigError, readConfig, type Config } from "./config.ts";
import { createLog, standardOutput, type Log, type LogDestination } from "./observability/log.ts";
import { runPrimary, workerNumber } from "./process/cluster.ts";
import { serve, type RunningServer } from "./process/serve.ts";

/** After an error that nobody caught the state is in doubt: requests under way get this long to finish. */
const FATAL_DRAIN_SECONDS = 5;

/** The process entry: a single server, the primary of a cluster, or one of its workers. */
async function main(): Promise<void> {
  try {
    const config = readConfig(process.env);
    const worker = workerNumber();
    const isPrimary = worker === undefined && config.workers > 1;
    const output = standardOutput(config.workers > 1);
    const log = createLog(output, config.logLevel, isPrimary ? { worker: "primary" } : { worker });
    if (isPrimary) runPrimary(config, log, output);
    else await run(config, log, output, worker);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const output = standardOutput(false);
    const line = { type: "error", problems: error.message.split("\n") };
    createLog(output, "info").fatal(line, "the configuration was refused");
    await output.end();
    process.exit(1);
  }
}

/** Serves until a signal says stop, as the only process or as a worker of a task; ends the process itself. */
async function run(config: Config, log: Log, output: LogDestination, worker = 0): Promise<void> {
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
    log.fatal({ type: "error", error }, (error as Error).message);
    await exit(1);
  }
}

// In the bundle the thread of the SQLite store begins with the same file.
if (isMainThread) void main();
else void import("./store/sqlite/store.ts");
