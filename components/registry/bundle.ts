import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { bundleCode, codeOptions, ENTRY } from "./bundle-code.ts";

/** Path inside the image's context, with `/` -> bytes. */
export type BundleFiles = ReadonlyMap<string, Uint8Array>;

/** Where the bundle stands in the context: what the container's command names. */
export const BUNDLE_PATH = `dist/${ENTRY}`;

/** The part of an app's package.json that the bundle follows: npm's own fields, and one for the bundler. */
interface AppPackage {
  name?: string;
  version?: string;
  /** Entry file. npm's default: index.js. */
  main?: string;
  /** Folders and files that the app reads at run time, such as static assets. */
  files?: string[];
  /** Options of esbuild, by its names: `mainFields`, `alias`. */
  esbuild?: unknown;
}

/**
 * Bundles an app with its dependencies, and adds the static files that its package.json names.
 * The result depends on the app's content alone: the same bytes on every machine.
 * @param appPath - folder of the app, an npm package
 * @throws Error, one sentence, when the folder is not an app or does not bundle
 */
export function bundleApp(appPath: string): BundleFiles {
  const app = readPackage(appPath);
  const entry = path.resolve(appPath, app.main ?? "index.js");
  if (!existsSync(entry))
    throw new Error(
      `${path.join(appPath, "package.json")} names ${app.main ?? "no main (index.js by default)"}, but ${path.join(appPath, app.main ?? "index.js")} does not exist. Set main to the app's entry file.`,
    );
  const { code, map, type } = bundleCode(appPath, entry, codeOptions(appPath, app.esbuild));
  const files = new Map<string, Uint8Array>([
    [BUNDLE_PATH, code],
    [`${BUNDLE_PATH}.map`, map],
    // Without it Node would look further up for the module type of the bundle.
    [
      "package.json",
      Buffer.from(`${JSON.stringify({ name: app.name, version: app.version, type })}\n`),
    ],
  ]);
  for (const name of app.files ?? []) addStatic(files, appPath, name);
  return files;
}

function readPackage(appPath: string): AppPackage {
  const file = path.join(appPath, "package.json");
  if (!existsSync(file))
    throw new Error(
      `appPath is ${appPath}, but there is no ${file}. Point appPath to the folder of an npm package.`,
    );
  try {
    return JSON.parse(readFileSync(file, "utf8")) as AppPackage;
  } catch (error) {
    throw new Error(`${file} is not valid JSON: ${String(error)}`, { cause: error });
  }
}

function addStatic(files: Map<string, Uint8Array>, appPath: string, name: string): void {
  const source = path.join(appPath, name);
  const target = path.posix.normalize(name.replaceAll("\\", "/"));
  if (target.startsWith("../"))
    throw new Error(
      `${path.join(appPath, "package.json")} lists ${name} under files, but it is not in the app's folder. Move it there.`,
    );
  if (!existsSync(source))
    throw new Error(
      `${path.join(appPath, "package.json")} lists ${name} under files, but it does not exist. Remove it or add the folder.`,
    );
  if (statSync(source).isDirectory()) {
    for (const child of readdirSync(source).sort()) addStatic(files, appPath, `${name}/${child}`);
  } else if (!files.has(target)) {
    // An app whose own build writes dist/server.js still starts from the bundle.
    files.set(target, readFileSync(source));
  }
}
