import { once } from "node:events";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { createStore } from "../service.ts";
import { InvalidCursor, type Store, type StoreConfig } from "../store.ts";
import { openDatabase, prepareCalls, type Calls } from "./database.ts";

/** A call to the thread, which answers in order; `undefined` ends it. */
type Request = { readonly method: keyof Calls; readonly args: readonly unknown[] } | undefined;

/** What the call gave, or why it failed. */
type Reply = { readonly value: unknown } | { readonly error: unknown };

/** The embedded store: one database on a local disk. Throws when it cannot be opened. */
export function openSqliteStore(config: StoreConfig): Store {
  // Refuses at the start what would fail with the first event; nothing is served yet that this could hold up.
  openDatabase(config.dataDir).close();
  const { call, close } = startThread(config.dataDir);
  return createStore(
    {
      kind: "sqlite",
      lanes: 1,
      batchSize: 1000,
      laneOf: () => 0,
      write: (events) => call("write", events),
      event: (id) => call("event", id),
      list: async ({ limit, cursor }) => {
        if (cursor !== undefined && !/^\d{1,15}$/.test(cursor)) throw new InvalidCursor();
        return call("list", limit, cursor === undefined ? cursor : Number(cursor));
      },
      figures: (query) => call("figures", query),
      ping: () => call("ping"),
      close,
    },
    config,
  );
}

/** The thread in which all of SQLite runs, off the event loop. Started by the first call, and again after it has ended. */
function startThread(sqliteDirectory: string) {
  let worker: Worker | undefined;
  let waiting: PromiseWithResolvers<unknown>[] = [];

  const start = (): Worker => {
    // In a bundle this is the URL of its entry, which in a thread has to import this file (see server.ts).
    const started = new Worker(new URL(import.meta.url), { workerData: { sqliteDirectory } });
    const end = (error: unknown): void => {
      if (worker !== started) return;
      worker = undefined;
      for (const { reject } of waiting) reject(error);
      waiting = [];
    };
    started.on("error", end).on("exit", () => {
      end(new Error("The thread of SQLite has ended."));
    });
    return started.on("message", (reply: Reply) => {
      const next = waiting.shift();
      if ("value" in reply) next?.resolve(reply.value);
      else next?.reject(reply.error);
    });
  };

  return {
    /** Rejects when the call fails or the thread ends. */
    call: <M extends keyof Calls>(method: M, ...args: Parameters<Calls[M]>) => {
      const next = Promise.withResolvers<unknown>();
      waiting.push(next);
      (worker ??= start()).postMessage({ method, args } satisfies Request);
      return next.promise as Promise<ReturnType<Calls[M]>>;
    },
    close: async () => {
      if (worker === undefined) return;
      const exited = once(worker, "exit");
      worker.postMessage(undefined satisfies Request);
      await exited;
    },
  };
}

function serve(directory: string): void {
  const database = openDatabase(directory);
  const calls = prepareCalls(database) as Record<keyof Calls, (...args: unknown[]) => unknown>;
  const answer = ({ method, args }: NonNullable<Request>): Reply => {
    try {
      return { value: calls[method](...args) };
    } catch (error) {
      return { error };
    }
  };
  parentPort?.on("message", (request: Request) => {
    if (request !== undefined) return parentPort?.postMessage(answer(request));
    database.close();
    return parentPort?.close();
  });
}

const { sqliteDirectory } = (workerData ?? {}) as { readonly sqliteDirectory?: string };
if (!isMainThread && sqliteDirectory !== undefined) serve(sqliteDirectory);
