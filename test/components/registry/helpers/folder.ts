import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** Temporary folders of one suite, removed after each test. */
export class Folders {
  private readonly made: string[] = [];

  /** A new folder with these files. */
  make(files: Readonly<Record<string, string>> = {}): string {
    const folder = mkdtempSync(path.join(tmpdir(), "app-"));
    this.made.push(folder);
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(path.join(folder, path.dirname(name)), { recursive: true });
      writeFileSync(path.join(folder, name), content);
    }
    return folder;
  }

  remove(): void {
    for (const folder of this.made.splice(0)) rmSync(folder, { recursive: true, force: true });
  }
}

/** Path below `root` -> permissions and time of change in milliseconds, of every file and folder, itself included. */
export function attributes(root: string): Record<string, { mode: string; time: number }> {
  const names = ["", ...readdirSync(root, { recursive: true, encoding: "utf8" })].sort();
  return Object.fromEntries(
    names.map((name) => {
      const { mode, mtimeMs } = statSync(path.join(root, name));
      return [name, { mode: (mode & 0o777).toString(8), time: mtimeMs }];
    }),
  );
}
