import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface ProjectFolder {
  path: string;
  remove: () => Promise<void>;
}

const PROJECT = "name: shop\nruntime: nodejs\n";
const STACK = "config:\n  aws:region: eu-west-1\n";

/** A folder with a project of its own: Pulumi.yaml and stack files, as text by file name. */
export async function projectFolder(files: Record<string, string> = {}): Promise<ProjectFolder> {
  const path = await mkdtemp(join(tmpdir(), "plan-"));
  const all = { "Pulumi.yaml": PROJECT, "Pulumi.dev.yaml": STACK, ...files };
  await Promise.all(Object.entries(all).map(([name, text]) => writeFile(join(path, name), text)));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Message of the error that `work` ends with. */
export async function failure(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
  return "no error";
}
