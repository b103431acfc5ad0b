import { spawnSync } from "node:child_process";

/** What one run of a command cost. */
export interface Cost {
  /** User and system time of the command and its children, in seconds. */
  cpu: number;
  wall: number;
}

export interface Command {
  name: string;
  args: readonly [string, ...string[]];
  cwd: string;
  env?: NodeJS.ProcessEnv;
}

/**
 * Runs a command to its end.
 * @throws Error with its output when it fails
 */
export function measure({ name, args, cwd, env }: Command): Cost {
  // bash's own `time` counts children too, and needs no tool that a machine may lack.
  const script = 'TIMEFORMAT="%U %S %R"; time "$@" >/dev/null 2>"$BENCH_ERRORS"';
  const { status, stderr } = spawnSync("bash", ["-c", script, "bash", ...args], {
    cwd,
    env: { ...process.env, BENCH_ERRORS: "/dev/null", ...env },
    encoding: "utf8",
  });
  const [user, system, wall] = stderr.trim().split("\n").at(-1)?.split(" ").map(Number) ?? [];
  if (status !== 0 || user === undefined || system === undefined || wall === undefined)
    throw new Error(`${name}: ${args.join(" ")} ended with ${String(status)} in ${cwd}\n${stderr}`);
  return { cpu: user + system, wall };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1
    ? (sorted[Math.floor(middle)] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

/** `min / median / max`, two digits each. */
export function spread(values: readonly number[]): string {
  return [Math.min(...values), median(values), Math.max(...values)]
    .map((value) => value.toFixed(2))
    .join(" / ");
}

/** One round runs each command once, so that a slow minute of the machine meets them all. */
export function interleaved(commands: readonly Command[], rounds: number): Map<string, Cost[]> {
  const costs = new Map<string, Cost[]>(commands.map(({ name }) => [name, []]));
  for (const command of commands) measure(command);
  for (let round = 0; round < rounds; round++)
    for (const command of commands) costs.get(command.name)?.push(measure(command));
  return costs;
}
