import type { Config } from "../config.ts";

/** Part of the task's memory for the JavaScript heaps; the rest is for buffers, threads, code and the kernel. */
const HEAP_SHARE = 0.75;

/** Heap limit of each process in MiB; undefined when the size of the task is not known. */
export function heapLimitMiB({
  taskMemoryMiB,
  workers,
}: Pick<Config, "taskMemoryMiB" | "workers">): number | undefined {
  return taskMemoryMiB === undefined
    ? undefined
    : Math.floor((taskMemoryMiB * HEAP_SHARE) / workers);
}

/**
 * The flag of `node` that sets the limit. It bounds the whole heap; --max-old-space-size would leave out the young
 * generation, which may take another 192 MiB.
 */
export function heapFlags(limitMiB: number | undefined): string[] {
  return limitMiB === undefined ? [] : [`--max-heap-size=${limitMiB}`];
}

const HEAP_FLAG = /^--max[-_](?:old[-_]space|heap)[-_]size/;

/** Whether someone set a limit already, on the command line or in NODE_OPTIONS; that one stays. */
export function hasHeapFlag(execArgv: readonly string[], nodeOptions: string | undefined): boolean {
  return [...execArgv, ...(nodeOptions ?? "").split(/\s+/)].some((flag) => HEAP_FLAG.test(flag));
}

/**
 * Starts `node` again in the same process (same id, same descriptors) with the heap limit. V8 takes the limit only at its
 * start: v8.setFlagsFromString is without effect later. Costs about 20 ms of CPU.
 */
export function applyHeapLimit(config: Config): void {
  const limit = heapLimitMiB(config);
  if (limit === undefined || hasHeapFlag(process.execArgv, process.env["NODE_OPTIONS"])) return;
  // Absent on Windows.
  if (typeof process.execve !== "function") return;
  const argv = [
    process.execPath,
    ...heapFlags(limit),
    ...process.execArgv,
    ...process.argv.slice(1),
  ];
  process.execve(process.execPath, argv, process.env);
}
