// Installs and checks the apps, whichever they are, and runs their scripts, by their own means: npm's scripts call it.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import path from "node:path";
import { runTool } from "../../lib/command-line.ts";
import { appFolders, loadWorkbenchConfig } from "../../project/workbench-config.ts";
import { AppError, clientOf, type Client } from "./client.ts";

const ROOT = process.cwd();

/** An app; messages name it as the program does. */
interface App {
  name: string;
  folder: string;
}

function scripts({ folder }: App): Readonly<Record<string, string>> {
  const text = readFileSync(path.join(folder, "package.json"), "utf8");
  const { scripts = {} } = JSON.parse(text) as { scripts?: Record<string, string> };
  return scripts;
}

/** @returns the exit code. @throws AppError when the client is not on PATH */
async function client(
  app: App,
  args: readonly string[],
  { name, reason }: Client = clientOf(app.folder),
): Promise<number> {
  const child = spawn(name, args, { cwd: app.folder, stdio: "inherit" });
  return new Promise<number>((resolve, reject) => {
    child.once("error", (error: NodeJS.ErrnoException) => {
      const missing = `${app.name} has ${reason}, but ${name} is not on PATH: install it (npm install --global ${name}), or replace ${reason} by the lock file of a client that is there.`;
      reject(error.code === "ENOENT" ? new AppError(missing) : error);
    });
    // As a shell says it.
    child.once("close", (status, signal) => {
      resolve(status ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

/** The dependencies, by the client whose lock file there is. */
async function install(app: App, args: readonly string[]): Promise<number> {
  const found = clientOf(app.folder, { ignoreScripts: args.includes("--ignore-scripts") });
  return client(app, found.install, found);
}

/** Those of the scripts that the app has, until one fails. */
async function run(app: App, names: readonly string[]): Promise<number> {
  const own = scripts(app);
  for (const name of names) {
    const code = name in own ? await client(app, ["run", name]) : 0;
    if (code !== 0) return code;
  }
  return 0;
}

/** The app's own `check`, or what it has of `typecheck` and `lint`. */
const check = (app: App): Promise<number> =>
  run(app, "check" in scripts(app) ? ["check"] : ["typecheck", "lint"]);

const COMMANDS: Readonly<Record<string, (app: App, args: readonly string[]) => Promise<number>>> = {
  install,
  check,
  run,
};

await runTool(async ([name = "", ...args]) => {
  const command = COMMANDS[name];
  if (command === undefined)
    throw new AppError(`There is no command ${name}; there are ${Object.keys(COMMANDS).join(", ")}.`);
  const apps = appFolders(ROOT, await loadWorkbenchConfig(ROOT));
  // `run` takes one of them after its scripts: --in worker.
  const at = args.indexOf("--in");
  const [, only] = at === -1 ? [] : args.splice(at, 2);
  if (at !== -1 && !apps.includes(only ?? ""))
    throw new AppError(`There is no app ${only ?? ""}; there are ${apps.join(", ")}.`);
  for (const folder of only === undefined ? apps : [only]) {
    const code = await command({ name: folder, folder: path.join(ROOT, folder) }, args);
    if (code !== 0) return code;
  }
  return 0;
});
