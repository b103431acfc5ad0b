import type { Config } from "../config.ts";
import { ConfigError, readConfig } from "../config.ts";
import { Log } from "../ops/log.ts";
import { openStdout } from "../ops/stdout.ts";
import { applyHeapLimit } from "./heap.ts";
import { workerNumber } from "./worker-number.ts";

/**
 * The process entry: reads the configuration and becomes a single server, the primary of a cluster, or one of its
 * workers. The server is loaded by the processes that serve; the primary stays small.
 */
export async function main(): Promise<void> {
  const config = configOrExit();
  const isWorker = workerNumber() !== undefined;
  if (!isWorker && config.workers === 1) applyHeapLimit(config);
  if (!isWorker && config.workers > 1) {
    const { runPrimary } = await import("./primary.ts");
    runPrimary(config);
  } else {
    const { runServer } = await import("./run.ts");
    await runServer(config);
  }
}

function configOrExit(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    const log = new Log(openStdout(), "info");
    if (error instanceof ConfigError) {
      log.fatal("the configuration was refused", { problems: error.message.split("\n") });
    } else {
      log.fatal("the configuration could not be read", { error });
    }
    log.end();
    process.exit(1);
  }
}
