import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { ToolError } from "../../lib/command-line.ts";

/** What installs an app's dependencies and runs its scripts. */
export interface Client {
  name: "npm" | "pnpm" | "yarn";
  /** Arguments that install exactly what the lock file says; without one, what package.json says, and writes none. */
  install: readonly string[];
  /** What decided. */
  reason: string;
}

/** A folder whose dependencies cannot be installed, in one sentence. */
export class AppError extends ToolError {
  override readonly name = "AppError";
}

const QUIET = ["--no-audit", "--no-fund"];

/** Yarn 2 and later name the version of their own format; yarn 1 wrote `# yarn lockfile v1`. */
const isModernYarn = (lock: string): boolean => /^__metadata:/m.test(lock);

const NO_SCRIPTS = "--ignore-scripts";

interface Installer {
  name: Client["name"];
  install: readonly string[];
  /** Option that leaves install scripts out. */
  noScripts: string;
}

const NPM: Installer = { name: "npm", install: ["ci", ...QUIET], noScripts: NO_SCRIPTS };

const LOCK_FILES: Readonly<Record<string, (lock: string) => Installer>> = {
  "package-lock.json": () => NPM,
  "npm-shrinkwrap.json": () => NPM,
  "pnpm-lock.yaml": () => ({
    name: "pnpm",
    install: ["install", "--frozen-lockfile"],
    noScripts: NO_SCRIPTS,
  }),
  "yarn.lock": (lock) =>
    isModernYarn(lock)
      ? { name: "yarn", install: ["install", "--immutable"], noScripts: "--mode=skip-build" }
      : { name: "yarn", install: ["install", "--frozen-lockfile"], noScripts: NO_SCRIPTS },
};

/**
 * The client whose lock file lies in an app's folder; npm where there is none.
 * @throws AppError where the lock files of several clients do
 */
export function clientOf(folder: string, options: { ignoreScripts?: boolean } = {}): Client {
  const found = Object.keys(LOCK_FILES).filter((file) => existsSync(path.join(folder, file)));
  const [file, second] = found;
  if (second !== undefined)
    throw new AppError(
      `${folder} has ${found.join(" and ")}, and one of them is out of date: delete the one that you do not use.`,
    );
  const read = file === undefined ? "" : readFileSync(path.join(folder, file), "utf8");
  const { name, install, noScripts } = LOCK_FILES[file ?? ""]?.(read) ?? {
    ...NPM,
    install: ["install", "--no-package-lock", ...QUIET],
  };
  return {
    name,
    install: options.ignoreScripts === true ? [...install, noScripts] : install,
    reason: file ?? "no lock file",
  };
}
