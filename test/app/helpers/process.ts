import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { childEnvironment } from "../../helpers/environment.ts";

export const ENTRY = fileURLToPath(new URL("../../../app/src/server.ts", import.meta.url));

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The service as a process of its own. */
export interface ServerProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly exit: Promise<Exit>;
  /** Lines of its log so far, parsed. */
  readonly logLines: () => Record<string, unknown>[];
  /** The first line of the log that fits; rejects after 10 s or with the end of the process. */
  readonly line: (
    fits: (line: Record<string, unknown>) => boolean,
  ) => Promise<Record<string, unknown>>;
  /** Address, once it listens. */
  readonly url: () => Promise<string>;
  /** Ends it if it still runs and removes its data. */
  readonly dispose: () => Promise<void>;
}

export interface SpawnOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Flags of node, before the entry. */
  readonly nodeFlags?: readonly string[];
  /** Where standard output goes. Default: captured. */
  readonly stdout?: "pipe" | number;
}

/** Starts `node app/src/server.ts` with SQLite in a folder of its own, on a free port. */
export function spawnServer({
  env = {},
  nodeFlags = [],
  stdout = "pipe",
}: SpawnOptions = {}): ServerProcess {
  const dataDir = mkdtempSync(join(tmpdir(), "events-api-"));
  const child = spawn(process.execPath, [...nodeFlags, ENTRY], {
    env: childEnvironment({ PORT: "0", DATA_DIR: dataDir, ...env }),
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
  const line = async (
    fits: (line: Record<string, unknown>) => boolean,
  ): Promise<Record<string, unknown>> => {
    const deadline = performance.now() + 10_000;
    for (;;) {
      const wasEnded = ended;
      const found = logLines().find(fits);
      if (found !== undefined) return found;
      if (wasEnded || performance.now() > deadline) throw new Error(`No such line in:\n${text}`);
      await sleep(20);
    }
  };
  return {
    child,
    pid: child.pid ?? 0,
    exit,
    logLines,
    line,
    url: async () => {
      const { port } = await line(({ message }) => message === "listening");
      return `http://127.0.0.1:${port as number}`;
    },
    dispose: async () => {
      if (!ended) child.kill("SIGKILL");
      await exit;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** A DynamoDB that accepts everything and knows nothing: enough to run the processes of a cluster. */
export async function startStubDynamoDb(): Promise<{ endpoint: string; close: () => void }> {
  const server = createServer((request, response) => {
    request.resume().once("end", () => {
      response.writeHead(200, { "Content-Type": "application/x-amz-json-1.0" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Environment of a cluster of `workers` on that stub. */
export function clusterEnv(endpoint: string, workers: number): Record<string, string> {
  return {
    STORE: "dynamodb",
    TABLE_NAME: "events",
    DYNAMODB_ENDPOINT: endpoint,
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    WORKERS: String(workers),
  };
}
