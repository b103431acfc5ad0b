import { once } from "node:events";
import { connect } from "node:net";
import { readConfig } from "../../../app/src/config.ts";
import type { Limits } from "../../../app/src/http/limits.ts";
import { LIMITS } from "../../../app/src/http/limits.ts";
import { Log } from "../../../app/src/ops/log.ts";
import type { RunningServer } from "../../../app/src/start.ts";
import { startServer } from "../../../app/src/start.ts";
import { MemoryEvents } from "./memory-events.ts";

/** The key that `KEY_HASHES` knows as `reader`. */
export const KEY = "a-key-for-tests";
export const KEY_HASHES = "reader:9820c1b539cc6f62af43c98efcc40f2901b5e523720cf9983810bdfd3f87eb56";

/** A server on a free port of 127.0.0.1 with a store in memory, and its log. */
export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly events: MemoryEvents;
  readonly running: RunningServer;
  /** Lines of the log so far, parsed. */
  readonly logLines: () => Record<string, unknown>[];
  readonly stop: () => Promise<void>;
}

/** Starts a server with these environment variables beside port, host and no drain delay. */
export async function startTestServer(
  env: Readonly<Record<string, string>> = {},
  limits: Limits = LIMITS,
): Promise<TestServer> {
  const { log, logLines } = captureLog(env["LOG_LEVEL"] === "debug" ? "debug" : "info");
  const events = new MemoryEvents();
  const config = readConfig({ PORT: "0", HOST: "127.0.0.1", DRAIN_DELAY_SECONDS: "0", ...env });
  const running = await startServer(config, { log, events, limits });
  const { url, port } = running;
  return { url, port, events, running, logLines, stop: () => running.stop("test") };
}

/** A log whose lines can be read. */
export function captureLog(level: "debug" | "info" = "info"): {
  log: Log;
  logLines: () => Record<string, unknown>[];
} {
  let written = "";
  const log = new Log((buffer, offset, length) => {
    written += buffer.toString("utf8", offset, offset + length);
    return length;
  }, level);
  const logLines = (): Record<string, unknown>[] => {
    log.flush();
    const lines = written.split("\n").filter((line) => line !== "");
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  };
  return { log, logLines };
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

/** An event that is accepted now. */
export function anEvent(more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const time = new Date().toISOString();
  return { id: "e1", name: "opened", user: "u1", feature: "search", time, ...more };
}

export function postEvents(url: string, body: unknown): Promise<Response> {
  const headers = { "Content-Type": "application/json" };
  return fetch(`${url}/v1/events`, { method: "POST", headers, body: JSON.stringify(body) });
}
