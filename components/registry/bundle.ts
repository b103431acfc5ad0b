import { buildSync, type BuildFailure, type BuildOptions } from "esbuild";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

/** Path inside the image's context, with `/` -> content. */
export type ContextFiles = ReadonlyMap<string, Uint8Array>;

/** Where the bundle stands in the context: what the container's command names. */
export const BUNDLE_PATH = "dist/server.js";

/** The part of an app's package.json that the bundle follows. Both are npm's own fields. */
interface AppPackage {
  name?: string;
  version?: string;
  /** Entry file. npm's default: index.js. */
  main?: string;
  /** Folders and files that the app reads at run time, such as static assets. */
  files?: string[];
}

/**
 * Bundles an app with its dependencies into one file, and adds the static files that its package.json names.
 * The result depends on the app's content alone: the same bytes on every machine.
 * @param appPath - folder of the app, an npm package
 * @throws Error, one sentence, when the folder is not an app or does not bundle
 */
export function bundleApp(appPath: string): ContextFiles {
  const app = readPackage(appPath);
  const entry = path.resolve(appPath, app.main ?? "index.js");
  if (!existsSync(entry))
    throw new Error(
      `${path.join(appPath, "package.json")} names ${app.main ?? "no main (index.js by default)"}, but ${path.join(appPath, app.main ?? "index.js")} does not exist. Set main to the app's entry file.`,
    );
  const { code, type } = bundle(appPath, entry);
  const files = new Map<string, Uint8Array>([
    [BUNDLE_PATH, code],
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

const IMPORT_META =
  'const __importMeta={url:require("node:url").pathToFileURL(__filename).href,dirname:__dirname,filename:__filename,main:require.main===module};';

/** CommonJS starts faster; an app with top-level await needs an ES module. */
function bundle(appPath: string, entry: string): { code: Uint8Array; type: "commonjs" | "module" } {
  const common: BuildOptions = {
    entryPoints: [entry],
    absWorkingDir: path.resolve(appPath),
    bundle: true,
    platform: "node",
    target: "node24",
    minify: true,
    legalComments: "none",
    logLevel: "silent",
    write: false,
    outfile: "server.js",
  };
  const build = (options: BuildOptions): Uint8Array => {
    const [output] = buildSync({ ...common, ...options }).outputFiles ?? [];
    return output?.contents ?? new Uint8Array();
  };
  try {
    const code = build({
      format: "cjs",
      // CommonJS has no import.meta; what esbuild leaves of it is undefined at run time.
      define: { "import.meta": "__importMeta" },
      banner: { js: IMPORT_META },
    });
    return { code, type: "commonjs" };
  } catch (error) {
    if (!isTopLevelAwait(error)) throw refuse(appPath, error);
  }
  try {
    const code = build({
      format: "esm",
      // Bundled CommonJS dependencies still call require for Node's own modules.
      banner: {
        js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
      },
    });
    return { code, type: "module" };
  } catch (error) {
    throw refuse(appPath, error);
  }
}

const errorsOf = (error: unknown): BuildFailure["errors"] =>
  (error as Partial<BuildFailure>).errors ?? [];

const isTopLevelAwait = (error: unknown): boolean =>
  errorsOf(error).some(({ text }) => text.startsWith("Top-level await"));

function refuse(appPath: string, error: unknown): Error {
  const [first, ...more] = errorsOf(error);
  if (first === undefined) return error instanceof Error ? error : new Error(String(error));
  const where = first.location
    ? `${path.join(appPath, first.location.file)}:${first.location.line}: `
    : "";
  const rest =
    more.length === 0 ? "" : ` (and ${more.length} more ${more.length === 1 ? "error" : "errors"})`;
  return new Error(`The app in ${appPath} does not bundle: ${where}${first.text}${rest}`);
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
