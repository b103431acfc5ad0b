import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  unlinkSync,
} from "node:fs";
import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { gitEnvironment } from "../../ecs/git-environment.ts";
import { PlanError } from "../../plan/errors.ts";

const run = promisify(execFile);

/** A hook of the developer has no business in a folder that lives for seconds. */
const GIT = ["-c", "core.hooksPath=/dev/null", "-c", "advice.detachedHead=false"];

function git(root: string, args: readonly string[]): Promise<{ stdout: string }> {
  return run("git", [...GIT, ...args], { cwd: root, env: gitEnvironment() });
}

export interface Revision {
  /** As it was given. */
  ref: string;
  /** Full hash. */
  commit: string;
}

/**
 * Finds the commit that a reference stands for.
 * @throws PlanError in one sentence
 */
export async function findRevision(root: string, ref: string): Promise<Revision> {
  try {
    const verify = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`];
    const { stdout } = await git(root, verify);
    return { ref, commit: stdout.trim() };
  } catch (error) {
    throw new PlanError(await whyNot(root, ref, error));
  }
}

async function whyNot(root: string, ref: string, error: unknown): Promise<string> {
  if ((error as NodeJS.ErrnoException).code === "ENOENT")
    return "--against needs git, and there is none on PATH.";
  const outputOf = (args: readonly string[]): Promise<string> =>
    git(root, args).then(
      ({ stdout }) => stdout.trim(),
      () => "",
    );
  if ((await outputOf(["rev-parse", "--is-inside-work-tree"])) !== "true")
    return `--against compares with another commit, but ${root} is no git repository.`;
  if ((await outputOf(["rev-parse", "--is-shallow-repository"])) === "true")
    return `--against ${ref}: this clone is shallow and does not reach it. Deepen it with git fetch --unshallow.`;
  return `--against ${ref}: there is no such commit, branch or tag here. Fetch it first, or see git branch --all.`;
}

/** What no plan reads, half of the files and more of the time. */
const LEFT_OUT = ["test", "docs", "bench"];

/**
 * Checks a commit out beside the repository for as long as `work` runs, with the installed packages of the working
 * tree. The folder is gone afterwards, whatever happens, an interrupt included.
 * @param root of the project, anywhere in the repository; `work` gets its place in the other tree
 * @param apps folders in it that have packages of their own
 * @throws PlanError when git refuses
 */
export async function withWorktree<T>(
  root: string,
  { ref, commit }: Revision,
  apps: readonly string[],
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const parent = await newFolder(root);
  // A template's project is called like its folder.
  const folder = path.join(parent, path.basename(root));
  const removeFolder = (): void => {
    rmSync(parent, { recursive: true, force: true });
  };
  const interrupted = (signal: NodeJS.Signals): void => {
    // What git noted of it is pruned by the next run.
    removeFolder();
    process.kill(process.pid, signal);
  };
  process.once("SIGINT", interrupted).once("SIGTERM", interrupted);
  try {
    const prefix = (await git(root, ["rev-parse", "--show-prefix"])).stdout.trim();
    const inside = prefix.replace(/\/$/, "");
    try {
      const add = ["worktree", "add", "--force", "--detach", "--no-checkout", "--quiet"];
      await git(root, [...add, folder, commit]);
      const unread = LEFT_OUT.filter((name) => !prefix.startsWith(`${name}/`));
      const excluded = unread.map((name) => `:(top,exclude)${name}`);
      await git(folder, ["checkout", "--quiet", commit, "--", ".", ...excluded]);
    } catch (error) {
      const { stderr } = error as { stderr?: string };
      const reason = stderr?.trim().split("\n").at(-1) ?? String(error);
      throw new PlanError(`--against ${ref}: git cannot check it out (${reason}).`);
    }
    const project = path.join(folder, inside);
    for (const place of ["", ...apps]) link(root, project, path.join(place, "node_modules"));
    if (inside !== "") link(path.resolve(root, path.relative(inside, "")), folder, "node_modules");
    linkWorkspace(folder);
    return await work(project);
  } finally {
    process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
    removeFolder();
    await git(root, ["worktree", "prune"]);
  }
}

/**
 * A new folder for one run. The same one each time, where no other run has it: compiled code is kept by the path of its
 * file, so that other names would be compiled anew, and kept, by every run.
 */
async function newFolder(root: string): Promise<string> {
  const name = createHash("sha256").update(root).digest("hex").slice(0, 12);
  const usual = path.join(tmpdir(), `plan-against-${name}`);
  try {
    // Fails where anything is there already, which may be somebody else's.
    await mkdir(usual, { mode: 0o700 });
    return usual;
  } catch {
    return mkdtemp(`${usual}-`);
  }
}

/** Package of the workspace, as the program imports it, and its folder. */
const WORKSPACE = ["@koa-fargate/workbench", "packages/workbench"] as const;

/**
 * The commit's own workbench in place of the working tree's, which its program would load otherwise: the folder of packages
 * becomes one of links.
 */
function linkWorkspace(folder: string): void {
  const [name, place] = WORKSPACE;
  const modules = path.join(folder, "node_modules");
  if (!existsSync(path.join(folder, place)) || !existsSync(modules)) return;
  const installed = realpathSync(modules);
  unlinkSync(modules);
  const scope = path.dirname(name);
  mkdirSync(path.join(modules, scope), { recursive: true });
  for (const entry of readdirSync(installed))
    if (entry !== scope) symlinkSync(path.join(installed, entry), path.join(modules, entry));
  symlinkSync(path.join(folder, place), path.join(modules, name), "dir");
}

function link(root: string, folder: string, modules: string): void {
  const [source, target] = [path.join(root, modules), path.join(folder, modules)];
  if (existsSync(source) && existsSync(path.dirname(target)) && !existsSync(target))
    symlinkSync(source, target, "dir");
}
