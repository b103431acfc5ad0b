import path from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "./app.ts";
import { become } from "./environment.ts";

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

export interface Surroundings {
  /** In place of the environment. @default this process's */
  env?: NodeJS.ProcessEnv;
  /** @default the repository */
  cwd?: string;
}

let runs = 0;

/**
 * Runs a command of the workbench as `node FILE ARGS` does, in this process: what it imports is loaded already, which is most
 * of what it would cost. For a command that ends by itself, one at a time.
 * @param file from the root of the repository, or its whole path
 */
export function tool(file: string, args: readonly string[], around?: Surroundings): Promise<Ran> {
  // Another query is another module: its main runs again.
  runs += 1;
  const url = `${pathToFileURL(path.resolve(ROOT, file)).href}?run=${runs}`;
  return asProcess(args, () => import(url), around);
}

/** What a process would print, and its exit code, if it had these arguments and did this work. */
export async function asProcess(
  args: readonly string[],
  work: () => Promise<unknown>,
  { env = process.env, cwd = ROOT }: Surroundings = {},
): Promise<Ran> {
  const before = { argv: process.argv, exitCode: process.exitCode };
  const shell = { ...process.env };
  const folder = process.cwd();
  const said = { stdout: "", stderr: "" };
  const restore = (["stdout", "stderr"] as const).map((name) => {
    const write = process[name].write.bind(process[name]);
    process[name].write = (text: string | Uint8Array): boolean => {
      said[name] += typeof text === "string" ? text : Buffer.from(text).toString();
      return true;
    };
    return () => (process[name].write = write);
  });
  Object.assign(process, { argv: [process.execPath, "tool", ...args], exitCode: undefined });
  become({ ...env });
  process.chdir(cwd);
  try {
    await work();
    return { code: Number(process.exitCode ?? 0), ...said };
  } finally {
    for (const give of restore) give();
    process.chdir(folder);
    become(shell);
    Object.assign(process, before);
  }
}
