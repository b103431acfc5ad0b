/** Where a program starts, by the rules of Pulumi itself (pulumi/pulumi, sdk/nodejs/cmd/run/run.ts and GetPwdMain). */
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { PlanError } from "../errors.ts";
import { isMap } from "../wire.ts";

export interface Entry {
  /** The file that is loaded first. */
  file: string;
  /** Working directory of the program. */
  folder: string;
  /** Whether `import` loads it; else `require` does. */
  esm: boolean;
}

/**
 * @param main of Pulumi.yaml; undefined leaves it to package.json and then to index.*
 * @throws PlanError in one sentence
 */
export function findEntry(root: string, main: string | undefined): Entry {
  const start = join(root, main ?? "");
  if (!existsSync(start))
    throw new PlanError(`Pulumi.yaml: main is ${JSON.stringify(main)}, which does not exist.`);
  const isFolder = statSync(start).isDirectory();
  const folder = isFolder ? start : dirname(start);
  const packageFolder = nearestPackage(folder) ?? root;
  const manifest = readManifest(packageFolder);
  const named = isFolder ? entryOf(manifest) : undefined;
  const path = named === undefined ? start : join(packageFolder, named);
  const file = existsSync(path) ? fileOf(path) : fileOf(start);
  if (file === undefined)
    throw new PlanError(
      `${relative(root, start) || "The folder"} holds no index.ts or index.js: set main in Pulumi.yaml, or build the program first.`,
    );
  return { file, folder, esm: isEsm(file, manifest) };
}

/** Whether Node takes the file as an ES module, given the package.json that it belongs to. */
export function isEsm(file: string, manifest: Record<string, unknown>): boolean {
  if (/\.m[jt]s$/.test(file)) return true;
  return !/\.c[jt]s$/.test(file) && manifest["type"] === "module";
}

/** The folder of the next package.json upwards. */
export function nearestPackage(folder: string): string | undefined {
  if (existsSync(join(folder, "package.json"))) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : nearestPackage(parent);
}

const manifests = new Map<string, Record<string, unknown>>();

/** package.json of a folder; empty where there is none. */
export function readManifest(folder: string): Record<string, unknown> {
  const known = manifests.get(folder);
  if (known !== undefined) return known;
  const path = join(folder, "package.json");
  let manifest: unknown = {};
  try {
    if (existsSync(path)) manifest = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    throw new PlanError(`${path} is not valid JSON.`);
  }
  const read = isMap(manifest) ? manifest : {};
  manifests.set(folder, read);
  return read;
}

function entryOf(manifest: Record<string, unknown>): string | undefined {
  const { exports } = manifest;
  const own = isMap(exports) ? exports["."] : exports;
  const named = isMap(own) ? (own["default"] ?? own["require"] ?? own["import"]) : own;
  if (typeof named === "string") return named;
  return exports === undefined && typeof manifest["main"] === "string"
    ? manifest["main"]
    : undefined;
}

const INDEX = ["js", "mjs", "cjs", "ts", "mts", "cts", "tsx"].map((end) => `index.${end}`);

function fileOf(path: string): string | undefined {
  if (!statSync(path).isDirectory()) return path;
  return INDEX.map((name) => join(path, name)).find((file) => existsSync(file));
}
