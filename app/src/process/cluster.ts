import cluster, { type Worker } from "node:cluster";
import type { Config } from "../config.ts";
import type { TaskStatus, WorkerStatus } from "../health/status.ts";
import type { Log, LogDestination } from "../observability/log.ts";

const WORKER_NUMBER = "EVENTS_API_WORKER_NUMBER";
/** Part of the task's memory for the JavaScript heaps; the rest is for buffers, threads, code and the kernel. */
const HEAP_SHARE = 0.75;
/** Deaths of one worker within a minute beyond which it is a crash loop. */
const MAX_DEATHS = 5;
const MINUTE = 60_000;

/** Number of this process among the workers of a task, from 0; undefined when it is no worker. */
export function workerNumber(): number | undefined {
  const value = process.env[WORKER_NUMBER];
  return value === undefined ? undefined : Number(value);
}

/** Milliseconds to wait before a worker starts again, given its deaths of the last minute; undefined in a crash loop. */
export function restartDelay(deaths: number): number | undefined {
  return deaths > MAX_DEATHS ? undefined : Math.min(5000, 100 * 2 ** (deaths - 1));
}

/** Starts one worker for each vCPU, keeps them running, passes signals on, and ends when they have ended. */
export function runPrimary(config: Config, log: Log, output: LogDestination): void {
  const startedAt = Date.now();
  const workers = new Map<number, Worker>();
  const statuses = new Map<number, WorkerStatus>();
  let deaths: { readonly number: number; readonly at: number }[] = [];
  let [workerRestarts, exitCode] = [0, 0];
  /** The signal that the workers were asked to end by. */
  let stopping: NodeJS.Signals | undefined;

  if (config.taskMemoryMiB !== undefined) {
    const heap = Math.floor((config.taskMemoryMiB * HEAP_SHARE) / config.workers);
    // The last one counts; the primary's own limit is that of the whole task.
    cluster.setupPrimary({ execArgv: [...process.execArgv, `--max-heap-size=${heap}`] });
  }

  const exitWhenAlone = (): void => {
    if (workers.size === 0) void output.end().then(() => process.exit(exitCode));
  };
  const kill = (signal: NodeJS.Signals): void => {
    for (const worker of workers.values()) worker.process.kill(signal);
  };

  const stop = (signal: NodeJS.Signals): void => {
    if (stopping !== undefined) return;
    stopping = signal;
    log.info({ type: "application", reason: signal, workers: workers.size }, "draining");
    kill(signal);
    exitWhenAlone();
    // The workers have the same deadline for themselves; this one is for workers that hang.
    setTimeout(() => {
      log.fatal({ type: "error" }, "workers were killed at the shutdown deadline");
      kill("SIGKILL");
    }, config.shutdownDeadlineSeconds * 1000).unref();
  };

  const died = (number: number, fields: object): void => {
    deaths = deaths.filter(({ at }) => at > Date.now() - MINUTE).concat({ number, at: Date.now() });
    const ofThisOne = deaths.filter((death) => death.number === number);
    const afterMilliseconds = restartDelay(ofThisOne.length);
    const line = { type: "error", ...fields, afterMilliseconds };
    if (afterMilliseconds === undefined) {
      exitCode = 1;
      log.fatal(line, "a worker keeps ending; the task ends");
      stop("SIGINT");
      return;
    }
    workerRestarts += 1;
    log.error(line, "a worker ended and is started again");
    setTimeout(() => {
      if (stopping === undefined) start(number);
    }, afterMilliseconds);
  };

  const start = (number: number): void => {
    const worker = cluster.fork({ [WORKER_NUMBER]: String(number) });
    workers.set(number, worker);
    worker.on("message", (status: WorkerStatus) => {
      statuses.set(number, status);
      const task: TaskStatus = { startedAt, workerRestarts, workers: [...statuses.values()] };
      for (const one of workers.values()) if (one.isConnected()) one.send(task, () => undefined);
    });
    worker.on("exit", (code: number | null, signal: string | null) => {
      workers.delete(number);
      statuses.delete(number);
      if (stopping === undefined) died(number, { number, pid: worker.process.pid, code, signal });
      // One that had only begun to start ends by the signal itself.
      else if (code !== 0 && signal !== stopping) exitCode = 1;
      if (stopping !== undefined) exitWhenAlone();
    });
  };

  process.on("SIGTERM", stop).on("SIGINT", stop);
  for (let number = 0; number < config.workers; number += 1) start(number);
  log.info({ type: "application", workers: config.workers }, "started");
}

/** A worker's side: it tells its state once a second and learns that of the others. Alone it knows of itself. */
export function shareStatus(own: () => WorkerStatus): () => TaskStatus {
  let last: TaskStatus = { startedAt: Date.now(), workerRestarts: 0, workers: [] };
  if (cluster.isWorker) {
    process.on("message", (task: TaskStatus) => {
      last = task;
    });
    const tell = (): void => {
      if (process.connected) process.send?.(own(), undefined, {}, () => undefined);
    };
    tell();
    setInterval(tell, 1000).unref();
  }
  return () => {
    const mine = own();
    const others = last.workers.filter(({ worker }) => worker !== mine.worker);
    return { ...last, workers: [...others, mine].sort((a, b) => a.worker - b.worker) };
  };
}
