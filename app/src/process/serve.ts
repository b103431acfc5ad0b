import { createServer } from "node:http";
import type { Server, ServerOptions } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { AppDeps } from "../app.ts";
import { createApp } from "../app.ts";
import type { Config } from "../config.ts";
import { EventLoop } from "../health/event-loop.ts";
import { InFlight } from "../health/in-flight.ts";
import type { Lifecycle, TaskStatus, WorkerStatus } from "../health/status.ts";
import { statusReport, workerStatus } from "../health/status.ts";
import type { Log, LogDestination } from "../observability/log.ts";
import { Metrics } from "../observability/metrics.ts";
import { startReporter } from "../observability/reporter.ts";
import type { Store } from "../store/store.ts";
import { openStore } from "../store/store.ts";
import { SERVICE_NAME } from "../version.ts";
import { drain } from "./drain.ts";

export interface ServeDeps {
  readonly log: Log;
  readonly output: Pick<LogDestination, "dropped">;
  /** Closed by `stop`. @default the one that the configuration names */
  readonly store?: Store;
  /** Number of this process among those of the task. @default 0 */
  readonly worker?: number;
  /** State of all processes of the task, given that of this one. @default this one alone */
  readonly taskStatus?: (own: WorkerStatus) => TaskStatus;
}

/** A service that listens. */
export interface RunningServer {
  readonly port: number;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly server: Server;
  readonly status: () => WorkerStatus;
  /** The drain sequence, once; later calls get the first one's promise. */
  stop(reason: string, delaySeconds?: number): Promise<void>;
}

/** The service could not start: the message names the call that failed and what to do. */
export class StartError extends Error {
  override readonly name = "StartError";
}

/** A client that does not finish its request in 10 s, header and body, is answered 408 and cut. */
const LIMITS: ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 1000,
  maxHeaderSize: 16_384,
  noDelay: true,
};

/** Kept of the shutdown deadline for the store, the metrics and the log. */
const FLUSH_MILLISECONDS = 1000;

/**
 * Opens the store, builds the app and listens.
 * @throws StartError when the store cannot be opened or the port is not to be had
 */
export async function serve(config: Config, deps: ServeDeps): Promise<RunningServer> {
  const { log, output, worker = 0 } = deps;
  const store = deps.store ?? (await open(config));
  const metrics = new Metrics({
    namespace: config.metricsNamespace,
    service: SERVICE_NAME,
    worker,
  });
  const eventLoop = new EventLoop((delay) => {
    metrics.eventLoopDelay(delay);
  });
  const lifecycle: Lifecycle = { startedAt: Date.now(), draining: false };
  const inFlight = new InFlight();
  const own = (): WorkerStatus =>
    workerStatus({ worker, lifecycle, inFlight, eventLoop, output, store });
  const task =
    deps.taskStatus ??
    ((one) => ({ startedAt: lifecycle.startedAt, workerRestarts: 0, workers: [one] }));
  const status = () => statusReport(config, task(own()));
  const appDeps: AppDeps = { config, store, log, metrics, inFlight, lifecycle, eventLoop, status };

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
    await listen(server, config);
  } catch (error) {
    await store.close();
    throw error;
  }
  const endReports = startReporter(appDeps, output, worker === 0);
  const { port } = server.address() as AddressInfo;
  log.info(
    { type: "application", port, store: config.store, revision: config.revision },
    "listening",
  );

  const stop = async (reason: string, delaySeconds: number): Promise<void> => {
    lifecycle.draining = true;
    log.info({ type: "application", reason, delaySeconds }, "draining");
    const cut = await drain({
      ...{ server, connections, inFlight },
      delayMilliseconds: delaySeconds * 1000,
      deadlineMilliseconds: Math.max(0, config.shutdownDeadlineSeconds * 1000 - FLUSH_MILLISECONDS),
    });
    if (cut > 0)
      log.warn(
        { type: "application", connections: cut },
        "connections were cut at the shutdown deadline",
      );
    eventLoop.stop();
    // Flush metrics before closing the store, which may block.
    endReports();
    await store.close();
    log.info({ type: "application" }, "stopped");
  };
  let stopping: Promise<void> | undefined;
  return {
    ...{ port, url: `http://127.0.0.1:${port}`, server, status: own },
    stop: (reason, delaySeconds = config.drainDelaySeconds) =>
      (stopping ??= stop(reason, delaySeconds)),
  };
}

async function open(config: Config): Promise<Store> {
  try {
    return await openStore(config);
  } catch (error) {
    const what =
      config.store === "sqlite"
        ? `the SQLite database in ${config.dataDir} could not be opened: set DATA_DIR to a folder that this user may write`
        : `the DynamoDB table ${String(config.tableName)} could not be used: check TABLE_NAME, the region and the task's role`;
    throw new StartError(`${what} (${(error as Error).message})`, { cause: error });
  }
}

async function listen(server: Server, { port, host }: Config): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen({ port, host }, resolve);
    });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const what =
      code === "EADDRINUSE"
        ? "is taken: stop what listens there or set PORT"
        : code === "EACCES"
          ? "may not be opened by this user: set PORT to 1024 or above"
          : `could not be opened (${message})`;
    throw new StartError(`port ${port} ${what}`, { cause: error });
  }
}
