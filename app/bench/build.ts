import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

const ROOT = path.resolve(import.meta.dirname, "../..");
const HERE = import.meta.dirname;

/** Where the entry stands among the files of an image. */
const ENTRY = "dist/server.js";

/** Makes the files of an image, by path: the platform's own bundler, so that what is measured is what runs. */
export type Bundler = (appPath: string) => ReadonlyMap<string, Uint8Array>;

let bundleApp: Bundler = () => {
  throw new Error("No bundler was given.");
};

export function useBundler(bundler: Bundler): void {
  bundleApp = bundler;
}

/** Everything that the bench makes. */
export const SCRATCH: string = path.join(ROOT, ".build/bench/app");

/** Writes the files of an app's image and returns the path of its bundle. */
function stage(appPath: string, name: string): string {
  const folder = path.join(SCRATCH, name);
  rmSync(folder, { recursive: true, force: true });
  for (const [file, content] of bundleApp(appPath)) {
    const target = path.join(folder, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
  return path.join(folder, ENTRY);
}

/** The bundle of the image. */
export const buildImage = (): string => stage(path.join(ROOT, "app"), "image");

/** The app with a store that takes no time, bundled in the same way. */
export const buildSubject = (): string => stage(path.join(HERE, "subject"), "subject");

/** Installs the yardsticks, once for each lock file: they are no dependency of the project. @returns their folder. */
export function installYardsticks(): string {
  const source = path.join(HERE, "yardsticks");
  const target = path.join(SCRATCH, "yardsticks");
  const installed = path.join(target, "node_modules/.installed-lock.json");
  const lock = readFileSync(path.join(source, "package-lock.json"), "utf8");
  cpSync(source, target, { recursive: true });
  if (existsSync(installed) && readFileSync(installed, "utf8") === lock) return target;
  console.error("Installing Koa's and fastify's usual companions into .build/bench/app, once ...");
  const { status, stderr } = spawnSync("npm", ["ci", "--silent", "--no-audit", "--no-fund"], {
    cwd: target,
    encoding: "utf8",
  });
  if (status !== 0)
    throw new Error(`The yardsticks could not be installed: ${stderr.slice(-2000)}`);
  writeFileSync(installed, lock);
  return target;
}
