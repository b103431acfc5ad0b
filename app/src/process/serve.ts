import { once } from "node:events";
import { createServer, type ServerOptions } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createApp, type AppDeps } from "../app.ts";
import type { Config } from "../config.ts";
import { EventLoop } from "../health/event-loop.ts";
import { InFlight } from "../health/in-flight.ts";
import { statusReport, workerStatus, type Lifecycle, type WorkerStatus } from "../health/status.ts";
import type { Log, LogDestination } from "../observability/log.ts";
import { Metrics } from "../observability/metrics.ts";
import { startReporter } from "../observability/reporter.ts";
import type { Store } from "../store/store.ts";
import { openStore } from "../store/open.ts";
import { SERVICE_NAME } from "../version.ts";
import { shareStatus } from "./cluster.ts";

export interface ServeDeps {
  readonly log: Log;
  readonly output: Pick<LogDestination, "dropped">;
  /** Closed by `stop`. @default the one that the configuration names */
  readonly store?: Store;
  /** Number of this process among those of the task. @default 0 */
  readonly worker?: number | undefined;
}

/** A service that listens. */
export type RunningServer = Awaited<ReturnType<typeof serve>>;

/** A client that does not finish its request in 10 s, header and body, is answered 408 and cut. */
const LIMITS: ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 1000,
  maxHeaderSize: 16_384,
  noDelay: true,
};

const REFUSED: Readonly<Record<string, string>> = {
  EADDRINUSE: "is taken: stop what listens there or set PORT",
  EACCES: "may not be opened by this user: set PORT to 1024 or above",
};
/** Kept of the shutdown deadline for the store, the metrics and the log. */
const FLUSH_SECONDS = 1;
const LOOK_MILLISECONDS = 50;
/** A header that has begun to arrive when the server closes may take this long. */
const HEADER_MILLISECONDS = 500;

/** Opens the store, builds the app and listens. An error's message says what failed and what to do. */
export async function serve(config: Config, deps: ServeDeps) {
  const { log, output, worker = 0 } = deps;
  const store = deps.store ?? (await openStore(config));
  const namespace = config.metricsNamespace;
  const metrics = new Metrics({ namespace, service: SERVICE_NAME, worker });
  const eventLoop = new EventLoop((delay) => {
    metrics.eventLoopDelay(delay);
  });
  const lifecycle: Lifecycle = { startedAt: Date.now(), draining: false };
  const inFlight = new InFlight();
  const parts = { config, store, log, metrics, inFlight, lifecycle, eventLoop };
  const own = (): WorkerStatus => workerStatus(parts, worker, output.dropped);
  const task = shareStatus(own);
  const appDeps: AppDeps = { ...parts, status: () => statusReport(config, task()) };

  const handle = createApp(appDeps).callback();
  const server = createServer(LIMITS, (request, response) => void handle(request, response));
  // Above the idle timeout of the load balancer, or it would send a request into a connection that is being closed.
  server.keepAliveTimeout = config.keepAliveTimeoutSeconds * 1000;
  const connections = new Set<Socket>();
  server.on("connection", (socket) => {
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
  });
  try {
    await once(server.listen({ port: config.port, host: config.host }), "listening");
  } catch (cause) {
    await store.close();
    const { code = "", message } = cause as NodeJS.ErrnoException;
    const what = REFUSED[code] ?? `could not be opened (${message})`;
    throw new Error(`port ${config.port} ${what}`, { cause });
  }
  const endReports = startReporter(appDeps, output, worker === 0);
  const { port } = server.address() as AddressInfo;
  const { store: kind, revision } = config;
  log.info({ type: "application", port, store: kind, revision }, "listening");

  /**
   * Serves on for the delay, so that balancers notice that readiness was withdrawn; then refuses new connections, closes idle
   * ones and waits for requests under way; at the deadline it cuts what is left.
   */
  const stop = async (reason: string, delaySeconds: number): Promise<void> => {
    lifecycle.draining = true;
    log.info({ type: "application", reason, delaySeconds }, "draining");
    const seconds = Math.max(0, config.shutdownDeadlineSeconds - FLUSH_SECONDS);
    const deadline = performance.now() + seconds * 1000;
    await sleep(Math.min(delaySeconds, seconds) * 1000);
    // Closes the idle ones as well, but not those on which no request has arrived yet.
    server.close();
    const closedAt = performance.now();
    while (connections.size > 0 && performance.now() < deadline) {
      server.closeIdleConnections();
      const busy = new Set([...inFlight].map((response) => response.socket));
      const late = performance.now() - closedAt > HEADER_MILLISECONDS;
      for (const socket of connections)
        if (!busy.has(socket) && (late || socket.bytesRead === 0)) socket.destroy();
      await sleep(LOOK_MILLISECONDS);
    }
    const cut = { type: "application", connections: connections.size };
    if (cut.connections > 0) log.warn(cut, "connections were cut at the shutdown deadline");
    for (const socket of connections) socket.destroy();
    // Each writes its line before the log ends.
    while (connections.size > 0) await sleep(1);
    eventLoop.stop();
    // Flush metrics before closing the store, which may block.
    endReports();
    await store.close();
    log.info({ type: "application" }, "stopped");
  };
  let stopping: Promise<void> | undefined;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    status: own,
    /** The drain sequence, once; later calls get the first one's promise. */
    stop: (reason: string, delaySeconds = config.drainDelaySeconds) =>
      (stopping ??= stop(reason, delaySeconds)),
  };
}
