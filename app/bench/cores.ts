import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";

/** Servers run on core 0, load on core 1, where `taskset` (util-linux) is there and the machine has two cores. */
export const PINNED: boolean =
  process.platform === "linux" &&
  availableParallelism() > 1 &&
  spawnSync("taskset", ["--version"]).status === 0;

/** A command line that runs the command on the core of the servers. */
export function onServerCore(command: readonly string[]): string[] {
  return PINNED ? ["taskset", "-c", "0", ...command] : [...command];
}

/** Moves this process, which makes the load, to its core; the returned function gives all cores back. */
export function pinLoad(): () => void {
  if (!PINNED) return () => undefined;
  setCores("1");
  return () => {
    setCores(`0-${availableParallelism() - 1}`);
  };
}

function setCores(list: string): void {
  const args = ["--all-tasks", "--cpu-list", "--pid", list, String(process.pid)];
  const { status, stderr } = spawnSync("taskset", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`taskset refused the cores ${list}: ${stderr}`);
}
