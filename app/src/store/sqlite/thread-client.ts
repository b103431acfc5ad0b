import { Worker } from "node:worker_threads";
import { InvalidCursorError } from "../../events/errors.ts";
import type { Call, Reply, Request, ThreadData } from "./thread.ts";
import { threadFile } from "./thread.ts";

interface Waiting {
  /** Absent for the start of the thread. */
  readonly request?: Request;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

interface Running {
  readonly worker: Worker;
  readonly exited: Promise<void>;
}

/** A thread of the store, seen from the event loop. It is started by the first call, and again after it has ended. */
export class ThreadClient {
  readonly #data: ThreadData;
  readonly #waiting = new Map<number, Waiting>();
  #running: Running | undefined;
  #number = 0;

  constructor(data: ThreadData) {
    this.#data = data;
  }

  /** Rejects after `timeout` ms, when the thread fails the call, and when it ends before it has answered. */
  async call(call: Call, timeout: number): Promise<unknown> {
    if (this.#running === undefined) await this.#start(timeout);
    const running = this.#running;
    if (running === undefined) throw this.#ended();
    const request: Request = { ...call, number: ++this.#number };
    const answer = this.#wait(request.number, timeout, request);
    running.worker.postMessage(request);
    return answer;
  }

  async close(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    running.worker.postMessage({ kind: "close", number: 0 } satisfies Request);
    const timer = setTimeout(() => void running.worker.terminate(), CLOSE_TIMEOUT);
    await running.exited;
    clearTimeout(timer);
  }

  async #start(timeout: number): Promise<void> {
    const running = this.#launch();
    try {
      await this.#wait(0, timeout);
    } catch (error) {
      this.#stop(running, error instanceof Error ? error : this.#ended());
      await running.worker.terminate();
      throw error;
    }
  }

  #launch(): Running {
    const worker = new Worker(threadFile(), {
      workerData: this.#data,
      name: this.#data.storeThread,
    });
    const { promise: exited, resolve: end } = Promise.withResolvers<undefined>();
    const running: Running = { worker, exited };
    this.#running = running;
    worker.on("message", (reply: Reply) => {
      if (this.#running === running) settle(this.#waiting, reply);
    });
    worker.on("error", (error) => {
      this.#stop(running, error instanceof Error ? error : this.#ended());
    });
    worker.on("exit", () => {
      this.#stop(running, this.#ended());
      end(undefined);
    });
    return running;
  }

  /** Rejects all that waits for a thread that is not to be used any more. */
  #stop(running: Running, error: Error): void {
    if (this.#running !== running) return;
    this.#running = undefined;
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.#waiting.clear();
  }

  /** Another thread takes over what waits: this one would go on with a report that nobody waits for. */
  #replace(running: Running): void {
    void running.worker.terminate();
    this.#running = undefined;
    if (this.#waiting.size === 0) return;
    const { worker } = this.#launch();
    for (const { request } of this.#waiting.values())
      if (request !== undefined) worker.postMessage(request);
  }

  #wait(number: number, timeout: number, request?: Request): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(number);
        const { storeThread } = this.#data;
        reject(new Error(`The ${storeThread} thread did not answer within ${String(timeout)} ms.`));
        const running = this.#running;
        // A commit is finished by the thread that has begun it.
        if (request?.kind === "read" && running !== undefined) this.#replace(running);
      }, timeout);
      this.#waiting.set(number, {
        resolve,
        reject,
        timer,
        ...(request === undefined ? {} : { request }),
      });
    });
  }

  #ended(): Error {
    return new Error(`The ${this.#data.storeThread} thread has ended.`);
  }
}

const CLOSE_TIMEOUT = 5000;

function settle(waiting: Map<number, Waiting>, reply: Reply): void {
  const found = waiting.get(reply.number);
  if (found === undefined) return;
  waiting.delete(reply.number);
  clearTimeout(found.timer);
  if (!("error" in reply)) found.resolve(reply.value);
  else
    found.reject(
      reply.invalidCursor ? new InvalidCursorError(reply.error) : new Error(reply.error),
    );
}
