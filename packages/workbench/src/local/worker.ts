import { setTimeout as wait } from "node:timers/promises";
import { restartDelayMs, SETTLED_MS } from "../ecs/restart-policy.ts";
import { exitReason } from "./service-types.ts";
import type { OutputStream, Revision, RunningTask } from "./task.ts";

export interface WorkerOptions {
  count: number;
  /** Seconds between SIGTERM and SIGKILL. */
  stopTimeoutSeconds: number;
  onLine(task: number, line: string, stream: OutputStream): void;
  /** Something happened that a person wants to know. */
  onNote(text: string): void;
}

/** Keeps tasks running that no load balancer knows: one that ends is started again, as ECS does for a service. */
export class LocalWorker {
  readonly #options: WorkerOptions;
  readonly #tasks = new Set<RunningTask>();
  #ended = new AbortController();
  #lastTask = 0;
  #loops: Promise<void>[] = [];
  #stopped = false;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  /** Stops what runs, and starts tasks of this revision. */
  async deploy(revision: Revision): Promise<void> {
    await this.#end();
    if (this.#stopped) return;
    this.#ended = new AbortController();
    const { signal } = this.#ended;
    this.#loops = Array.from({ length: this.#options.count }, () => this.#keep(revision, signal));
  }

  /** Stops what runs; no task starts any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#end();
  }

  async #end(): Promise<void> {
    this.#ended.abort();
    for (const task of this.#tasks) void task.stop(this.#options.stopTimeoutSeconds * 1000);
    await Promise.all(this.#loops);
  }

  /** SIGKILL for every task, now. */
  kill(): void {
    this.#stopped = true;
    this.#ended.abort();
    for (const task of this.#tasks) task.kill();
  }

  async #keep(revision: Revision, signal: AbortSignal): Promise<void> {
    const ended = (): boolean => signal.aborted;
    for (let failedStarts = 0; !ended();) {
      this.#lastTask += 1;
      const id = this.#lastTask;
      const started = performance.now();
      const task = revision.launch({
        id,
        port: 0,
        onLine: (line, stream) => {
          this.#options.onLine(id, line, stream);
        },
      });
      this.#tasks.add(task);
      const exit = await task.exited;
      await task.outputEnded;
      this.#tasks.delete(task);
      if (ended()) return;
      failedStarts = performance.now() - started >= SETTLED_MS ? 1 : failedStarts + 1;
      const delay = restartDelayMs(failedStarts);
      this.#options.onNote(
        `task ${id} ended: ${exitReason(exit)}; next start in ${delay / 1000} s`,
      );
      await wait(delay, undefined, { signal }).catch(() => undefined);
    }
  }
}
