import { expect } from "chai";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** The key that `KEY_HASHES` knows as `reader`. */
export const KEY = "a-key-for-tests";
export const KEY_HASHES = "reader:9820c1b539cc6f62af43c98efcc40f2901b5e523720cf9983810bdfd3f87eb56";

/** An event that is accepted now. */
export function anEvent(more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const time = new Date().toISOString();
  return { id: "e1", name: "opened", user: "u1", feature: "search", time, ...more };
}

export function postEvents(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(`${url}/v1/events`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

export async function jsonOf(response: Response): Promise<Record<string, unknown>> {
  return (await response.json()) as Record<string, unknown>;
}

/** A problem without its request id, which is checked to be that of the header. */
export async function problemOf(response: Response): Promise<Record<string, unknown>> {
  expect(response.headers.get("content-type")).to.equal("application/problem+json");
  const { requestId, ...problem } = await jsonOf(response);
  expect(requestId).to.be.a("string").and.equal(response.headers.get("x-request-id"));
  return problem;
}

/** Resolves when the service at `url` has so many requests besides the one that asks. */
export async function underWay(url: string, requests = 1): Promise<void> {
  for (;;) {
    const { workers } = (await (await fetch(`${url}/status`)).json()) as {
      workers: [{ requestsInFlight: number }];
    };
    if (workers[0].requestsInFlight > requests) return;
    await sleep(20);
  }
}

/** Resolves when the service at `url` is ready: on a busy machine its store or its event loop may be late at first. */
export async function untilReady(url: string): Promise<void> {
  const asked = performance.now();
  while ((await fetch(`${url}/readyz`)).status !== 200) {
    expect(performance.now() - asked).to.be.below(20_000);
    await sleep(20);
  }
}

/**
 * Sends bytes over a raw connection and resolves with everything that came back when the server closes, or after
 * `quietMilliseconds` without a byte.
 */
export async function rawRequest(
  port: number,
  bytes: string | Buffer,
  quietMilliseconds = 300,
): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let received = "";
  socket.setEncoding("latin1");
  socket.on("data", (chunk: string) => {
    received += chunk;
  });
  socket.on("error", () => undefined);
  await once(socket, "connect");
  socket.setTimeout(quietMilliseconds, () => socket.destroy());
  socket.write(bytes, "latin1");
  await new Promise((resolve) => socket.once("close", resolve));
  return received;
}
