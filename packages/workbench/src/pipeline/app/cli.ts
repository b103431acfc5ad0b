// Installs, checks and tests the app, whichever it is, by its own means: npm's scripts call it.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { AppError, clientOf, type Client } from "./client.ts";
import { closingLine, countsOf, together } from "./counts.ts";
import { run, type Ended } from "./run.ts";

const ROOT = process.cwd();
/** As messages name it. */
const APP = "app";
const FOLDER = path.join(ROOT, APP);

function scripts(): Readonly<Record<string, string>> {
  const file = path.join(FOLDER, "package.json");
  if (!existsSync(file)) return {};
  const { scripts = {} } = JSON.parse(readFileSync(file, "utf8")) as {
    scripts?: Record<string, string>;
  };
  return scripts;
}

async function client(args: readonly string[], { name, reason }: Client = clientOf(FOLDER)): Promise<Ended> {
  return run(
    name,
    args,
    FOLDER,
    `${APP} has ${reason}, but ${name} is not on PATH: install it (npm install --global ${name}), or replace ${reason} by the lock file of a client that is there.`,
  );
}

const script = (name: string): Promise<Ended> => client(["run", name]);

/** The dependencies, by the client whose lock file there is. */
async function install(args: readonly string[]): Promise<number> {
  if (!existsSync(path.join(FOLDER, "package.json"))) return 0;
  const found = clientOf(FOLDER, { ignoreScripts: args.includes("--ignore-scripts") });
  return (await client(found.install, found)).code;
}

/** The app's own `check`, or what it has of `typecheck` and `lint`. */
async function check(): Promise<number> {
  const own = scripts();
  const names = "check" in own ? ["check"] : ["typecheck", "lint"].filter((name) => name in own);
  for (const name of names) {
    const { code } = await script(name);
    if (code !== 0) return code;
  }
  return 0;
}

/** Tests of half an hour, which `npm run test:long` runs. */
const LONG = "{test,packages/workbench/test}/**/*.long.test.ts";

/** What `npm init` writes in place of a test. */
const NO_TEST = "no test specified";

/**
 * The platform's tests, and the app's own where it has a script `test`. Closed by one line over both.
 * @param args for mocha; with some, such as --grep or a file, the app's tests are left out
 */
async function test(args: readonly string[]): Promise<number> {
  const mocha = path.join(ROOT, "node_modules/mocha/bin/mocha.js");
  const color = process.stdout.isTTY ? ["--color"] : [];
  const files = args.some((arg) => arg.endsWith(".ts")) ? [] : ["{test,packages/workbench/test}/**/*.test.ts", "--ignore", LONG];
  const platform = await run(process.execPath, [mocha, ...color, ...files, ...args], ROOT, "");
  let counts = countsOf(platform.output, platform.code);
  let { code } = platform;
  const own = scripts()["test"];
  if (args.length === 0 && own !== undefined && !own.includes(NO_TEST)) {
    process.stdout.write(`\nThe tests of ${APP}:\n`);
    const app = await script("test");
    counts = together(counts, countsOf(app.output, app.code));
    code ||= app.code;
    process.stdout.write(`\n${closingLine(counts)}\n`);
  }
  return code;
}

const VERBS: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  install,
  check,
  test,
};

const [verb = "", ...args] = process.argv.slice(2);
const work = VERBS[verb];
try {
  if (work === undefined)
    throw new AppError(`There is no ${verb || "verb"}; there are ${Object.keys(VERBS).join(", ")}.`);
  process.exitCode = await work(args);
} catch (error) {
  process.stderr.write(`${error instanceof AppError ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
