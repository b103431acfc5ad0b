import { getHeapStatistics } from "node:v8";
import type { Config } from "../config.ts";
import type { EventsService, StoreStatus } from "../events/service.ts";
import type { InFlight } from "../http/in-flight.ts";
import type { Lifecycle } from "../process/lifecycle.ts";
import { SERVICE_NAME, SERVICE_VERSION } from "../version.ts";
import type { EventLoopMonitor } from "./event-loop.ts";
import type { Log } from "./log.ts";

/** State of one process that serves requests. */
export interface WorkerStatus {
  readonly worker: number;
  readonly pid: number;
  readonly uptimeSeconds: number;
  readonly draining: boolean;
  readonly requestsInFlight: number;
  readonly eventLoopDelayMilliseconds: number;
  readonly heapUsedMiB: number;
  readonly heapLimitMiB: number;
  readonly residentMiB: number;
  readonly logLinesDropped: number;
  /** Without what the last failure said: /status needs no key, and such a text may name accounts. The log has it. */
  readonly store: Omit<StoreStatus, "since" | "reason"> & { readonly since: string };
}

/** Answer of /status. */
export interface StatusReport {
  readonly service: string;
  readonly version: string;
  /** Content tag of the running image. */
  readonly revision: string;
  readonly commit: string | undefined;
  readonly node: string;
  readonly startedAt: string;
  readonly uptimeSeconds: number;
  /** Processes that should run, and how often one was started again after it died. */
  readonly workersExpected: number;
  readonly workerRestarts: number;
  /** One entry for each process that answered within a second. */
  readonly workers: readonly WorkerStatus[];
}

export interface OwnStatusSources {
  readonly worker: number;
  readonly lifecycle: Lifecycle;
  readonly inFlight: InFlight;
  readonly eventLoop: EventLoopMonitor;
  readonly log: Log;
  readonly events: EventsService;
}

/** State of this process. */
export function ownStatus(sources: OwnStatusSources): WorkerStatus {
  const { worker, lifecycle, inFlight, eventLoop, log, events } = sources;
  const { kind, state, since, queueDepth, queueLimit } = events.status();
  const heap = getHeapStatistics();
  return {
    worker,
    pid: process.pid,
    uptimeSeconds: secondsSince(lifecycle.startedAt),
    draining: lifecycle.draining,
    requestsInFlight: inFlight.requests,
    eventLoopDelayMilliseconds: Math.round(eventLoop.delayMilliseconds),
    heapUsedMiB: mebibytes(heap.used_heap_size),
    heapLimitMiB: mebibytes(heap.heap_size_limit),
    residentMiB: mebibytes(process.memoryUsage.rss()),
    logLinesDropped: log.dropped,
    store: { kind, state, since: new Date(since).toISOString(), queueDepth, queueLimit },
  };
}

/** State of the service, given that of its processes. */
export function statusReport(
  config: Config,
  startedAt: number,
  workers: readonly WorkerStatus[],
  workerRestarts: number,
): StatusReport {
  return {
    service: SERVICE_NAME,
    version: SERVICE_VERSION,
    revision: config.revision,
    commit: config.commit,
    node: process.version,
    startedAt: new Date(startedAt).toISOString(),
    uptimeSeconds: secondsSince(startedAt),
    workersExpected: config.workers,
    workerRestarts,
    workers,
  };
}

function secondsSince(time: number): number {
  return Math.round((Date.now() - time) / 100) / 10;
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / 1_048_576);
}
