import { cp, mkdtemp } from "node:fs/promises";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Copies of this process by the folder that was copied. */
const copies = new Map<string, Promise<string>>();
const folders: string[] = [];

function remove(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

/**
 * A copy of the files that an image has, outside of the repository: where the bundle lies in it, Node.js would find the
 * repository's own packages, and the app files that no image has. It is gone when this process ends.
 *
 * @param context - absolute; its name is that of its content
 */
export function imageFolder(context: string): Promise<string> {
  const known = copies.get(context);
  if (known !== undefined) return known;
  const made = copied(context);
  copies.set(context, made);
  // Another one is tried the next time.
  made.catch(() => copies.delete(context));
  return made;
}

async function copied(context: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "image-"));
  if (folders.push(folder) === 1) process.once("exit", remove);
  await cp(context, folder, { recursive: true, preserveTimestamps: true });
  return folder;
}
