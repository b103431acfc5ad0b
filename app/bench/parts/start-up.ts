import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { median, spread } from "../statistics.ts";
import { dynamoDbEnv, startStubDynamoDb } from "../../test/helpers/dynamodb-stub.ts";
import { buildImage, SCRATCH } from "../build.ts";
import { onServerCore, pinLoad } from "../cores.ts";
import type { Report } from "../report.ts";
import { freePort, residentMiB } from "../task.ts";

const MAX_CPU_RATIO = 2.5;
const MAX_BUNDLE_BYTES = 1_500_000;
const MAX_IDLE_MIB = 90;

const HANDLE = "(request, response) => response.end()";
const LISTEN = "listen(process.env.PORT, process.env.HOST)";
/** The whole of a server for comparison: as an ES module, which is how the project writes, and as CommonJS. */
const BARE_MODULE = `import { createServer } from "node:http"; createServer(${HANDLE}).${LISTEN};`;
const BARE_COMMONJS = `require("node:http").createServer(${HANDLE}).${LISTEN};`;

interface Start {
  /** CPU time of the process until its first answer, in milliseconds. */
  readonly cpu: number;
  readonly wall: number;
}

/** CPU time from the start of the process to its first answer, size of the bundle, memory of the idle process. */
export async function benchStartUp(report: Report, quick: boolean): Promise<void> {
  const rounds = quick ? 5 : 15;
  const bundle = buildImage();
  const bareModule = writeScript("bare.mjs", BARE_MODULE);
  const bareCommonJs = writeScript("bare.cjs", BARE_COMMONJS);
  const dynamoDb = await startStubDynamoDb();
  const unpin = pinLoad();
  const env = { ...dynamoDbEnv(dynamoDb.endpoint), WORKERS: "1" };
  const bare: Start[] = [];
  const commonJs: Start[] = [];
  const app: Start[] = [];
  let dynamoDbIdle: number;
  let sqliteIdle: number;
  try {
    for (let round = -1; round < rounds; round++) {
      const starts = [
        [bare, await start([bareModule], {})],
        [commonJs, await start([bareCommonJs], {})],
        [app, await start([bundle], env)],
      ] as const;
      // The first round reads the files from disk.
      if (round >= 0) for (const [results, result] of starts) results.push(result);
    }
    dynamoDbIdle = await idleMemory(bundle, env, quick ? 2 : 10);
    sqliteIdle = await idleMemory(bundle, { STORE: "sqlite" }, quick ? 2 : 10);
  } finally {
    unpin();
    dynamoDb.close();
  }
  const ratio = (starts: readonly Start[], base: readonly Start[]): number[] =>
    starts.map(({ cpu }, round) => cpu / (base[round]?.cpu ?? NaN));
  const ratios = ratio(app, bare);
  const bytes = codeBytes(bundle);
  const idle = Math.max(dynamoDbIdle, sqliteIdle);
  const time = (name: string, starts: readonly Start[]): string =>
    `${name} ${median(starts.map(({ cpu }) => cpu)).toFixed(0)} ms (wall ${median(starts.map(({ wall }) => wall)).toFixed(0)} ms)`;
  report.section(`Start to the first answer: ${rounds} interleaved rounds, min / median / max`, [
    {
      what: "CPU (median)",
      measured: `${time("node:http", bare)}, ${time("app", app)}`,
    },
    {
      what: "app with the DynamoDB client / node:http as ES module",
      measured: spread(ratios),
      bar: `<= ${MAX_CPU_RATIO.toFixed(2)}`,
      met: median(ratios) <= MAX_CPU_RATIO,
    },
    { what: "... / node:http as CommonJS", measured: spread(ratio(app, commonJs)) },
    {
      what: "bundle",
      measured: `${(bytes / 1e6).toFixed(2)} MB`,
      bar: `<= ${(MAX_BUNDLE_BYTES / 1e6).toFixed(2)} MB`,
      met: bytes <= MAX_BUNDLE_BYTES,
    },
    {
      what: "idle RSS",
      measured: `DynamoDB ${dynamoDbIdle.toFixed(0)} MiB, SQLite ${sqliteIdle.toFixed(0)} MiB`,
      bar: `<= ${MAX_IDLE_MIB} MB`,
      met: idle * 1.048576 <= MAX_IDLE_MIB,
    },
  ]);
}

/** Size of all code of an image: the entry and what it may load. */
function codeBytes(bundle: string): number {
  const folder = path.dirname(bundle);
  return readdirSync(folder).reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0);
}

function writeScript(name: string, text: string): string {
  const file = path.join(SCRATCH, name);
  mkdirSync(SCRATCH, { recursive: true });
  writeFileSync(file, text);
  return file;
}

interface Started {
  readonly pid: number;
  readonly wall: number;
  /** Ends the process; its CPU time in milliseconds. */
  end(): Promise<number>;
}

async function start(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Start> {
  const started = await untilAnswer(args, env);
  return { wall: started.wall, cpu: await started.end() };
}

/** bash's `times` counts a child to the millisecond, its ended threads and a restart by execve included. */
async function untilAnswer(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Started> {
  const port = await freePort();
  const script = '"$@" >/dev/null & echo $!; wait $! 2>/dev/null; times';
  const command = onServerCore([process.execPath, ...args]);
  const began = performance.now();
  const shell = spawn("bash", ["-c", script, "bash", ...command], {
    env: {
      PATH: process.env["PATH"],
      HOST: "127.0.0.1",
      PORT: String(port),
      DATA_DIR: path.join(SCRATCH, "data"),
      ...env,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: shell.stdout })[Symbol.asyncIterator]();
  const pid = Number((await lines.next()).value);
  const deadline = began + 20_000;
  while (!(await answers(port))) {
    if (performance.now() > deadline) throw new Error(`${args.join(" ")} did not answer in 20 s.`);
    await sleep(1);
  }
  const wall = performance.now() - began;
  return {
    pid,
    wall,
    end: async () => {
      process.kill(pid, "SIGKILL");
      await lines.next();
      return milliseconds(String((await lines.next()).value));
    },
  };
}

/** `0m0.065s 0m0.012s`: user and system time. */
function milliseconds(times: string): number {
  const parts = [...times.matchAll(/(\d+)m([\d.]+)s/g)];
  return parts.reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000,
    0,
  );
}

/** Whether the server answers anything to a request. */
async function answers(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    socket.write("GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    const [answer] = (await once(socket, "data")) as [Buffer];
    return answer.toString("latin1").startsWith("HTTP/1.1 200");
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function idleMemory(
  bundle: string,
  env: Readonly<Record<string, string>>,
  seconds: number,
): Promise<number> {
  const started = await untilAnswer([bundle], env);
  await sleep(seconds * 1000);
  const resident = residentMiB(started.pid);
  await started.end();
  return resident;
}
