/** Fargate's task sizes: CPU units (1024 = one vCPU) and the memory that each allows, in MiB. Source: AWS, "Task CPU and memory", Amazon ECS Developer Guide. */

const steps = (from: number, to: number, step: number): readonly number[] =>
  Array.from({ length: (to - from) / step + 1 }, (_, index) => from + index * step);

const MEMORY_BY_CPU: ReadonlyMap<number, readonly number[]> = new Map([
  [256, [512, 1024, 2048]],
  [512, steps(1024, 4096, 1024)],
  [1024, steps(2048, 8192, 1024)],
  [2048, steps(4096, 16384, 1024)],
  [4096, steps(8192, 30720, 1024)],
  [8192, steps(16384, 61440, 4096)],
  [16384, steps(32768, 122880, 8192)],
]);

/** The CPU sizes that Fargate offers, ascending. */
export const TASK_CPUS: readonly number[] = [...MEMORY_BY_CPU.keys()];

/** The memory sizes that Fargate allows with this many CPU units; empty for a CPU size that does not exist. */
export function memoriesFor(cpu: number): readonly number[] {
  return MEMORY_BY_CPU.get(cpu) ?? [];
}
