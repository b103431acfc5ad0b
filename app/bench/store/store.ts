import { spawnSync } from "node:child_process";
import path from "node:path";

const QUICK_EVENTS = 100_000;

/** The bench of the SQLite store, in a process of its own: it counts the CPU time of all its threads. */
export function benchStore(quick: boolean): void {
  const script = path.join(import.meta.dirname, "sqlite.ts");
  const args = quick ? [script, String(QUICK_EVENTS)] : [script];
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
  if (status !== 0) throw new Error(`${script} ended with ${String(status)}.`);
}
