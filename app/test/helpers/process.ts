import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** The service's entry; BLACK_BOX_ENTRY names another one, such as the entry of an older commit or of a bundle. */
export const ENTRY =
  process.env["BLACK_BOX_ENTRY"] ?? fileURLToPath(new URL("../../src/server.ts", import.meta.url));

/** Nothing of the shell's, but where compiled code is kept; and no AWS SDK asks an instance for its role. */
const CLEAN = {
  PATH: process.env["PATH"],
  NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"],
  AWS_EC2_METADATA_DISABLED: "true",
};

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The service as a process of its own. */
export interface ServerProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly port: number;
  readonly url: string;
  readonly exit: Promise<Exit>;
  /** Lines of its log so far, parsed. */
  readonly logLines: () => Record<string, unknown>[];
  /** The first line of the log that fits; rejects with the end of the process, or after minutes. */
  readonly line: (
    fits: (line: Record<string, unknown>) => boolean,
  ) => Promise<Record<string, unknown>>;
  /** Resolves when it answers /livez. */
  readonly listening: () => Promise<void>;
  /** Ends it if it still runs and removes its data. */
  readonly dispose: () => Promise<void>;
}

export interface SpawnOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Flags of node, before the entry. */
  readonly nodeFlags?: readonly string[];
  /** Where standard output goes. Default: captured. */
  readonly stdout?: "pipe" | number;
  /** Folder of the SQLite database. Default: one of its own, removed by `dispose`. */
  readonly dataDir?: string;
}

/** Starts the service with SQLite on a free port; the process may still end before it listens. */
export async function spawnServer(options: SpawnOptions = {}): Promise<ServerProcess> {
  const { env = {}, nodeFlags = [], stdout = "pipe" } = options;
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), "events-api-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [...nodeFlags, ENTRY], {
    env: { ...CLEAN, PORT: String(port), DATA_DIR: dataDir, ...env },
    stdio: ["ignore", stdout, "inherit"],
  });
  let text = "";
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  let ended = false;
  const exit = new Promise<Exit>((resolve) => {
    child.once("close", (code, signal) => {
      ended = true;
      resolve({ code, signal });
    });
  });
  const logLines = (): Record<string, unknown>[] =>
    text
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const poll = async <T>(ask: () => T | undefined | Promise<T | undefined>): Promise<T> => {
    const deadline = performance.now() + 300_000;
    for (;;) {
      const wasEnded = ended;
      const found = await ask();
      if (found !== undefined) return found;
      if (wasEnded || performance.now() > deadline) throw new Error(`Never so; the log:\n${text}`);
      await sleep(20);
    }
  };
  return {
    child,
    pid: child.pid ?? 0,
    port,
    url,
    exit,
    logLines,
    line: (fits) => poll(() => logLines().find(fits)),
    listening: async () => {
      await poll(async () => {
        const request = fetch(`${url}/livez`, { headers: { Connection: "close" } });
        const live = await request.catch(() => undefined);
        return live?.ok === true ? live.text() : undefined;
      });
    },
    dispose: async () => {
      if (!ended) child.kill("SIGKILL");
      await exit;
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Starts the service and resolves when it answers. */
export async function startServer(options: SpawnOptions = {}): Promise<ServerProcess> {
  const server = await spawnServer(options);
  await server.listening();
  return server;
}

/** Below those that the kernel gives to connections, and to whoever asks for a port. */
const PORTS = { first: 10_240, count: 22_000 };
let next = randomInt(PORTS.count);

/** A port that nothing listens on, and that no other test is given before its process has started. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = PORTS.first + (next++ % PORTS.count);
    try {
      const server = createServer().listen(port);
      await once(server, "listening");
      await new Promise((closed) => server.close(closed));
      return port;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    }
  }
}
