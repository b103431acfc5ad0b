import cluster from "node:cluster";
import type { Worker } from "node:cluster";
import type { Config } from "../config.ts";
import { Log } from "../ops/log.ts";
import { openStdout } from "../ops/stdout.ts";
import { heapFlags, heapLimitMiB } from "./heap.ts";
import type { Message } from "./messages.ts";
import { isMessage } from "./messages.ts";
import { RestartPolicy } from "./restart-policy.ts";
import { StatusRound } from "./status-round.ts";
import { workerEnv } from "./worker-number.ts";

/** Starts one worker for each vCPU, keeps them running, passes signals on, and ends when they have ended. */
export function runPrimary(config: Config): void {
  const startedAt = Date.now();
  const log = new Log(openStdout(), config.logLevel, { worker: "primary" });
  const policy = new RestartPolicy();
  const workers = new Map<number, Worker>();
  const rounds = new Map<string, StatusRound>();
  let stopping = false;
  let exitCode = 0;

  cluster.setupPrimary({ execArgv: [...process.execArgv, ...heapFlags(heapLimitMiB(config))] });

  const exit = (code: number): never => {
    log.end();
    process.exit(code);
  };

  const stop = (reason: string, delaySeconds: number): void => {
    if (stopping) return;
    stopping = true;
    log.info("draining", { reason, workers: workers.size });
    if (workers.size === 0) exit(exitCode);
    for (const worker of workers.values()) tell(worker, { type: "drain", reason, delaySeconds });
    // The workers have the same deadline for themselves; this one is for workers that hang.
    setTimeout(() => {
      for (const worker of workers.values()) worker.process.kill("SIGKILL");
      log.fatal("workers were killed at the shutdown deadline", { workers: workers.size });
      exit(1);
    }, config.shutdownDeadlineSeconds * 1000);
  };

  const start = (number: number): void => {
    const worker = cluster.fork(workerEnv(number));
    workers.set(number, worker);
    worker.on("message", (message: unknown) => {
      if (isMessage(message)) onMessage(worker, number, message);
    });
    worker.on("exit", (code: number | null, signal: string | null) => {
      workers.delete(number);
      for (const round of rounds.values()) round.gone(number);
      if (stopping) {
        if (code !== 0) exitCode = 1;
        if (workers.size === 0) exit(exitCode);
        return;
      }
      const delay = policy.died(number, Date.now());
      const fields = { number, pid: worker.process.pid, code, signal };
      if (delay === "give-up") {
        exitCode = 1;
        log.fatal("a worker keeps ending; the task ends", fields);
        stop("crash loop", 0);
        return;
      }
      log.error("a worker ended and is started again", { ...fields, afterMilliseconds: delay });
      setTimeout(() => {
        if (!stopping) start(number);
      }, delay);
    });
  };

  const onMessage = (worker: Worker, number: number, message: Message): void => {
    if (message.type === "status-answer") {
      rounds.get(message.id)?.answer(number, message.status);
    } else if (message.type === "status-request") {
      const id = `${number}-${worker.process.pid ?? 0}-${message.id}`;
      const round = new StatusRound([...workers.keys()], (answers) => {
        rounds.delete(id);
        const { restarts } = policy;
        tell(worker, {
          type: "status-response",
          id: message.id,
          startedAt,
          restarts,
          workers: answers,
        });
      });
      rounds.set(id, round);
      for (const each of workers.values()) tell(each, { type: "status-query", id });
    }
  };

  process.on("SIGTERM", () => {
    stop("SIGTERM", config.drainDelaySeconds);
  });
  process.on("SIGINT", () => {
    if (stopping) exit(130);
    stop("SIGINT", 0);
  });
  process.on("uncaughtException", (error, origin) => {
    log.fatal("an error was not caught; the process ends", { origin, error });
    exitCode = 1;
    stop(origin, 0);
  });

  for (let number = 0; number < config.workers; number += 1) start(number);
  log.info("started", { workers: config.workers, heapLimitMiB: heapLimitMiB(config) });
}

function tell(worker: Worker, message: Message): void {
  if (worker.isConnected()) worker.send(message, () => undefined);
}
