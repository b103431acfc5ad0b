import { execFileSync } from "node:child_process";
import { gitEnvironment } from "@koa-fargate/workbench/ecs";

/** Longest time that git may take, in milliseconds: only one that hangs does, however busy the machine is. */
const TIMEOUT_MILLISECONDS = 60_000;

/**
 * The commit that the app's folder is at: 40 (or 64) hexadecimal digits, with `-dirty` behind them where files of the
 * folder differ from it. Empty where git knows none: no repository, no commit, no git, or a folder that it does not track.
 * @param folder of the app; the repository may be another one than the program's
 */
export function appCommit(folder: string): string {
  try {
    return commitOf(status(folder));
  } catch {
    // A name for people, which nothing depends on: no reason to refuse a deployment.
    return "";
  }
}

function status(folder: string): string {
  const options = ["--porcelain=v2", "--branch", "--untracked-files=normal", "--ignored=matching"];
  // Leaves the index alone: a lock of ours would be in the way of the developer's own git.
  return execFileSync("git", ["--no-optional-locks", "status", ...options, "--", "."], {
    cwd: folder,
    encoding: "utf8",
    env: gitEnvironment(),
    stdio: ["ignore", "pipe", "ignore"],
    timeout: TIMEOUT_MILLISECONDS,
  });
}

/**
 * Reads the commit out of `git status --porcelain=v2 --branch --ignored`: headers begin with `#`, what is ignored with
 * `!`, every other line is a change. The folder itself, `./`, stands there only if git tracks nothing in it.
 * Source: git-status(1), "Porcelain Format Version 2".
 */
export function commitOf(status: string): string {
  const [, commit] = /^# branch\.oid ([0-9a-f]{40,64})$/m.exec(status) ?? [];
  if (commit === undefined || /^[?!] \.\/$/m.test(status)) return "";
  return /^[^#!]/m.test(status) ? `${commit}-dirty` : commit;
}
