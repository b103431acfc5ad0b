import { globSync } from "node:fs";

/**
 * How soon a test runs. `fast` needs nothing but Node: every `npm test`. `parts` asks for a part of another kind (Docker, the
 * Pulumi engine, a browser, an emulator, a linter): every pull request. `long` repeats much of it: every night.
 */
export type Tier = "fast" | "parts" | "long";

export const TIERS: readonly Tier[] = ["fast", "parts", "long"];

/** By the file's name: `x.test.ts`, `x.parts.test.ts`, `x.long.test.ts`. */
export function tierOf(file: string): Tier {
  const [, tier = "fast"] = /\.(parts|long)\.test\.ts$/.exec(file) ?? [];
  return tier as Tier;
}

/** Test files of the program and the workbench, sorted; those of the app are its own. */
export const testFiles = (root: string): string[] =>
  globSync("{test,packages/*/test}/**/*.test.ts", { cwd: root }).sort();

/** Whether an argument names files, rather than something for mocha: it ends in `.ts`, or is a folder's path and no option's value. */
export const namesFiles = (arg: string, index: number, args: readonly string[]): boolean =>
  arg.endsWith(".ts") ||
  (arg.includes("/") && !arg.startsWith("-") && !(args[index - 1] ?? "").startsWith("-"));

/**
 * The files that somebody names: by a path or a pattern as they are, by a name alone wherever they lie, by a folder those
 * of the tier below it.
 * @param files those that there are
 * @throws Error, one sentence, for a name that no file has
 */
export const namedFiles = (
  names: readonly string[],
  files: readonly string[],
  tier: Tier,
): string[] =>
  names.flatMap((name) => {
    const isFile = name.endsWith(".ts");
    if (isFile && /[/*]/.test(name)) return name;
    const folder = `${name.replace(/^\.\/|\/+$/g, "")}/`;
    const found = files.filter((file) =>
      isFile ? file.endsWith(`/${name}`) : tierOf(file) === tier && file.startsWith(folder),
    );
    if (found.length > 0) return found;
    const what = isFile ? `is no test file ${name}` : `are no ${tier} tests in a folder ${name}`;
    throw new Error(`There ${what}; those of the app run in its own folder.`);
  });

/** By file: how long it took, and how much its own process computed meanwhile, all of its threads. Both in seconds. */
export type Took = Readonly<Record<string, readonly [seconds: number, cpu: number]>>;

/** Of a file of which no run is on record. */
const UNKNOWN = [0.15, 0.15] as const;

/** Most of its time that a file computes which mostly waits for other processes. */
const WAITING = 0.2;

/**
 * What runs side by side: a group for each core, and beside them one of files that mostly wait for processes which they
 * start, for there a core would idle. Those come first that compute least, for less than the group's share of the time:
 * what waits takes as long when the cores are free.
 * @param took as far as it is on record
 */
export function sideBySide(files: readonly string[], took: Took, cores: number): string[][] {
  const secondsOf = (file: string): number => (took[file] ?? UNKNOWN)[0];
  const computes = (file: string): number => (took[file] ?? UNKNOWN)[1] / secondsOf(file);
  let left = files.reduce((sum, file) => sum + secondsOf(file), 0) / (cores + 1.5);
  const waiting = new Set<string>();
  for (const file of [...files].sort((a, b) => computes(a) - computes(b))) {
    if (computes(file) >= WAITING || secondsOf(file) > left) continue;
    waiting.add(file);
    left -= secondsOf(file);
  }
  const others = files.filter((file) => !waiting.has(file));
  return [...deal(others, took, cores), ...deal([...waiting], took, 1)];
}

/**
 * Deals files out so that every group takes about as long: the longest first, each to the group that has least to do.
 * @param took as far as it is on record
 */
export function deal(files: readonly string[], took: Took, groups: number): string[][] {
  const cost = (file: string): number => (took[file] ?? UNKNOWN)[0];
  const dealt = Array.from({ length: groups }, () => ({ total: 0, files: [] as string[] }));
  for (const file of [...files].sort((a, b) => cost(b) - cost(a) || (a < b ? -1 : 1))) {
    const least = dealt.reduce((best, group) => (group.total < best.total ? group : best));
    least.total += cost(file);
    least.files.push(file);
  }
  return dealt.map((group) => group.files);
}

/** `2/4`: the second of four. @throws Error in a sentence */
export function parseShard(text: string): { index: number; of: number } {
  const [, index = 0, of = 0] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (index < 1 || index > of)
    throw new Error(`--shard is ${text}, but has to be like 2/4, the second of four.`);
  return { index, of };
}
