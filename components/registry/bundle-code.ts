import { buildSync, type BuildFailure, type BuildOptions } from "esbuild";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** What the bundle's first file is called; further ones stand beside it. */
export const ENTRY = "server.js";

/** What an app may say to its bundler, by esbuild's names and meanings (https://esbuild.github.io/api/). */
export interface CodeOptions {
  /**
   * Fields of a dependency's package.json that name its entry. `["module", "main"]` takes the ES modules of packages that
   * have both, of which unused parts are left out.
   * @default - what Node itself takes
   */
  readonly mainFields?: readonly string[];
  /**
   * Puts what `import()` loads into files of its own: less to parse before the first request. They are loaded by
   * `require`, as is every `import()` of what is not bundled, so that one cannot take a URL. Order of evaluation may differ
   * between files (https://esbuild.github.io/api/#splitting).
   * @default false
   */
  readonly splitting?: boolean;
}

export interface Code {
  /** Content by name, the entry first. */
  readonly code: readonly (readonly [name: string, content: Uint8Array])[];
  readonly type: "commonjs" | "module";
}

/**
 * Checks the field `esbuild` of an app's package.json.
 * @throws Error, one sentence, for what a bundle does not take
 */
export function codeOptions(appPath: string, value: unknown): CodeOptions {
  const refuse = (what: string, want: string): Error =>
    new Error(`${path.join(appPath, "package.json")} ${what}. ${want}`);
  const wanted = "The bundle takes mainFields, a list of names, and splitting, true or false.";
  if (value === undefined) return {};
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw refuse(`sets esbuild to ${JSON.stringify(value)}, which is no object`, wanted);
  for (const [key, option] of Object.entries(value)) {
    const fits =
      key === "splitting"
        ? typeof option === "boolean"
        : key === "mainFields" && isList(option) && option.length > 0;
    if (!fits) throw refuse(`sets esbuild.${key} to ${JSON.stringify(option)}`, wanted);
  }
  return value;
}

const isList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === "string" && item !== "");

/**
 * In CommonJS there is no `import.meta`. Every file of a bundle says what its entry would: the app was written as if all
 * of it stood in one file.
 */
const IMPORT_META = [
  `const __entry=require("node:path").join(__dirname,${JSON.stringify(ENTRY)}),`,
  `__importMeta={url:require("node:url").pathToFileURL(__entry).href,dirname:__dirname,filename:__entry,`,
  `main:require.main?.filename===__entry};\n`,
].join("");
const AS_COMMONJS = { define: { "import.meta": "__importMeta" } };

const COMMON = {
  platform: "node",
  target: "node24",
  minify: true,
  legalComments: "none",
  logLevel: "silent",
} as const satisfies BuildOptions;

/**
 * Bundles an entry file with its dependencies. The bytes depend on the content alone.
 * @throws Error, one sentence, when it does not bundle
 */
export function bundleCode(appPath: string, entry: string, options: CodeOptions): Code {
  const build = (format: BuildOptions): [string, Uint8Array][] => {
    const { outputFiles = [] } = buildSync({
      ...COMMON,
      ...(options.mainFields === undefined ? {} : { mainFields: [...options.mainFields] }),
      entryPoints: [{ in: entry, out: path.parse(ENTRY).name }],
      absWorkingDir: path.resolve(appPath),
      bundle: true,
      outdir: "dist",
      write: false,
      ...format,
    });
    return outputFiles
      .map(({ path: file, contents }): [string, Uint8Array] => [path.basename(file), contents])
      .sort(entryFirst);
  };
  try {
    // CommonJS starts faster; an app with top-level await needs an ES module.
    const code = options.splitting === true ? splitCommonJs(build) : oneCommonJs(build);
    return { code, type: "commonjs" };
  } catch (error) {
    if (!isTopLevelAwait(error)) throw refuse(appPath, error);
  }
  try {
    return { code: build(ES_MODULE), type: "module" };
  } catch (error) {
    throw refuse(appPath, error);
  }
}

const entryFirst = ([a]: [string, Uint8Array], [b]: [string, Uint8Array]): number =>
  Number(b === ENTRY) - Number(a === ENTRY) || (a < b ? -1 : 1);

type Build = (format: BuildOptions) => [string, Uint8Array][];

const ES_MODULE: BuildOptions = {
  format: "esm",
  // Bundled CommonJS dependencies still call require for Node's own modules.
  banner: {
    js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
  },
};

const oneCommonJs = (build: Build): [string, Uint8Array][] =>
  build({ format: "cjs", ...AS_COMMONJS, banner: { js: IMPORT_META.trimEnd() } });

/**
 * esbuild splits ES modules only, so a second run translates them. As ES modules they would start slower: the first
 * `import` of node:http there evaluates every lazy export of it, an HTTP client among them, for 60 ms of CPU.
 */
function splitCommonJs(build: Build): [string, Uint8Array][] {
  const modules = renamed(build({ format: "esm", splitting: true, chunkNames: "[hash]" }));
  const folder = mkdtempSync(path.join(tmpdir(), "bundle-"));
  try {
    for (const [name, content] of modules) writeFileSync(path.join(folder, name), content);
    const { outputFiles } = buildSync({
      ...COMMON,
      ...AS_COMMONJS,
      entryPoints: modules.map(([name]) => name),
      absWorkingDir: folder,
      outdir: "commonjs",
      write: false,
      format: "cjs",
      // Each import() becomes a require: a file of the bundle, or for what it may cost otherwise see above.
      supported: { "dynamic-import": false },
    });
    return outputFiles
      .map(({ path: file, text }): [string, Uint8Array] => [
        path.basename(file),
        withImportMeta(text),
      ])
      .sort(entryFirst);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Names files after their content: esbuild's own names follow the paths of dependencies as well, and those differ where a
 * folder of them is a link.
 */
function renamed(modules: [string, Uint8Array][]): [string, Uint8Array][] {
  const texts = new Map(modules.map(([name, content]) => [name, Buffer.from(content).toString()]));
  const refer = (text: string, names: ReadonlyMap<string, string>): string =>
    text.replace(/(?<="\.\/)\w+\.js(?=")/g, (name) =>
      texts.has(name) ? (names.get(name) ?? "") : name,
    );
  let names = new Map<string, string>();
  // Files that differ only in what they refer to are told apart by that, in a further round.
  for (let round = 0; round < texts.size && new Set(names.values()).size < texts.size; round++) {
    const before = names;
    names = new Map(
      [...texts].map(([name, text]) => {
        const hash = createHash("sha256").update(refer(text, before)).digest("hex");
        return [name, name === ENTRY ? ENTRY : `${hash.slice(0, 12)}.js`];
      }),
    );
  }
  return [...texts].map(([name, text]) => [
    names.get(name) ?? name,
    Buffer.from(refer(text, names)),
  ]);
}

const withImportMeta = (text: string): Uint8Array =>
  Buffer.from(text.includes("__importMeta") ? IMPORT_META + text : text);

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
