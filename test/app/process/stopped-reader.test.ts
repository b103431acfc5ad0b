import { expect } from "chai";
import { execFileSync, spawn } from "node:child_process";
import { closeSync, createReadStream, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { spawnServer } from "../helpers/process.ts";

const CLIENTS = 20;
const REQUESTS_WHILE_STOPPED = 12_000;

describe("Standard output that nobody reads", function () {
  this.timeout(30_000);

  it("never holds up requests; what was dropped is counted and reported", async function () {
    if (process.platform !== "linux") this.skip();
    const folder = mkdtempSync(join(tmpdir(), "stdout-"));
    const path = join(folder, "pipe");
    execFileSync("mkfifo", [path]);
    const file = join(folder, "log");
    // `cat` reads the pipe as the log driver of a container would.
    const output = openSync(file, "w");
    const reader = spawn("cat", [path], { stdio: ["ignore", output, "inherit"] });
    const pipe = openSync(path, "w");
    const server = spawnServer({ stdout: pipe, env: { HOST: "127.0.0.1", PORT: "0" } });
    closeSync(pipe);
    try {
      const url = await listeningUrl(file);
      const residentBefore = (await workerStatus(url)).residentMiB;

      reader.kill("SIGSTOP");
      const slowest = await load(url, REQUESTS_WHILE_STOPPED);
      const stopped = await workerStatus(url);
      reader.kill("SIGCONT");
      await sleep(500);
      const report = (await lines(file)).find(({ dropped }) => dropped !== undefined);

      expect(slowest).to.be.below(2000);
      expect(stopped.logLinesDropped).to.be.above(1000);
      expect(stopped.residentMiB - residentBefore).to.be.below(60);
      // One more: the line of the request that asked for the number.
      expect(report).to.include({ level: "warn", dropped: stopped.logLinesDropped + 1 });
      server.child.kill("SIGTERM");
      expect((await server.exit).code).to.equal(0);
    } finally {
      reader.kill("SIGCONT");
      await server.dispose();
      reader.kill();
      rmSync(folder, { recursive: true });
    }
  });
});

/** Requests by several clients; resolves with the milliseconds of the slowest. */
async function load(url: string, requests: number): Promise<number> {
  let slowest = 0;
  let left = requests;
  const client = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const started = performance.now();
      const response = await fetch(`${url}/v1/events/none`);
      await response.arrayBuffer();
      slowest = Math.max(slowest, performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return slowest;
}

interface Worker {
  readonly logLinesDropped: number;
  readonly residentMiB: number;
}

async function workerStatus(url: string): Promise<Worker> {
  const { workers } = (await (await fetch(`${url}/status`)).json()) as { workers: [Worker] };
  return workers[0];
}

async function lines(file: string): Promise<Record<string, unknown>[]> {
  const parsed: Record<string, unknown>[] = [];
  for await (const line of createInterface({ input: createReadStream(file) })) {
    parsed.push(JSON.parse(line) as Record<string, unknown>);
  }
  return parsed;
}

async function listeningUrl(file: string): Promise<string> {
  for (;;) {
    const found = (await lines(file)).find(({ message }) => message === "listening");
    if (found !== undefined) return `http://127.0.0.1:${found["port"] as number}`;
    await sleep(50);
  }
}
