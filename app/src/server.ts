import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";
import { main } from "./process/main.ts";

/** True when this file is what `node` was started with, and not imported by a test or a worker thread. */
function isEntry(): boolean {
  const [, script] = process.argv;
  if (!isMainThread || script === undefined) return false;
  return realpathSync(script) === fileURLToPath(import.meta.url);
}

if (isEntry()) void main();
