import { getHeapStatistics } from "node:v8";
import type { AppDeps } from "../app.ts";
import type { Config } from "../config.ts";
import { SERVICE_NAME, SERVICE_VERSION } from "../version.ts";

/** Where the process stands. */
export interface Lifecycle {
  readonly startedAt: number;
  /** True from the first signal to stop: still serving, but no longer asking for traffic. */
  draining: boolean;
}

/** State of one process that serves requests. */
export type WorkerStatus = ReturnType<typeof workerStatus>;

export function workerStatus(
  { lifecycle, inFlight, eventLoop, store }: Omit<AppDeps, "status">,
  worker: number,
  logLinesDropped: number,
) {
  // Without what the last failure said: /status needs no key, and such a text may name accounts. The log has it.
  const { kind, state, since, queueDepth, queueLimit } = store.stats();
  const heap = getHeapStatistics();
  return {
    worker,
    pid: process.pid,
    uptimeSeconds: secondsSince(lifecycle.startedAt),
    draining: lifecycle.draining,
    requestsInFlight: inFlight.size,
    eventLoopDelayMilliseconds: Math.round(eventLoop.delayMilliseconds),
    heapUsedMiB: mebibytes(heap.used_heap_size),
    heapLimitMiB: mebibytes(heap.heap_size_limit),
    residentMiB: mebibytes(process.memoryUsage.rss()),
    logLinesDropped,
    store: { kind, state, since: new Date(since).toISOString(), queueDepth, queueLimit },
  };
}

/** State of the workers of a task, as their primary knows it. */
export interface TaskStatus {
  readonly startedAt: number;
  readonly workerRestarts: number;
  readonly workers: readonly WorkerStatus[];
}

/** Answer of /status. */
export type StatusReport = ReturnType<typeof statusReport>;

export function statusReport(config: Config, { startedAt, ...task }: TaskStatus) {
  return {
    ...{ service: SERVICE_NAME, version: SERVICE_VERSION, node: process.version },
    ...{ revision: config.revision, commit: config.commit },
    startedAt: new Date(startedAt).toISOString(),
    uptimeSeconds: secondsSince(startedAt),
    workersExpected: config.workers,
    ...task,
  };
}

const secondsSince = (time: number): number => Math.round((Date.now() - time) / 100) / 10;
const mebibytes = (bytes: number): number => Math.round(bytes / 1_048_576);
