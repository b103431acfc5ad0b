import { isMainThread } from "node:worker_threads";
import { ConfigError, readConfig } from "./config.ts";
import { createLog, standardOutput } from "./observability/log.ts";
import { runPrimary, workerNumber } from "./process/cluster.ts";

/** The process entry: a single server, the primary of a cluster, or one of its workers. */
async function main(): Promise<void> {
  try {
    const config = readConfig(process.env);
    const worker = workerNumber();
    const isPrimary = worker === undefined && config.workers > 1;
    const output = standardOutput(config.workers > 1);
    const log = createLog(output, config.logLevel, isPrimary ? { worker: "primary" } : { worker });
    // Loaded by the processes that serve; the primary stays small.
    if (isPrimary) runPrimary(config, log, output);
    else await (await import("./process/run.ts")).run(config, log, output, worker);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const output = standardOutput(false);
    const line = { type: "error", problems: error.message.split("\n") };
    createLog(output, "info").fatal(line, "the configuration was refused");
    await output.end();
    process.exit(1);
  }
}

// In the bundle the thread of the SQLite store begins with the same file.
if (isMainThread) void main();
else void import("./store/sqlite/store.ts");
