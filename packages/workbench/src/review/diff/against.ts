import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { runCommand } from "../../lib/command.ts";
import { compileCache } from "../../lib/compile-cache.ts";
import { PlanError } from "../../plan/errors.ts";
import { planAny } from "../../plan/general/any.ts";
import { appFolders, loadWorkbenchConfig } from "../../project/workbench-config.ts";
import { lastLine, PRINT } from "../../plan/own-process.ts";
import { stackNames } from "../../plan/project.ts";
import type { Overrides } from "../../plan/stack-config.ts";
import type { Plan } from "../../plan/types.ts";
import { defined } from "../../lib/defined.ts";
import { difference, type PlanDifference } from "./difference.ts";
import { findRevision, withWorktree, type Revision } from "./worktree.ts";

export interface AgainstRequest {
  stack: string;
  /** Commit, branch or tag to compare the working tree with. */
  ref: string;
  /** Configuration of the working tree's side alone: what would this value change? */
  overrides?: Overrides;
  /** Folder of Pulumi.yaml. @default the repository */
  root?: string;
}

const REPOSITORY = process.cwd();

/**
 * Plans the working tree and another commit at the same time, each by its own code, and compares the plans.
 * @param print takes what the program prints
 * @throws PlanError in one sentence
 */
export async function planAgainst(
  request: AgainstRequest,
  print?: (text: string) => void,
): Promise<PlanDifference> {
  const { stack, ref, overrides = {}, root = REPOSITORY } = request;
  const revision = await findRevision(root, ref);
  const apps = appFolders(root, await loadWorkbenchConfig(root));
  return withWorktree(root, revision, apps, async (folder) => {
    const isKnown = await hasStack(folder, stack, root);
    const [before, after, packages] = await Promise.all([
      isKnown ? planFolder(folder, stack, revision) : undefined,
      planAny({ stack, overrides, root }, print),
      samePackages(root, folder, apps),
    ]);
    const notes = isKnown ? [] : [`${ref} has no stack ${stack}: all of it is new.`];
    // Programs name files by their whole path.
    const moved = (plan: Plan) => JSON.parse(JSON.stringify(plan).replaceAll(folder, root)) as Plan;
    const found = difference(revision, before ? moved(before) : nothing(after), after, notes);
    const file = await read(root, `Pulumi.${stack}.yaml`);
    for (const change of found.changes.config) {
      const line = lineOfKey(file, change.path);
      if (line !== undefined) change.source = `Pulumi.${stack}.yaml:${line}`;
    }
    return { ...found, ...defined({ packages }) };
  });
}

/** Whether a folder has the stack: a project without stack files, here as there, has any. */
async function hasStack(folder: string, stack: string, root: string): Promise<boolean> {
  const names = await stackNames(folder).catch((): string[] => []);
  if (names.includes(stack)) return true;
  return existsSync(path.join(folder, "Pulumi.yaml")) && (await stackNames(root)).length === 0;
}

/** Where a commit may have the plan: the second is from before the workbench was a package. */
const OWN = ["packages/workbench/src/review/cli.ts", "tools/plan/cli.ts"];

/** A plan made by the code of another commit: in a process of its own, for modules are loaded once. */
async function planFolder(folder: string, stack: string, { ref, commit }: Revision): Promise<Plan> {
  const own = OWN.map((file) => path.join(folder, file)).find((file) => existsSync(file));
  // From before the plan: today's tool reads yesterday's program.
  const command = own ? [own, stack, "--json"] : [PRINT, JSON.stringify({ root: folder, stack })];
  const env = { NO_COLOR: "1", FORCE_COLOR: undefined, ...compileCache() };
  const { stdout, stderr, code } = await runCommand(process.execPath, command, {
    cwd: folder,
    env,
  });
  if (code === 0)
    try {
      return own === undefined ? lastLine(stdout) : (JSON.parse(stdout) as Plan);
    } catch {
      // Falls through: what is no JSON is no plan.
    }
  const reason = (stderr.trim() === "" ? stdout : stderr).trim().split("\n").slice(0, 12);
  throw new PlanError(
    `${ref} (${commit.slice(0, 7)}) cannot be planned: ${reason.length === 1 ? (reason[0] ?? "") : `\n  ${reason.join("\n  ")}`}`,
  );
}

/** The plan of a stack that is not there yet. */
function nothing(after: Plan): Plan {
  return { ...after, config: {}, resources: [], invokes: [], outputs: {}, warnings: [] };
}

/** What the comparison cannot show, where the commits differ in their packages. */
async function samePackages(
  root: string,
  folder: string,
  apps: readonly string[],
): Promise<string | undefined> {
  const locks = ["", ...apps].map((place) => path.join(place, "package-lock.json"));
  const differ = await Promise.all(
    locks.map(async (file) => (await read(root, file)) !== (await read(folder, file))),
  );
  const changed = locks.filter((_, index) => differ[index]);
  return changed.length === 0
    ? undefined
    : `${changed.join(" and ")} ${changed.length === 1 ? "differs" : "differ"}: both sides were planned with the packages that are installed now, so what another version of them changes is not seen offline.`;
}

/** Line of a key of `config:`, from 1; undefined where another file, or a default, has it. */
function lineOfKey(file: string, path: string): number | undefined {
  // `awakeHours.days[0]`, or `["aws:region"]` of a key with a namespace.
  const [, named, own = ""] = /^(?:\["([^"]+)"\]|([^.[]+))/.exec(path) ?? [];
  const wanted = (key: string): boolean => key === named || key.split(":")[1] === own;
  const index = file.split("\n").findIndex((line) => wanted(keyOf(line)));
  return index === -1 ? undefined : index + 1;
}

/** `koa-fargate:taskCpu` of an indented line `koa-fargate:taskCpu: 512`. */
const keyOf = (line: string): string => /^\s+(\S+?):(?:\s|$)/.exec(line)?.[1] ?? "";

function read(folder: string, file: string): Promise<string> {
  return readFile(path.join(folder, file), "utf8").catch(() => "");
}
