import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onServerCore } from "./cores.ts";

export interface TaskOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Standard output as a file descriptor. Default: nobody reads it and nothing is kept. */
  readonly stdout?: number;
}

/** The bundle of the image as a process, with SQLite in a folder of its own. */
export interface Task {
  readonly child: ChildProcess;
  readonly port: number;
  readonly url: string;
  /** Resolves at its end with the exit code, or the signal that ended it. */
  readonly exit: Promise<number | NodeJS.Signals>;
  residentMiB(): number;
  /** Ends it if it still runs and removes its data. */
  dispose(): Promise<void>;
}

/** What keeps a task from inheriting the configuration of whoever runs the bench. */
const CLEAN_ENV: Readonly<Record<string, string>> = {
  PATH: process.env["PATH"] ?? "",
  NODE_ENV: "production",
  HOST: "127.0.0.1",
};

/** Starts a bundle and resolves when it is ready. */
export async function startTask(
  bundle: string,
  { env = {}, stdout }: TaskOptions = {},
): Promise<Task> {
  const data = mkdtempSync(path.join(tmpdir(), "bench-task-"));
  const port = await freePort();
  const [command = "", ...args] = onServerCore([process.execPath, bundle]);
  const child = spawn(command, args, {
    env: { ...CLEAN_ENV, PORT: String(port), DATA_DIR: data, ...env },
    stdio: ["ignore", stdout ?? "ignore", "inherit"],
  });
  const ended = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const exit = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once("close", (code, signal) => {
      resolve(code ?? signal ?? 0);
    });
  });
  const task: Task = {
    child,
    port,
    url: `http://127.0.0.1:${port}`,
    exit,
    residentMiB: () => residentMiB(child.pid ?? 0),
    dispose: async () => {
      if (!ended()) child.kill("SIGKILL");
      await exit;
      rmSync(data, { recursive: true, force: true });
    },
  };
  while (!(await answers(`${task.url}/readyz`))) {
    if (ended()) throw new Error(`A task ended before it was ready: ${String(await exit)}.`);
    await sleep(20);
  }
  return task;
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { headers: { Connection: "close" } });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}

/** Resident memory of a process in MiB. Linux only. */
export function residentMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? NaN) / 1024;
}

/** The value below which `share` of the values lie. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? NaN;
}
