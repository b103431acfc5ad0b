import { isMap } from "@koa-fargate/workbench/project";
import { buildSync, type BuildFailure, type BuildOptions } from "esbuild";
import { readFileSync, statSync } from "node:fs";
import { isBuiltin } from "node:module";
import path from "node:path";
import {
  decoded,
  edited,
  laidOut,
  sourceNames,
  type Replacement,
  type SourceMap,
} from "./source-map.ts";

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
  /** What is bundled in place of a package, by its name: another package, or a file by a path that begins with `./`. */
  readonly alias?: Readonly<Record<string, string>>;
}

export interface Code {
  readonly code: Uint8Array;
  /** Source map, which lies beside the code under its name and `.map`. */
  readonly map: Uint8Array;
  readonly type: "commonjs" | "module";
}

/**
 * Checks the field `esbuild` of an app's package.json.
 * @throws Error, one sentence, for what a bundle does not take
 */
export function codeOptions(appPath: string, value: unknown): CodeOptions {
  const refuse = (what: string): Error =>
    new Error(
      `${path.join(appPath, "package.json")} sets esbuild${what}. The bundle takes mainFields, a list of names, and alias, names by name.`,
    );
  if (value === undefined) return {};
  if (!isMap(value)) throw refuse(` to ${JSON.stringify(value)}, which is no object`);
  for (const [key, option] of Object.entries(value)) {
    if (!(OPTIONS.get(key)?.(option) ?? false))
      throw refuse(`.${key} to ${JSON.stringify(option)}`);
  }
  return value;
}

const isName = (value: unknown): boolean => typeof value === "string" && value !== "";
const OPTIONS = new Map<string, (value: unknown) => boolean>([
  ["mainFields", (value) => Array.isArray(value) && value.length > 0 && value.every(isName)],
  ["alias", (value) => isMap(value) && Object.values(value).every(isName)],
]);

/** What each bundle begins with. */
const BUNDLE_START = readFileSync(path.join(import.meta.dirname, "bundle-start.cjs"), "utf8")
  .replaceAll(/^\s*\/\/.*\n/gm, "")
  .replaceAll(/^\s+/gm, "");

/** CommonJS starts faster: the first `import` of node:http in an ES module evaluates every lazy export of it. */
const COMMONJS: BuildOptions = {
  format: "cjs",
  // CommonJS has no import.meta.
  define: { "import.meta": "__importMeta" },
  banner: {
    js: [
      'const __importMeta={url:require("node:url").pathToFileURL(__filename).href,dirname:__dirname,filename:__filename,',
      "main:require.main===module};const __bundle=__filename;",
      BUNDLE_START,
      "const __importBuiltin=async name=>{const module=require(name);return Object.create(module,{default:{value:module}})};",
    ].join(""),
  },
};

/** An app with top-level await needs an ES module. */
const MODULE: BuildOptions = {
  format: "esm",
  // Bundled CommonJS dependencies still call require for Node's own modules.
  banner: {
    js: [
      'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
      "const __bundle=import.meta.filename;",
      BUNDLE_START,
    ].join(""),
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
const requireBuiltin = ([, name = ""]: RegExpMatchArray): string | undefined =>
  isBuiltin(name.slice(1, -1)) ? `__importBuiltin(${name})` : undefined;

/** A class in a variable, with the name that it has inside, and a function. */
const CLASS =
  /(?<![\w$.])([\w$]+)=class(?: ([\w$]+))?(?: ?extends ?(?:[\w$.]+|\(0,[\w$.]+\))(?:\([\w$.,]*\))?)?\{/g;
const FUNCTION = /(?<=[;{}\n])function ([\w$]+)\(/g;

/**
 * Two classes of one name share a bundle, so that one of them is called otherwise there; and a class that names itself has
 * another name inside. Neither shows: an app may tell its errors apart by the names of their classes.
 */
function namesStay(map: SourceMap): Replacement[] {
  const nameAt = sourceNames(map);
  const call = (target: string, was: string, name: string): string | undefined =>
    was === name ? undefined : `__named(${target},"${was}","${name}")`;
  return [
    [
      CLASS,
      ([whole, outer = "", inner], place) => {
        const renamed = nameAt(place);
        // Another name inside is the source's own, but for the one that esbuild makes.
        if (renamed === undefined && inner !== `_${outer}`) return undefined;
        const named = call("this", inner ?? outer, renamed ?? outer);
        return named && `${whole}static{${named}}`;
      },
    ],
    [
      FUNCTION,
      ([whole, name = ""], { line, column }) => {
        const named = call(
          name,
          name,
          nameAt({ line, column: column + "function ".length }) ?? name,
        );
        return named && `${named};${whole}`;
      },
    ],
  ];
}

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
  const built = (format: BuildOptions, type: Code["type"]): Bundled => {
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
      ...(options.alias === undefined ? {} : { alias: { ...options.alias } }),
      entryPoints: [entry],
      absWorkingDir,
      bundle: true,
      outfile: ENTRY,
      write: false,
      metafile: true,
      // Stack traces name the app's own files and lines. The text of the sources is no part of an image.
      sourcemap: "linked",
      sourcesContent: false,
      ...format,
    });
    const output = (end: string): string =>
      outputFiles.find((file) => file.path.endsWith(end))?.text ?? "";
    const written = decoded(output(`${ENTRY}.map`));
    const bundle = edited(output(ENTRY), [
      [WRAPPER_PATHS, () => '"_"'],
      ...namesStay(written),
      ...(type === "commonjs" ? [[DYNAMIC_IMPORT, requireBuiltin] as const] : []),
    ]);
    const { code, map } = laidOut(bundle, written, absWorkingDir);
    const files = Object.keys(metafile?.inputs ?? {}).map((file) => path.join(absWorkingDir, file));
    return {
      code: Buffer.from(code),
      map: Buffer.from(map),
      inputs: new Map(files.map((file) => [file, stamp(file)])),
      type,
    };
  };
  try {
    try {
      return built(COMMONJS, "commonjs");
    } catch (error) {
      if (isTopLevelAwait(error)) return built(MODULE, "module");
      throw error;
    }
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
