import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createApp } from "./app.ts";
import type { Config } from "./config.ts";
import type { EventsService } from "./events/service.ts";
import { openEventsService } from "./store/open.ts";
import { answerClientErrors } from "./http/client-error.ts";
import { Connections } from "./http/connections.ts";
import { requestHandler } from "./http/handler.ts";
import { InFlight } from "./http/in-flight.ts";
import type { Limits } from "./http/limits.ts";
import { applyLimits, LIMITS, serverOptions } from "./http/limits.ts";
import { Pipelining } from "./http/pipelining.ts";
import { cutStalledReaders } from "./http/stalled-readers.ts";
import { EventLoopMonitor } from "./ops/event-loop.ts";
import type { Log } from "./ops/log.ts";
import { Metrics } from "./ops/metrics.ts";
import { Reporter } from "./ops/reporter.ts";
import type { StatusReport, WorkerStatus } from "./ops/status.ts";
import { ownStatus, statusReport } from "./ops/status.ts";
import { drainServer } from "./process/drain.ts";
import { Lifecycle } from "./process/lifecycle.ts";
import { SERVICE_NAME } from "./version.ts";

export interface ServerDeps {
  readonly log: Log;
  /** Default: the store that the configuration names. Closed by `stop`. */
  readonly events?: EventsService;
  /** Number of this process among those of the task, from 0. */
  readonly worker?: number;
  /** Default: `LIMITS`. */
  readonly limits?: Limits;
  /** State of all processes of the task, given that of this one. Default: this one alone. */
  readonly collectStatus?: (own: () => WorkerStatus) => Promise<StatusReport>;
}

/** A service that listens. */
export interface RunningServer {
  readonly port: number;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly server: Server;
  readonly ownStatus: () => WorkerStatus;
  /**
   * The drain sequence: /readyz 503 while still serving, then close, finish, flush. Later calls get the first one's
   * promise. Resolves when everything is written and closed; the log stays open.
   */
  stop(reason: string, delaySeconds?: number): Promise<void>;
}

/** Body bytes of all requests held at once: an eighth of the task's memory for each process, at least 32 MiB. */
function maxBodyBytes(config: Config): number {
  const share = (config.taskMemoryMiB ?? 512) / config.workers / 8;
  return Math.max(32, Math.floor(share)) * 1024 * 1024;
}

/** Opens the store, builds the app and listens. Rejects when the store cannot be opened or the port is taken. */
export async function startServer(config: Config, deps: ServerDeps): Promise<RunningServer> {
  const { log, limits = LIMITS } = deps;
  const worker = deps.worker ?? 0;
  const metrics = new Metrics({
    namespace: config.metricsNamespace,
    service: SERVICE_NAME,
    worker,
  });
  const eventLoop = new EventLoopMonitor({
    onSample: (delay) => {
      metrics.eventLoopDelay(delay);
    },
  });
  const lifecycle = new Lifecycle();
  const inFlight = new InFlight(maxBodyBytes(config));
  const events = deps.events ?? (await openStore(config, log, metrics));
  const own = (): WorkerStatus =>
    ownStatus({ worker, lifecycle, inFlight, eventLoop, log, events });
  const status = (): Promise<StatusReport> =>
    deps.collectStatus?.(own) ??
    Promise.resolve(statusReport(config, lifecycle.startedAt, [own()], 0));

  const app = createApp({ config, events, log, metrics, inFlight, lifecycle, eventLoop, status });
  const handle = requestHandler(app);
  const pipelining = new Pipelining(limits.maxRequestsPerConnection, log);
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    if (pipelining.admits(request, response)) handle(request, response);
  };
  const server = createServer(serverOptions(limits), onRequest);
  // Otherwise Node answers 417 itself; the guard does it with a problem.
  server.on("checkExpectation", onRequest);
  const connections = new Connections(server);
  applyLimits(server, limits, config.keepAliveTimeoutSeconds);
  answerClientErrors(server, log, metrics);
  cutStalledReaders(server, connections, limits, log);
  try {
    await listen(server, config);
  } catch (error) {
    await events.close();
    throw error;
  }
  eventLoop.start();
  const reporter = new Reporter({
    log,
    metrics,
    events,
    inFlight,
    reportsActiveUsers: worker === 0,
  });
  reporter.start();
  const { port } = server.address() as AddressInfo;
  log.info("listening", { port, store: config.store, revision: config.revision });

  let stopping: Promise<void> | undefined;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    server,
    ownStatus: own,
    stop: (reason, delaySeconds = config.drainDelaySeconds) =>
      (stopping ??= drain({ reason, delaySeconds })),
  };

  async function drain(how: { reason: string; delaySeconds: number }): Promise<void> {
    lifecycle.beginDrain();
    log.info("draining", how);
    const deadline = config.shutdownDeadlineSeconds * 1000 - FLUSH_MILLISECONDS;
    const cut = await drainServer({
      server,
      connections,
      delayMilliseconds: how.delaySeconds * 1000,
      deadlineMilliseconds: Math.max(deadline, 0),
    });
    eventLoop.stop();
    // Before the store, which may take its time: a minute of figures is not lost to a table that hangs.
    reporter.stop();
    await events.close();
    if (cut > 0) log.warn("connections were cut at the shutdown deadline", { connections: cut });
    log.info("stopped");
    log.flush();
  }
}

/** Kept of the shutdown deadline for the store, the metrics and the log. */
const FLUSH_MILLISECONDS = 1000;

function openStore(config: Config, log: Log, metrics: Metrics): Promise<EventsService> {
  const { dataDir, dynamodbEndpoint, tableName = "" } = config;
  return openEventsService({
    store:
      config.store === "sqlite"
        ? { kind: "sqlite", directory: dataDir }
        : {
            kind: "dynamodb",
            tableName,
            ...(dynamodbEndpoint === undefined ? {} : { endpoint: dynamodbEndpoint }),
          },
    onStateChange: ({ kind, state, reason }) => {
      log.write(state === "ok" ? "info" : "warn", "application", `the store is ${state}`, {
        kind,
        reason,
      });
    },
    onAccepted: (accepted) => {
      for (const event of accepted) metrics.featureUsed(event.feature);
    },
  });
}

function listen(server: Server, { port, host }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
