import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, workerData } from "node:worker_threads";
import { InvalidCursorError } from "../../events/errors.ts";
import type { Question } from "../service.ts";
import { Reader } from "./reader.ts";
import type { Rows } from "./writer.ts";
import { Writer } from "./writer.ts";

/** What a thread of this store is started with. */
export interface ThreadData {
  readonly storeThread: "writer" | "reader";
  readonly directory: string;
  /** How long a statement waits for another process that writes, in ms. */
  readonly busyTimeout: number;
}

export type Call =
  | { readonly kind: "write"; readonly rows: Rows }
  | { readonly kind: "probe" }
  | { readonly kind: "read"; readonly question: Question };

export type Request = (Call | { readonly kind: "close" }) & { readonly number: number };

/** Number 0 is the thread's own: ready, or why it cannot be. */
export type Reply =
  | { readonly number: number; readonly value: unknown }
  | { readonly number: number; readonly error: string; readonly invalidCursor: boolean };

/** In a bundle `import.meta.url` is that of its entry; source files have an entry of their own. */
const SOURCE_FILE = "/store/sqlite/thread.ts";

/** File that a thread begins with: the bundle itself, or from source the small file beside this one. */
export function threadFile(): string {
  const url = import.meta.url;
  return fileURLToPath(url.endsWith(SOURCE_FILE) ? new URL("./thread-entry.ts", url) : url);
}

/**
 * Whether this is a thread that the SQLite store started. The process entry asks first, because in a bundle threads
 * begin with the same file:
 *
 *     if (isStoreThread()) runStoreThread();
 *     else await main();
 */
export function isStoreThread(): boolean {
  return (
    !isMainThread &&
    typeof workerData === "object" &&
    workerData !== null &&
    "storeThread" in workerData
  );
}

/** Serves calls until it is told to close. */
export function runStoreThread(): void {
  const port = parentPort;
  if (port === null) throw new Error("runStoreThread must be called in a thread of the store.");
  const data = workerData as ThreadData;
  const send = (reply: Reply): void => {
    port.postMessage(reply);
  };
  let served: Served;
  try {
    served = data.storeThread === "writer" ? serveWriter(data) : serveReader(data);
  } catch (error) {
    send(failure(0, error));
    return;
  }
  port.on("message", (request: Request) => {
    const { number } = request;
    if (request.kind === "close") {
      served.close();
      port.close();
      return;
    }
    try {
      send({ number, value: served.call(request) });
    } catch (error) {
      send(failure(number, error));
    }
  });
  send({ number: 0, value: undefined });
}

interface Served {
  call(call: Call): unknown;
  close(): void;
}

function serveWriter({ directory, busyTimeout }: ThreadData): Served {
  const writer = new Writer(directory, busyTimeout);
  return {
    call: (call) => {
      if (call.kind === "write") return writer.write(call.rows);
      writer.probe();
      return undefined;
    },
    close: () => {
      writer.close();
    },
  };
}

function serveReader({ directory, busyTimeout }: ThreadData): Served {
  const reader = new Reader(directory, busyTimeout);
  return {
    // A probe asks for an id that no event can have.
    call: (call) => reader.answer(call.kind === "read" ? call.question : { kind: "event", id: "" }),
    close: () => {
      reader.close();
    },
  };
}

function failure(number: number, error: unknown): Reply {
  const message = error instanceof Error ? error.message : String(error);
  return { number, error: message, invalidCursor: error instanceof InvalidCursorError };
}
