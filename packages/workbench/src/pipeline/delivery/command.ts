import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { runCommand } from "../../lib/command.ts";
import { workflow } from "./github-actions.ts";
import type { PulumiProject } from "./pulumi.ts";

/** Options of a command, by name without dashes; the required ones are there. */
export type Options = Readonly<Record<string, string | undefined>>;

export interface Command {
  /** What it does, for the help. */
  summary: string;
  required: readonly string[];
  optional?: readonly string[];
  run(options: Options): Promise<void>;
}

export type Commands = Readonly<Record<string, Command>>;

export const ROOT = process.cwd();
export const project: PulumiProject = { run: runCommand, cwd: ROOT };
export const step = workflow();

/** Writes a value as JSON into a folder. */
export async function save(folder: string, name: string, content: unknown): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, name), `${JSON.stringify(content, null, 2)}\n`);
}
