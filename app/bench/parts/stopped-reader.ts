import { execFileSync, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildImage } from "../build.ts";
import type { Report } from "../report.ts";
import { quantile, startTask, type Task } from "../task.ts";

const CLIENTS = 20;
const PAUSE_MILLISECONDS = 10;
/** Beyond a task whose output is read, which shows the ordinary growth of a heap under load. The buffer takes 1 MiB. */
const MAX_MORE_MIB = 30;
const MAX_P99_RATIO = 5;

interface Load {
  readonly times: number[];
  failed: number;
}

/** Standard output is a pipe whose reader is stopped with SIGSTOP while requests go on. */
export async function benchStoppedReader(report: Report, quick: boolean): Promise<void> {
  const seconds = quick ? 10 : 60;
  const folder = mkdtempSync(path.join(tmpdir(), "bench-stdout-"));
  const pipe = path.join(folder, "pipe");
  const file = path.join(folder, "log");
  execFileSync("mkfifo", [pipe]);
  const output = openSync(file, "w");
  const reader = spawn("cat", [pipe], { stdio: ["ignore", output, "inherit"] });
  closeSync(output);
  const end = openSync(pipe, "w");
  let task: Task | undefined;
  let other: Task | undefined;
  try {
    const bundle = buildImage();
    task = await startTask(bundle, { stdout: end });
    closeSync(end);
    other = await startTask(bundle);
    const [before] = await Promise.all([load(task, quick ? 3 : 10), load(other, quick ? 3 : 10)]);
    const resident = [task.residentMiB(), other.residentMiB()] as const;
    reader.kill("SIGSTOP");
    const [stopped] = await Promise.all([load(task, seconds), load(other, seconds)]);
    const growth = task.residentMiB() - resident[0];
    const ordinary = other.residentMiB() - resident[1];
    const dropped = await droppedLines(task);
    reader.kill("SIGCONT");
    const reported = await reportedDrops(file);
    const p99 = quantile(stopped.times, 0.99);
    const p99Before = quantile(before.times, 0.99);
    report.section(`Reader of standard output stopped for ${seconds} s, ${CLIENTS} clients`, [
      {
        what: "requests that failed",
        measured: `${stopped.failed} of ${stopped.times.length}`,
        bar: "0",
        met: stopped.failed === 0,
      },
      {
        what: "p99 while stopped / before",
        measured: `${(p99 / p99Before).toFixed(2)} (${p99.toFixed(1)} ms, ${p99Before.toFixed(1)} ms; slowest ${Math.max(...stopped.times).toFixed(0)} ms)`,
        bar: `<= ${MAX_P99_RATIO}`,
        met: p99 / p99Before <= MAX_P99_RATIO,
      },
      {
        what: "growth of RSS",
        measured: `${growth.toFixed(0)} MiB, of a task whose output is read ${ordinary.toFixed(0)} MiB`,
        bar: `<= ${MAX_MORE_MIB} MiB more`,
        met: growth - ordinary <= MAX_MORE_MIB,
      },
      {
        what: "lines dropped, counted by /status and reported in the log",
        measured: `${dropped} and ${reported}`,
        bar: "some, and equal",
        // The request that asked for the count has a line of its own.
        met: dropped > 0 && Math.abs(reported - dropped) <= 1,
      },
    ]);
  } finally {
    reader.kill("SIGCONT");
    await task?.dispose();
    await other?.dispose();
    reader.kill();
    rmSync(folder, { recursive: true });
  }
}

async function load(task: Task, seconds: number): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const result: Load = { times: [], failed: 0 };
  const end = performance.now() + seconds * 1000;
  const client = async (): Promise<void> => {
    while (performance.now() < end) {
      const began = performance.now();
      if (!(await get(`${task.url}/v1/events/none`, agent))) result.failed += 1;
      result.times.push(performance.now() - began);
      await sleep(PAUSE_MILLISECONDS);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  agent.destroy();
  return result;
}

/** Whether the service answered as it should: there is no such event. */
function get(url: string, agent: Agent): Promise<boolean> {
  return new Promise((resolve) => {
    const sent = request(url, { agent, timeout: 5000 }, (response) => {
      response.resume().once("end", () => {
        resolve(response.statusCode === 404);
      });
    });
    sent.once("timeout", () => sent.destroy(new Error("no answer in 5 s")));
    sent.once("error", () => {
      resolve(false);
    });
    sent.end();
  });
}

async function droppedLines(task: Task): Promise<number> {
  const status = (await (await fetch(`${task.url}/status`)).json()) as {
    workers: { logLinesDropped: number }[];
  };
  return status.workers[0]?.logLinesDropped ?? NaN;
}

/** The lines that the log says were dropped: it says so within two seconds after they fit again. */
async function reportedDrops(file: string): Promise<number> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    await sleep(500);
    const sum = readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line.includes('"dropped":'))
      .map((line) => (JSON.parse(line) as { dropped: number }).dropped)
      .reduce((total, count) => total + count, 0);
    if (sum > 0 || performance.now() > deadline) return sum;
  }
}
