import { Agent, request } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { randomUUID } from "node:crypto";
import type { Example } from "../../project/app-examples.ts";

export interface LoadOptions {
  url: URL;
  clients: number;
  /** Requests a second of all clients together, in real time. */
  rate: number;
  /** Sent in turn. `{now}` in a body stands for the current time, `{id}` for a new id. */
  requests: readonly Example[];
  headers: Readonly<Record<string, string>>;
}

/** What the clients saw. */
export interface LoadResult {
  sent: number;
  /** 5xx or no answer. */
  failed: number;
  /** 4xx: the app refused them, whatever its version. */
  refused: number;
}

export interface Load {
  /** Sends no more, and resolves when the last answer is there. */
  stop(): Promise<LoadResult>;
}

/** A client that never gets an answer must not hang. */
const LONGEST_ANSWER_MS = 30_000;

/** Starts clients that send requests at a steady rate, each at most one at a time, over kept connections. */
export function startLoad(options: LoadOptions): Load {
  const { url, clients, rate, requests } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const stopped = new AbortController();
  const result: LoadResult = { sent: 0, failed: 0, refused: 0 };
  const periodMs = (1000 * clients) / rate;
  let turn = 0;

  const client = async (index: number): Promise<void> => {
    await pause((periodMs * index) / clients, stopped.signal);
    let due = performance.now();
    while (!stopped.signal.aborted) {
      const example = requests[turn % requests.length] ?? { path: "/" };
      turn += 1;
      result.sent += 1;
      const status = await send(url, agent, example, options.headers);
      if (status === undefined || status >= 500) result.failed += 1;
      else if (status >= 400) result.refused += 1;
      // A client that is late leaves out the turns that it missed.
      due = Math.max(due + periodMs, performance.now());
      await pause(due - performance.now(), stopped.signal);
    }
  };
  const all = Promise.all(Array.from({ length: clients }, (_, index) => client(index)));
  return {
    stop: async () => {
      stopped.abort();
      await all;
      agent.destroy();
      return result;
    },
  };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await wait(Math.max(0, ms), undefined, { signal }).catch(() => undefined);
}

/** Status of the answer; undefined when the connection broke or nothing came. */
export function send(
  base: URL,
  agent: Agent | undefined,
  { method, path, body }: Example,
  headers: Readonly<Record<string, string>>,
): Promise<number | undefined> {
  const text = body === undefined ? undefined : fill(JSON.stringify(body));
  return new Promise((resolve) => {
    const sent = request(
      new URL(path, base),
      {
        method: method ?? (text === undefined ? "GET" : "POST"),
        ...(agent === undefined ? {} : { agent }),
        headers: {
          ...headers,
          ...(text === undefined ? {} : { "content-type": "application/json" }),
        },
        timeout: LONGEST_ANSWER_MS,
      },
      (response) => {
        response.resume();
        response.once("end", () => {
          resolve(response.statusCode);
        });
        response.once("close", () => {
          // No effect when the answer was complete.
          resolve(undefined);
        });
      },
    );
    sent.once("timeout", () => sent.destroy());
    sent.once("error", () => {
      resolve(undefined);
    });
    sent.end(text);
  });
}

function fill(text: string): string {
  return text
    .replaceAll('"{now}"', () => JSON.stringify(new Date().toISOString()))
    .replaceAll('"{id}"', () => JSON.stringify(randomUUID()));
}
