// Installs and checks the app, whichever it is, and runs its scripts, by its own means: npm's scripts call it.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import path from "node:path";
import { AppError, clientOf, type Client } from "./client.ts";

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

/** @returns the exit code. @throws AppError when the client is not on PATH */
async function client(args: readonly string[], { name, reason }: Client = clientOf(FOLDER)): Promise<number> {
  const child = spawn(name, args, { cwd: FOLDER, stdio: "inherit" });
  return new Promise<number>((resolve, reject) => {
    child.once("error", (error: NodeJS.ErrnoException) => {
      const missing = `${APP} has ${reason}, but ${name} is not on PATH: install it (npm install --global ${name}), or replace ${reason} by the lock file of a client that is there.`;
      reject(error.code === "ENOENT" ? new AppError(missing) : error);
    });
    // As a shell says it.
    child.once("close", (status, signal) => {
      resolve(status ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

/** The dependencies, by the client whose lock file there is. */
async function install(args: readonly string[]): Promise<number> {
  if (!existsSync(path.join(FOLDER, "package.json"))) return 0;
  const found = clientOf(FOLDER, { ignoreScripts: args.includes("--ignore-scripts") });
  return client(found.install, found);
}

/** Those of the scripts that the app has, until one fails. */
async function run(names: readonly string[]): Promise<number> {
  const own = scripts();
  for (const name of names) {
    const code = name in own ? await client(["run", name]) : 0;
    if (code !== 0) return code;
  }
  return 0;
}

/** The app's own `check`, or what it has of `typecheck` and `lint`. */
const check = (): Promise<number> => run("check" in scripts() ? ["check"] : ["typecheck", "lint"]);

const COMMANDS: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  install,
  check,
  run,
};

const [name = "", ...args] = process.argv.slice(2);
const command = COMMANDS[name];
try {
  if (command === undefined)
    throw new AppError(`There is no command ${name}; there are ${Object.keys(COMMANDS).join(", ")}.`);
  process.exitCode = await command(args);
} catch (error) {
  process.stderr.write(`${error instanceof AppError ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
