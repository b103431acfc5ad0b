/**
 * Loads a program's TypeScript: CommonJS or ES modules, enums, imports without extension. Each file is transpiled by
 * itself, with what an import means under tsc. The planner's own imports of the SDK get the program's copy.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire, registerHooks, setSourceMapsSupport } from "node:module";
import { dirname, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isEsm, nearestPackage, readManifest } from "./entry.ts";

export interface TranspileRequest {
  path: string;
  source: string;
  format: "cjs" | "esm";
  /** Text of the program's tsconfig.json. */
  tsconfig: string;
}

/** Folder of this tool; its files are Node's own business. */
const TOOL = resolve(import.meta.dirname, "../..");
const TOOL_URL = `${pathToFileURL(TOOL).href}/`;
const TYPESCRIPT = /\.(?:[mc]?ts|tsx)$/;
const EXTENSIONS = [".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".json"];
/** What the planner takes from the program's SDK. */
const SDK = /^(?:@pulumi\/pulumi|google-protobuf)(?:\/|$)/;

/** @param root of the program */
export function registerLoader(
  root: string,
  transpile: (request: TranspileRequest) => string,
): void {
  setSourceMapsSupport(true, { nodeModules: false, generatedCode: false });
  const config = resolve(root, "tsconfig.json");
  const tsconfig = existsSync(config)
    ? readFileSync(config, "utf8")
    : '{"compilerOptions":{"target":"es2020","experimentalDecorators":true}}';
  const sdk = createRequire(createRequire(resolve(root, "index.js")).resolve("@pulumi/pulumi"));
  registerHooks({
    resolve: (specifier, context, next) => {
      const parent = context.parentURL ?? "";
      // Thousands of times: what a package imports is Node's business.
      if (parent.includes("/node_modules/") && !parent.startsWith(TOOL_URL))
        return next(specifier, context);
      const from = parent.startsWith("file:") ? fileURLToPath(parent) : "";
      if (isTool(from)) {
        if (!SDK.test(specifier)) return next(specifier, context);
        const own = sdkFile(sdk, specifier);
        return own === undefined
          ? next(specifier, context)
          : { url: pathToFileURL(own).href, shortCircuit: true };
      }
      const found = localFile(specifier, dirname(from));
      return found === undefined
        ? next(specifier, context)
        : { url: pathToFileURL(found).href, shortCircuit: true };
    },
    load: (url, context, next) => {
      const path = url.startsWith("file:") ? fileURLToPath(url) : "";
      if (!TYPESCRIPT.test(path) || isTool(path)) return next(url, context);
      const esm = isEsm(path, readManifest(nearestPackage(dirname(path)) ?? root));
      const source = readFileSync(path, "utf8");
      const code = transpile({ path, source, format: esm ? "esm" : "cjs", tsconfig });
      return { format: esm ? "module" : "commonjs", source: code, shortCircuit: true };
    },
  });
}

const isTool = (path: string): boolean => path.startsWith(TOOL + sep);

/** A file of the program's SDK; undefined where that version has none, so that the tool's own copy serves. */
function sdkFile(sdk: NodeJS.Require, specifier: string): string | undefined {
  try {
    return sdk.resolve(specifier);
  } catch {
    return undefined;
  }
}

/** The file that a relative import means to tsc: `./x` is x.ts or x/index.ts, `./x.js` may be x.ts. */
function localFile(specifier: string, folder: string): string | undefined {
  if (!/^\.{0,2}\//.test(specifier) && specifier !== "." && specifier !== "..") return undefined;
  const path = resolve(folder, specifier);
  const typed = path.replace(/\.([mc]?)js$/, ".$1ts");
  return [
    path,
    ...EXTENSIONS.map((extension) => path + extension),
    typed,
    ...EXTENSIONS.map((extension) => resolve(path, `index${extension}`)),
  ].find((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true);
}

/**
 * esbuild's helper copies a module that it imports as a whole; under tsc `import * as x` is the module itself, so that
 * a program may call it or change it. This one hands out the module, with a default for `import x from`.
 */
const IMPORT = `var __toESM = (mod) => mod === null || (typeof mod !== "object" && typeof mod !== "function") ? { default: mod } : mod.__esModule ? mod : new Proxy(mod, { get: (target, key) => key === "default" && !("default" in target) ? target : target[key] });`;

/**
 * Under tsc a file's exports are on `exports` itself, for the file too, and undefined until they are assigned, as files
 * that import each other rely on.
 */
const EXPORTS: readonly (readonly [esbuild: string, tsc: string])[] = [
  ['__defProp({}, "__esModule"', '__defProp(exports, "__esModule"'],
  ["{ get: all[name], enumerable: true }", "{ get: __once(all[name]), enumerable: true }"],
  [
    "var __export = ",
    "var __once = (get) => () => { try { return get(); } catch (error) { if (!(error instanceof ReferenceError)) throw error; } }; var __export = ",
  ],
];

/** The output of esbuild, with tsc's imports and exports; every line keeps its number, for the source map. */
export function asOfTsc(code: string): string {
  const imported = code.replace(
    /^var __toESM = [\s\S]*?^\)\);$/m,
    (helper) => IMPORT + "\n".repeat(helper.split("\n").length - 1),
  );
  return EXPORTS.reduce((text, [esbuild, tsc]) => text.replace(esbuild, () => tsc), imported);
}
