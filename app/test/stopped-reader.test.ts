import { expect } from "chai";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { spawnServer } from "./helpers/process.ts";

const CLIENTS = 20;
const WARM_UP_REQUESTS = 2_000;
const REQUESTS_WHILE_STOPPED = 6_000;
/** A heap that does not grow with its first requests, in MiB: what is kept shows in a few thousand of them. */
const SMALL_HEAP = ["--max-semi-space-size=1", "--max-old-space-size=40"];
/** On a busy machine requests are slow; their further lines in the log are not what is counted here. */
const ENVIRONMENT = { HOST: "127.0.0.1", SLOW_REQUEST_MILLISECONDS: "60000" };

describe("Standard output that nobody reads", function () {
  // Long for a busy machine: a write that waited for the reader would take forever.

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
    const server = await spawnServer({ stdout: pipe, env: ENVIRONMENT, nodeFlags: SMALL_HEAP });
    closeSync(pipe);
    try {
      const url = await listeningUrl(file);
      // The memory of a process that has just started grows with its first requests, whoever reads.
      await load(url, WARM_UP_REQUESTS);
      const residentBefore = (await workerStatus(url)).residentMiB;

      reader.kill("SIGSTOP");
      // The reader goes on only after the last answer: a request that its log line held up would never get one.
      await load(url, REQUESTS_WHILE_STOPPED);
      const stopped = await workerStatus(url);
      reader.kill("SIGCONT");
      await settled(file, (read) => droppedIn(read) > 0);
      // Neither this request nor those before it may be missing both in the log and in the count.
      const after = await workerStatus(url);
      const requests = WARM_UP_REQUESTS + REQUESTS_WHILE_STOPPED + 3;
      const log = await settled(file, (read) => accessLines(read) + droppedIn(read) >= requests);

      expect(stopped.logLinesDropped).to.be.above(1000);
      expect(stopped.residentMiB - residentBefore).to.be.below(20);
      expect(log.find(({ dropped }) => dropped !== undefined)).to.include({ level: "warn" });
      expect(droppedIn(log)).to.equal(after.logLinesDropped);
      expect(accessLines(log) + droppedIn(log)).to.equal(requests);
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

describe("Standard output at the end of the process", () => {
  it("takes a line that comes too late for nothing, and the process ends as it was to", () => {
    const log = new URL("../src/observability/log.ts", import.meta.url).href;
    const source = `import { standardOutput } from "${log}";
      const output = standardOutput(false);
      output.write("in time\\n");
      const ended = output.end();
      output.write("too late\\n");
      await ended;
      output.write("too late\\n");`;
    const args = ["--input-type=module", "--eval", source];
    expect(execFileSync(process.execPath, args, { encoding: "utf8" })).to.equal("in time\n");
  });
});

/** By node:http: it takes a third of what fetch does. */
async function load(url: string, requests: number): Promise<void> {
  let left = requests;
  const agent = new Agent({ keepAlive: true });
  const options = { agent, signal: AbortSignal.timeout(500_000) };
  const client = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const sent = request(`${url}/v1/events/none`, options).end();
      const [response] = (await once(sent, "response")) as [IncomingMessage];
      await once(response.resume(), "end");
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  agent.destroy();
}

interface Worker {
  readonly logLinesDropped: number;
  readonly residentMiB: number;
}

async function workerStatus(url: string): Promise<Worker> {
  const { workers } = (await (await fetch(`${url}/status`)).json()) as { workers: [Worker] };
  return workers[0];
}

type Line = Readonly<Record<string, unknown>>;

/** The log as soon as it fits, or as it is after a while. */
async function settled(file: string, fits: (log: readonly Line[]) => boolean): Promise<Line[]> {
  const deadline = performance.now() + 300_000;
  for (;;) {
    const log = wholeLines(file);
    if (fits(log) || performance.now() > deadline) return log;
    await sleep(50);
  }
}

/** Without the piece of a line that is still being written. */
function wholeLines(file: string): Line[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);
}

function accessLines(log: readonly Line[]): number {
  return log.filter(({ type }) => type === "access").length;
}

/** Lines that the log says are missing. */
function droppedIn(log: readonly Line[]): number {
  return log.reduce((sum, { dropped }) => sum + (typeof dropped === "number" ? dropped : 0), 0);
}

async function listeningUrl(file: string): Promise<string> {
  const log = await settled(file, (read) => listening(read) !== undefined);
  return `http://127.0.0.1:${listening(log)?.["port"] as number}`;
}

function listening(log: readonly Line[]): Line | undefined {
  return log.find(({ message }) => message === "listening");
}
