import { buildSync, type BuildFailure, type BuildOptions } from "esbuild";
import { statSync } from "node:fs";
import { isBuiltin } from "node:module";
import path from "node:path";

/** What the bundle is called. */
export const ENTRY = "server.js";

/** What an app may say to its bundler, by esbuild's names and meanings (https://esbuild.github.io/api/). */
export interface CodeOptions {
  /**
   * Fields of a dependency's package.json that name its entry. `["module", "main"]` takes the ES modules of packages that
   * have both, of which unused parts are left out.
   * @default - what Node itself takes
   */
  readonly mainFields?: readonly string[];
}

export interface Code {
  readonly code: Uint8Array;
  readonly type: "commonjs" | "module";
}

/**
 * Checks the field `esbuild` of an app's package.json.
 * @throws Error, one sentence, for what a bundle does not take
 */
export function codeOptions(appPath: string, value: unknown): CodeOptions {
  const refuse = (what: string): Error =>
    new Error(
      `${path.join(appPath, "package.json")} sets esbuild${what}. The bundle takes mainFields, a list of names.`,
    );
  if (value === undefined) return {};
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw refuse(` to ${JSON.stringify(value)}, which is no object`);
  for (const [key, option] of Object.entries(value)) {
    if (key !== "mainFields" || !isList(option) || option.length === 0)
      throw refuse(`.${key} to ${JSON.stringify(option)}`);
  }
  return value;
}

const isList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === "string" && item !== "");

/** CommonJS starts faster: the first `import` of node:http in an ES module evaluates every lazy export of it. */
const COMMONJS: BuildOptions = {
  format: "cjs",
  // CommonJS has no import.meta.
  define: { "import.meta": "__importMeta" },
  banner: {
    js: [
      'const __importMeta={url:require("node:url").pathToFileURL(__filename).href,dirname:__dirname,filename:__filename,',
      "main:require.main===module};",
      "const __importBuiltin=async name=>{const module=require(name);return Object.create(module,{default:{value:module}})};",
    ].join(""),
  },
};

/** An app with top-level await needs an ES module. */
const MODULE: BuildOptions = {
  format: "esm",
  // Bundled CommonJS dependencies still call require for Node's own modules.
  banner: {
    js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
  },
};

/**
 * Where a wrapped module lay on this machine, which esbuild writes for profilers beside the names that stay. It differs where
 * a folder of packages is a link.
 */
const WRAPPER_PATHS = /(?<=\b__(?:commonJS|esm)\(\{)"[^"]*"(?=\()/g;

/** `import()` of a literal name, which esbuild leaves as it is where nothing is to be bundled. */
const DYNAMIC_IMPORT = /(?<![\w$.])import\(("[^"\\]+")\)/g;

/**
 * `import("node:http")` evaluates every lazy export of it (WebSocket's implementation, half of the CPU time in which node:http
 * starts); the SDK of AWS does it for the credentials of a task. `require` does not.
 */
const requireBuiltins = (code: string): string =>
  code.replaceAll(DYNAMIC_IMPORT, (whole, name: string) =>
    isBuiltin(name.slice(1, -1)) ? `__importBuiltin(${name})` : whole,
  );

interface Bundled extends Code {
  /** What the bundle was made of: modification time and size by file. */
  readonly inputs: ReadonlyMap<string, string>;
}

const bundled = new Map<string, Bundled>();

/** Changes whenever the file does; empty for one that is gone, or never lay on the disk. */
function stamp(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats === undefined ? "" : `${stats.mtimeMs} ${stats.size}`;
}

/**
 * Bundles an entry file with its dependencies into one file. The bytes depend on the content alone: a process that plans
 * several stacks does it once, as long as none of the files changes.
 * @throws Error, one sentence, when it does not bundle
 */
export function bundleCode(appPath: string, entry: string, options: CodeOptions): Code {
  const key = JSON.stringify([path.resolve(appPath), entry, options]);
  const before = bundled.get(key);
  if (before !== undefined && [...before.inputs].every(([file, was]) => stamp(file) === was))
    return before;
  const made = bundle(appPath, entry, options);
  bundled.set(key, made);
  return made;
}

function bundle(appPath: string, entry: string, options: CodeOptions): Bundled {
  const absWorkingDir = path.resolve(appPath);
  const built = (format: BuildOptions): { code: string; inputs: Bundled["inputs"] } => {
    const { outputFiles = [], metafile } = buildSync({
      platform: "node",
      target: "node24",
      // Errors, logs and frameworks name functions and classes as the source does. Not by `minify` with `keepNames`, which
      // names every closure anew whenever it is made: 20 us more for a request.
      minifySyntax: true,
      minifyWhitespace: true,
      legalComments: "none",
      logLevel: "silent",
      ...(options.mainFields === undefined ? {} : { mainFields: [...options.mainFields] }),
      entryPoints: [entry],
      absWorkingDir,
      bundle: true,
      outfile: ENTRY,
      write: false,
      metafile: true,
      ...format,
    });
    const files = Object.keys(metafile?.inputs ?? {}).map((file) => path.join(absWorkingDir, file));
    return {
      code: (outputFiles[0]?.text ?? "").replaceAll(WRAPPER_PATHS, '"_"'),
      inputs: new Map(files.map((file) => [file, stamp(file)])),
    };
  };
  try {
    const { code, inputs } = built(COMMONJS);
    return { code: Buffer.from(requireBuiltins(code)), inputs, type: "commonjs" };
  } catch (error) {
    if (!isTopLevelAwait(error)) throw refuse(appPath, error);
  }
  try {
    const { code, inputs } = built(MODULE);
    return { code: Buffer.from(code), inputs, type: "module" };
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
  // A package, not a file of the app's own.
  const advice = /^Could not resolve "[^./]/.test(first.text)
    ? ". Are its packages installed? Run npm ci here; a new one is added by npm install in that folder."
    : "";
  return new Error(`The app in ${appPath} does not bundle: ${where}${first.text}${rest}${advice}`);
}
