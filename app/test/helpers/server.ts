import { createApp } from "../../src/app.ts";
import type { AppDeps } from "../../src/app.ts";
import { readConfig, type Config } from "../../src/config.ts";
import { EventLoop } from "../../src/health/event-loop.ts";
import { InFlight } from "../../src/health/in-flight.ts";
import { Metrics } from "../../src/observability/metrics.ts";
import type { Log } from "../../src/observability/log.ts";
import { createLog } from "../../src/observability/log.ts";
import type { RunningServer } from "../../src/process/serve.ts";
import { serve } from "../../src/process/serve.ts";
import { MemoryStore } from "./memory-store.ts";

/** A server on a free port of 127.0.0.1 with a store in memory, and its log. */
export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly store: MemoryStore;
  readonly running: RunningServer;
  /** Lines of the log so far, parsed. */
  readonly logLines: () => Record<string, unknown>[];
  readonly stop: () => Promise<void>;
}

/** Starts a server with these environment variables beside port, host and no drain delay. */
export async function startTestServer(
  env: Readonly<Record<string, string>> = {},
): Promise<TestServer> {
  const config = readConfig({ PORT: "0", HOST: "127.0.0.1", DRAIN_DELAY_SECONDS: "0", ...env });
  const { log, logLines } = captureLog(config.logLevel);
  const store = new MemoryStore();
  const running = await serve(config, { log, output: { dropped: 0 }, store });
  const { url, port } = running;
  return { url, port, store, running, logLines, stop: () => running.stop("test") };
}

/** The application alone, as `serve` builds it, to add middleware to. */
export function createTestApp(env: Readonly<Record<string, string>> = {}): {
  app: ReturnType<typeof createApp>;
  logLines: () => Record<string, unknown>[];
  stop: () => void;
} {
  const { log, logLines } = captureLog();
  const eventLoop = new EventLoop(() => undefined);
  const deps: AppDeps = {
    config: readConfig(env),
    store: new MemoryStore(),
    log,
    metrics: new Metrics({ namespace: "n", service: "s", worker: 0 }),
    inFlight: new InFlight(),
    lifecycle: { startedAt: Date.now(), draining: false },
    eventLoop,
    status: () => {
      throw new Error("Nobody asks for it here.");
    },
  };
  const stop = (): void => {
    eventLoop.stop();
  };
  return { app: createApp(deps), logLines, stop };
}

/** A log whose lines can be read. */
export function captureLog(level: Config["logLevel"] = "info"): {
  log: Log;
  logLines: () => Record<string, unknown>[];
} {
  const lines: string[] = [];
  const log = createLog({ write: (line) => lines.push(line) }, level);
  return { log, logLines: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}
