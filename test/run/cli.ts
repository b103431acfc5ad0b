// Runs the tests of a tier, in groups side by side, and closes them by what failed and one line: `N passed, N failed, N skipped`.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, constants, setPriority, tmpdir } from "node:os";
import path from "node:path";
import { appFolders, loadWorkbenchConfig } from "@koa-fargate/workbench/config";
import { checked, closingLine, countsOf, NOTHING, together, type Counts } from "./counts.ts";
import { complaint, failuresOf, HEADING, told, type Failure } from "./failures.ts";
import {
  deal,
  namedFiles,
  namesFiles,
  parseShard,
  sideBySide,
  testFiles,
  TIERS,
  tierOf,
  type Tier,
  type Took,
} from "./tiers.ts";

const ROOT = process.cwd();
/** Folders of the apps. */
const APPS = appFolders(ROOT, await loadWorkbenchConfig(ROOT));
/** Runs the scripts of an app by the client that it is installed by. */
const APP_CLI = path.join(ROOT, "packages/workbench/src/pipeline/app/cli.ts");
const MOCHA = path.join(ROOT, "node_modules/mocha/bin/mocha.js");
/** Of the files that take longest: what groups are dealt by. Written by `--record`. */
const TOOK = path.join(import.meta.dirname, "took.json");
const RECORDED_FROM_SECONDS = 1;
/** What `npm init` writes in place of a test. */
const NO_TEST = "no test specified";
/** npm script of each tier, here and in the apps. */
const SCRIPTS: Readonly<Record<Tier, string>> = {
  fast: "test",
  parts: "test:parts",
  long: "test:long",
};

const USAGE = `node test/run/cli.ts ${TIERS.join("|")} [--shard I/N] [--jobs N] [--record] [FILE.ts | FOLDER/ ...] [option of mocha ...]

  --shard I/N  runs the I-th of N parts of the tier, which take about as long
  --jobs N     runs N groups side by side, and one of files that mostly wait. @default one for each core, at least 2
  --record     writes down how long each file took, by which the groups are made: test/run/took.json
`;

interface Options {
  tier: Tier;
  shard: { index: number; of: number };
  jobs: number;
  record: boolean;
  files: readonly string[];
  /** For mocha, such as --grep. */
  mocha: readonly string[];
}

function parse([tier = "", ...args]: readonly string[]): Options {
  if (!TIERS.includes(tier as Tier)) throw new Error(`Which tests?\n\n${USAGE}`);
  const take = (name: string): string | undefined => {
    const at = args.indexOf(name);
    return at === -1 ? undefined : args.splice(at, 2)[1];
  };
  const shard = parseShard(take("--shard") ?? "1/1");
  const jobs = Number(take("--jobs") ?? Math.max(2, availableParallelism()));
  if (!Number.isInteger(jobs) || jobs < 1) throw new Error(`--jobs has to be a number above 0.`);
  const record = args.includes("--record");
  const files = args.filter(namesFiles);
  const mocha = args.filter((arg) => arg !== "--record" && !files.includes(arg));
  return { tier: tier as Tier, shard, jobs, record, files, mocha };
}

interface Work {
  name: string;
  /** For Node. */
  args: readonly string[];
  /** Whether it is an app's: any runner, which is read by what it prints. */
  own: boolean;
}

/** An app's own tests of a tier are one piece of work, by this name in the record. */
const ownName = (app: string, tier: Tier): string => `${app}, npm run ${SCRIPTS[tier]}`;

/** The scripts of those apps that have one for the tier. */
const ownTests = (tier: Tier): Work[] =>
  APPS.filter((app) => {
    const text = readFileSync(path.join(ROOT, app, "package.json"), "utf8");
    const { scripts = {} } = JSON.parse(text) as { scripts?: Record<string, string> };
    return scripts[SCRIPTS[tier]]?.includes(NO_TEST) === false;
  }).map((app) => {
    const args = [APP_CLI, "run", SCRIPTS[tier], "--in", app];
    return { name: ownName(app, tier), args, own: true };
  });

interface Ended {
  name: string;
  code: number;
  counts: Counts;
  /** By file, or by name for an app's tests. */
  took: Took;
  failures: readonly Failure[];
}

/**
 * Runs it to its end, and passes on what it prints as it comes.
 * @param folder where a group writes down what it counted: see test/helpers/reporter.cjs
 */
async function run({ name, args, own }: Work, folder: string): Promise<Ended> {
  const began = Date.now();
  // Compiled once, for all processes and those that they start.
  const NODE_COMPILE_CACHE = path.join(ROOT, "node_modules/.cache/compile");
  const TEST_PLANS = path.join(folder, "plans");
  // Most processes bundle once: without a thread to talk to esbuild by, and with less of Go's garbage collection.
  const esbuild = { ESBUILD_WORKER_THREADS: "0", GOGC: "800" };
  const env = { ...process.env, ...esbuild, NODE_COMPILE_CACHE, TEST_RESULTS: folder, TEST_PLANS };
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  // An app's tests take what the groups leave of the cores: they would end long before these, of which each needs one.
  if (own && child.pid !== undefined) setPriority(child.pid, 7);
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (piece: string) => {
      said[name] += piece;
      process[name].write(piece);
    });
  }
  const [status, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  // As a shell says it.
  const code = status ?? 128 + (signal === null ? 0 : constants.signals[signal]);
  const end = (counts: Counts, took: Took, found: readonly Failure[]): Ended => {
    const unnamed = { title: "", text: complaint(said.stderr.trim() || said.stdout) };
    const failures = counts.failed > 0 && found.length === 0 ? [unnamed] : found;
    return { name, code, counts, took, failures };
  };
  const file = path.join(folder, `${child.pid ?? 0}`);
  if (existsSync(`${file}.json`)) {
    const { counts, took, failures } = JSON.parse(readFileSync(`${file}.json`, "utf8")) as Ended;
    return end(checked(counts, code), took, failures);
  }
  const seconds = (Date.now() - began) / 1000;
  const took: Took = { [name]: [seconds, seconds] };
  if (own) return end(countsOf(said.stdout, code), took, failuresOf(said.stdout));
  // A group that wrote nothing down broke off, before its first test or within one, whatever its exit code.
  const last = existsSync(`${file}.running`)
    ? readFileSync(`${file}.running`, "utf8").trim().split("\n").at(-1)
    : undefined;
  const test = last ? (JSON.parse(last) as Failure) : undefined;
  const failures = test === undefined ? [] : [{ ...test, text: "The run ended within it." }];
  return end(checked(NOTHING, code || 1), took, failures);
}

/** Groups of files, each a process of its own, and the apps' tests beside them. */
function plan({ tier, shard, jobs, files, mocha }: Options, took: Took): Work[] {
  const own = files.length + mocha.length === 0 ? ownTests(tier) : [];
  const there = testFiles(ROOT);
  const all =
    files.length > 0
      ? namedFiles(files, there, tier)
      : there.filter((file) => tierOf(file) === tier);
  const names =
    deal([...all, ...own.map(({ name }) => name)], took, shard.of)[shard.index - 1] ?? [];
  const groups = sideBySide(
    names.filter((name) => name.endsWith(".ts")),
    took,
    jobs,
  ).filter((group) => group.length > 0);
  const color = process.stdout.isTTY ? ["--color"] : [];
  return [
    ...groups.map((group, index) => ({
      name: `group ${index + 1}`,
      args: [MOCHA, ...color, ...group, ...mocha],
      own: false,
    })),
    ...own.filter(({ name }) => names.includes(name)),
  ];
}

function readTook(): Took {
  return existsSync(TOOK) ? (JSON.parse(readFileSync(TOOK, "utf8")) as Took) : {};
}

/** Writes down the files that take long enough to matter; others of the record stay, as long as there are such files. */
function writeTook(ended: readonly Ended[]): void {
  const own = APPS.flatMap((app) => TIERS.map((tier) => ownName(app, tier)));
  const there = new Set([...testFiles(ROOT), ...own]);
  const all = Object.assign({}, readTook(), ...ended.map(({ took }) => took)) as Took;
  const kept = Object.entries(all)
    .filter(([name, [seconds]]) => there.has(name) && seconds >= RECORDED_FROM_SECONDS)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = kept.map(
    ([name, [seconds, cpu]]) =>
      `  ${JSON.stringify(name)}: [${Math.round(seconds)}, ${Number(cpu.toFixed(1))}]`,
  );
  writeFileSync(TOOK, `{\n${lines.join(",\n")}\n}\n`);
}

/** What failed, once more: it is far up where groups ran side by side. */
function repeatFailures(ended: readonly Ended[]): void {
  const failed = ended.filter(({ counts }) => counts.failed > 0);
  if (failed.length > 0) process.stdout.write(`\n${HEADING}\n`);
  for (const { name, code, counts, failures } of failed) {
    process.stdout.write(`\n${name} ended with ${code}: ${closingLine(counts)}\n`);
    process.stdout.write(`${failures.map(told).join("\n")}\n`);
  }
}

async function main(options: Options): Promise<number> {
  const folder = mkdtempSync(path.join(tmpdir(), "test-results-"));
  mkdirSync(path.join(folder, "plans"));
  try {
    const work = plan(options, readTook());
    const ended = await Promise.all(work.map((piece) => run(piece, folder)));
    if (options.record) writeTook(ended);
    // Of one group that somebody asked for, they stand right above.
    if (ended.length > 1 || options.files.length === 0) repeatFailures(ended);
    const counts = together(ended.map((one) => one.counts));
    process.stdout.write(`\n${closingLine(counts)}\n`);
    return counts.failed === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

try {
  process.exitCode = await main(parse(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
