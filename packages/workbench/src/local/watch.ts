import { watch, type FSWatcher } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** Editors write a file in several steps, and a checkout changes many: one call for all of them. */
const QUIET_MS = 200;

/** Folders that are not source: dependencies and everything hidden. */
function skipped(name: string): boolean {
  return name === "node_modules" || name.startsWith(".");
}

/**
 * Calls `onChange` once for each burst of changes below `folder`, without node_modules and hidden
 * folders. Returns a function that ends the watch.
 */
export async function watchFolder(folder: string, onChange: () => void): Promise<() => void> {
  const watchers = new Map<string, FSWatcher>();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const add = async (path: string): Promise<void> => {
    if (closed || watchers.has(path)) return;
    let watcher: FSWatcher;
    try {
      // One folder each: a recursive watch would take in node_modules with all its files.
      watcher = watch(path, (_, name) => {
        changed(path, name);
      });
    } catch {
      // Gone again.
      return;
    }
    watchers.set(path, watcher);
    watcher.on("error", () => {
      drop(path);
    });
    const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
    const folders = entries.filter((entry) => entry.isDirectory() && !skipped(entry.name));
    await Promise.all(folders.map((entry) => add(join(path, entry.name))));
  };

  const drop = (path: string): void => {
    watchers.get(path)?.close();
    watchers.delete(path);
  };

  const changed = (path: string, name: string | null): void => {
    if (closed || (name !== null && skipped(name))) return;
    // A new folder needs a watch of its own; a file is no folder, which readdir tells in `add`.
    if (name !== null) void addIfFolder(join(path, name));
    clearTimeout(timer);
    timer = setTimeout(onChange, QUIET_MS);
  };

  const addIfFolder = async (path: string): Promise<void> => {
    const isFolder = await readdir(path).then(
      () => true,
      () => false,
    );
    if (isFolder) await add(path);
    else drop(path);
  };

  await add(folder);
  return () => {
    closed = true;
    clearTimeout(timer);
    for (const path of [...watchers.keys()]) drop(path);
  };
}
