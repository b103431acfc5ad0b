import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";
import { main } from "./process/main.ts";

/** True when this file is what `node` was started with, and not imported by a test. */
function isEntry(): boolean {
  const [, script] = process.argv;
  if (script === undefined) return false;
  return realpathSync(script) === fileURLToPath(import.meta.url);
}

/** In the bundle the threads of the SQLite store begin with the same file. */
async function serveStore(): Promise<void> {
  const { isStoreThread, runStoreThread } = await import("./store/sqlite/thread.ts");
  if (isStoreThread()) runStoreThread();
}

if (isMainThread && isEntry()) void main();
else if (!isMainThread) void serveStore();
