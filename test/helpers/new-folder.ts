import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const numbers = new Map<string, number>();

/** What the path of such a folder begins with. */
export const folderPrefix = (name: string): string => path.join(tmpdir(), `${name}-`);

/**
 * A new folder for temporary files, by a name that this process did not have yet, and the next run takes again: Node keeps
 * compiled code by the path of its file.
 */
export function newFolder(name: string): string {
  for (;;) {
    const number = numbers.get(name) ?? 0;
    numbers.set(name, number + 1);
    const folder = `${folderPrefix(name)}${number}`;
    try {
      mkdirSync(folder);
      return folder;
    } catch (error) {
      // Of another process, or of a run that broke off.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}
