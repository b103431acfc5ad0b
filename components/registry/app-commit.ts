import { execFileSync } from "node:child_process";

/** Longest time that git may take, in milliseconds. */
const TIMEOUT_MILLISECONDS = 5000;

/**
 * The commit that the app's folder is at: 40 (or 64) hexadecimal digits, with `-dirty` behind them where files of the
 * folder differ from it. Empty where git knows none: no repository, no commit, no git.
 * @param folder of the app; the repository may be another one than the program's
 */
export function appCommit(folder: string): string {
  try {
    const status = execFileSync(
      "git",
      // Leaves the index alone: a lock of ours would be in the way of the developer's own git.
      ["--no-optional-locks", "status", "--porcelain=v2", "--branch", "--", "."],
      {
        cwd: folder,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
        timeout: TIMEOUT_MILLISECONDS,
      },
    );
    return commitOf(status);
  } catch {
    // A name for people, which nothing depends on: no reason to refuse a deployment.
    return "";
  }
}

/**
 * Reads the commit out of `git status --porcelain=v2 --branch`: headers begin with `#`, every other line is a change.
 * Source: git-status(1), "Porcelain Format Version 2".
 */
export function commitOf(status: string): string {
  const lines = status.split("\n").filter((line) => line !== "");
  const [, commit] = /^# branch\.oid ([0-9a-f]{40,64})$/m.exec(status) ?? [];
  if (commit === undefined) return "";
  return lines.every((line) => line.startsWith("# ")) ? commit : `${commit}-dirty`;
}
