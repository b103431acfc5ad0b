import { once } from "node:events";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import type { Calls } from "./calls.ts";
import { prepareCalls } from "./calls.ts";
import { openDatabase } from "./database.ts";

interface Request {
  readonly number: number;
  /** `close` lets go of the database and ends the thread. */
  readonly method: keyof Calls | "close";
  readonly args: readonly unknown[];
}

interface Reply {
  readonly number: number;
  readonly value?: unknown;
  /** Why the call failed. */
  readonly error?: unknown;
}

const MARK = "sqlite-store";

/** The thread in which all of SQLite runs, off the event loop. Started by the first call, and again after it has ended. */
export class StoreThread {
  readonly #directory: string;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #worker: Worker | undefined;
  #number = 0;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Rejects when the call fails, the thread ends, or the signal is aborted; a commit that was begun is finished nevertheless. */
  async call<M extends keyof Calls>(
    method: M,
    args: Parameters<Calls[M]>,
    signal: AbortSignal,
  ): Promise<ReturnType<Calls[M]>> {
    const worker = (this.#worker ??= this.#start());
    const number = ++this.#number;
    const waiting = Promise.withResolvers<unknown>();
    const abort = (): void => {
      waiting.reject(signal.reason);
    };
    signal.addEventListener("abort", abort, { once: true });
    this.#waiting.set(number, waiting);
    worker.postMessage({ number, method, args } satisfies Request);
    try {
      return (await waiting.promise) as ReturnType<Calls[M]>;
    } finally {
      this.#waiting.delete(number);
      signal.removeEventListener("abort", abort);
    }
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    const exited = once(worker, "exit");
    worker.postMessage({ number: 0, method: "close", args: [] } satisfies Request);
    await exited;
  }

  #start(): Worker {
    // In a bundle this is the URL of its entry, which in a thread has to import this file (see server.ts).
    const worker = new Worker(new URL(import.meta.url), {
      workerData: { mark: MARK, directory: this.#directory },
    });
    const end = (error: unknown): void => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      for (const { reject } of this.#waiting.values()) reject(error);
    };
    worker.on("error", end);
    worker.on("exit", () => {
      end(new Error("The thread of SQLite has ended."));
    });
    worker.on("message", ({ number, value, error }: Reply) => {
      const waiting = this.#waiting.get(number);
      if (error === undefined) waiting?.resolve(value);
      else waiting?.reject(error);
    });
    return worker;
  }
}

function serve(directory: string): void {
  const database = openDatabase(directory);
  const calls = prepareCalls(database) as Record<keyof Calls, (...args: unknown[]) => unknown>;
  const answer = (method: keyof Calls, args: readonly unknown[]): Omit<Reply, "number"> => {
    try {
      return { value: calls[method](...args) };
    } catch (error) {
      return { error };
    }
  };
  parentPort?.on("message", ({ number, method, args }: Request) => {
    if (method !== "close") {
      parentPort?.postMessage({ number, ...answer(method, args) } satisfies Reply);
      return;
    }
    database.close();
    parentPort?.close();
  });
}

const data = workerData as { readonly mark?: string; readonly directory: string } | null;
if (!isMainThread && data?.mark === MARK) serve(data.directory);
