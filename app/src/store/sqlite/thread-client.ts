import { Worker } from "node:worker_threads";
import { InvalidCursorError } from "../../events/errors.ts";
import type { Call, Reply, Request, ThreadData } from "./thread.ts";
import { threadFile } from "./thread.ts";

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** A thread of the store, seen from the event loop. It is started by the first call, and again after it has ended. */
export class ThreadClient {
  readonly #data: ThreadData;
  #running: { worker: Worker; waiting: Map<number, Waiting>; exited: Promise<void> } | undefined;
  #number = 0;

  constructor(data: ThreadData) {
    this.#data = data;
  }

  /** Rejects after `timeout` ms, when the thread fails the call, and when it ends before it has answered. */
  async call(call: Call, timeout: number): Promise<unknown> {
    if (this.#running === undefined) await this.#start(timeout);
    return this.#send({ ...call, number: ++this.#number }, timeout);
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
    const worker = new Worker(threadFile(), {
      workerData: this.#data,
      name: this.#data.storeThread,
    });
    const waiting = new Map<number, Waiting>();
    let end = (): void => undefined;
    const exited = new Promise<void>((resolve) => {
      end = resolve;
    });
    const running = { worker, waiting, exited };
    this.#running = running;
    const stop = (error: Error): void => {
      if (this.#running === running) this.#running = undefined;
      for (const { reject, timer } of waiting.values()) {
        clearTimeout(timer);
        reject(error);
      }
      waiting.clear();
    };
    worker.on("message", (reply: Reply) => {
      settle(waiting, reply);
    });
    worker.on("error", stop);
    worker.on("exit", () => {
      stop(new Error(`The ${this.#data.storeThread} thread has ended.`));
      end();
    });
    try {
      await this.#wait(running.waiting, 0, timeout);
    } catch (error) {
      this.#running = undefined;
      await worker.terminate();
      throw error;
    }
  }

  #send(request: Request, timeout: number): Promise<unknown> {
    const running = this.#running;
    if (running === undefined)
      return Promise.reject(new Error(`The ${this.#data.storeThread} thread has ended.`));
    const answer = this.#wait(running.waiting, request.number, timeout);
    running.worker.postMessage(request);
    return answer;
  }

  #wait(waiting: Map<number, Waiting>, number: number, timeout: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(number);
        reject(
          new Error(
            `The ${this.#data.storeThread} thread did not answer within ${String(timeout)} ms.`,
          ),
        );
      }, timeout);
      waiting.set(number, { resolve, reject, timer });
    });
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
