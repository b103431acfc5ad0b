import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { median, spread } from "../statistics.ts";
import { buildSubject, installYardsticks, SCRATCH } from "../build.ts";
import { onServerCore, PINNED, pinLoad } from "../cores.ts";
import { Load } from "../load.ts";
import type { Report, Row } from "../report.ts";
import { makeWorkload, requestKinds, type RequestKind } from "../workload.ts";

const CONNECTIONS = 32;

/** Names as in the table. */
const SUBJECTS = ["node:http", "app", "Koa", "Koa, few", "fastify"] as const;
type Name = (typeof SUBJECTS)[number];

interface Subject {
  readonly name: Name;
  readonly child: ChildProcess;
  readonly port: number;
}

/** Microseconds a request of each round, by subject. */
type Costs = ReadonlyMap<Name, number[]>;

/** What the app has to be against a typical Koa stack with the same features. */
const LEAST_OF_KOA = 1.2;

/** CPU time a request of the server process, in interleaved windows. */
export async function benchCpu(report: Report, quick: boolean): Promise<void> {
  const rounds = quick ? 4 : 15;
  const windowMilliseconds = quick ? 400 : 1000;
  const subjects = await startSubjects();
  const unpin = pinLoad();
  try {
    const kinds = requestKinds();
    for (const kind of kinds) await assertSame(subjects, kind);
    const costs = new Map(kinds.map((kind) => [kind, emptyCosts()]));
    // The first round warms the compilers up.
    for (let round = -1; round < rounds; round++) {
      for (const kind of kinds) {
        for (const subject of shuffled(subjects)) {
          const cost = await measure(subject, kind, round < 0 ? 1500 : windowMilliseconds);
          if (round >= 0) costs.get(kind)?.get(subject.name)?.push(cost);
        }
      }
    }
    report.section(
      `CPU a request: ${rounds} rounds of ${windowMilliseconds} ms windows in random order, ratios paired by round, min / median / max` +
        (PINNED ? "" : " (nothing pinned: no taskset or one core)"),
      kinds.flatMap((kind) => rowsOf(kind, costs.get(kind) ?? emptyCosts())),
    );
  } finally {
    unpin();
    for (const { child } of subjects) child.kill();
  }
}

const emptyCosts = (): Costs => new Map(SUBJECTS.map((name) => [name, []]));

async function startSubjects(): Promise<Subject[]> {
  const yardsticks = installYardsticks();
  const scripts: Readonly<Record<Name, string>> = {
    "node:http": path.join(yardsticks, "bare.js"),
    app: buildSubject(),
    Koa: path.join(yardsticks, "koa.js"),
    "Koa, few": path.join(yardsticks, "koa.js"),
    fastify: path.join(yardsticks, "fastify.js"),
  };
  const workload = path.join(SCRATCH, "workload.json");
  writeFileSync(workload, JSON.stringify(makeWorkload()));
  return Promise.all(SUBJECTS.map((name) => start(name, scripts[name], workload)));
}

/** Standard output is a pipe that somebody reads, as the log driver of a container does. */
async function start(name: Name, script: string, workload: string): Promise<Subject> {
  const command = onServerCore([process.execPath, script]);
  const child = spawn("bash", ["-c", 'exec "$@" > >(exec cat >/dev/null)', "bash", ...command], {
    env: {
      ...process.env,
      NODE_ENV: "production",
      NODE_NO_WARNINGS: "1",
      WORKLOAD_FILE: workload,
      FEATURES: name === "Koa, few" ? "few" : "",
    },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const early = once(child, "exit").then(() => {
    throw new Error(`${name} ended before it listened.`);
  });
  const [{ port }] = (await Promise.race([once(child, "message"), early])) as [{ port: number }];
  return { name, child, port };
}

async function cpuOf({ child }: Subject): Promise<number> {
  const answer = once(child, "message") as Promise<[{ cpu: NodeJS.CpuUsage }]>;
  child.send("cpu");
  const [{ cpu }] = await answer;
  return cpu.user + cpu.system;
}

async function measure(subject: Subject, kind: RequestKind, forMs: number): Promise<number> {
  const load = new Load(subject.port, kind.bytes, kind.status);
  try {
    await load.open(CONNECTIONS);
    const before = await cpuOf(subject);
    const requests = await load.run(forMs);
    return ((await cpuOf(subject)) - before) / requests;
  } finally {
    load.close();
  }
}

/** A subject that does less work than the others would be no yardstick. */
async function assertSame(subjects: readonly Subject[], kind: RequestKind): Promise<void> {
  const bodies = new Map<string, Name>();
  for (const { name, port } of subjects) {
    const load = new Load(port, kind.bytes, kind.status);
    await load.open(1);
    bodies.set(await load.body(), name);
    load.close();
  }
  if (bodies.size === 1) return;
  throw new Error(`The subjects answer ${kind.name} differently: ${JSON.stringify([...bodies])}`);
}

function rowsOf(kind: RequestKind, costs: Costs): Row[] {
  const of = (name: Name): readonly number[] => costs.get(name) ?? [];
  const ratios = (upper: Name, lower: Name): number[] =>
    of(upper).map((value, round) => value / (of(lower)[round] ?? NaN));
  const row = (what: string, values: readonly number[], least: number, bar: string): Row => ({
    what: `${kind.name}: ${what}`,
    measured: spread(values),
    bar,
    met: median(values) >= least,
  });
  return [
    {
      what: `${kind.name}: us a request`,
      measured: SUBJECTS.map((name) => `${name} ${median(of(name)).toFixed(1)}`).join(", "),
    },
    {
      what: `${kind.name}: kept of node:http`,
      measured: spread(ratios("node:http", "app")),
    },
    row(
      "typical Koa, same features / app",
      ratios("Koa", "app"),
      LEAST_OF_KOA,
      `>= ${LEAST_OF_KOA.toFixed(2)}`,
    ),
    {
      what: `${kind.name}: ... without key, rate limit, trace, tags / app with them`,
      measured: spread(ratios("Koa, few", "app")),
    },
    row(
      "fastify, same features / app",
      ratios("fastify", "app"),
      kind.leastOfFastify,
      `>= ${kind.leastOfFastify.toFixed(2)}`,
    ),
  ];
}

function shuffled<T>(values: readonly T[]): T[] {
  const left = [...values];
  const result: T[] = [];
  while (left.length > 0) result.push(...left.splice(Math.floor(Math.random() * left.length), 1));
  return result;
}
