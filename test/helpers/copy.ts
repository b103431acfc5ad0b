import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { registerHooks, stripTypeScriptTypes } from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseDocument } from "yaml";
import { fullKey } from "@koa-fargate/workbench/plan/project.ts";
import { projectName } from "@koa-fargate/workbench/project/namespaces.ts";
import { bundleCode, type Code, type CodeOptions } from "../../components/registry/bundle-code.ts";
import { ROOT } from "./app.ts";
import { isHere } from "./lacking.ts";
import { folderPrefix, newFolder } from "./new-folder.ts";

/** What is no part of a repository. */
const LEFT_OUT = ["node_modules", ".git", ".build", ".local", "app/node_modules"];

export interface Result {
  code: number | null;
  /** Standard output, followed by what went to the other one. */
  text: string;
}

const NAME = "copy";

const BUNDLER = "components/registry/bundle-code.ts";

/** Bundles by what they are made of: most copies have the same app, and the bundler is that of this repository. */
const bundles = new Map<string, Code>();

/** As the bundler has it: the bytes depend on the content alone, wherever that lies. */
function bundleOnce(appPath: string, entry: string, options: CodeOptions): Code {
  const hash = createHash("sha256").update(
    JSON.stringify([path.relative(appPath, entry), options]),
  );
  for (const [name, text] of contentOf(appPath).sort()) hash.update(`\0${name}\0${text}`);
  const key = hash.digest("hex");
  const code = bundles.get(key) ?? bundleCode(appPath, entry, options);
  bundles.set(key, code);
  return code;
}
(globalThis as Record<symbol, unknown>)[Symbol.for(BUNDLER)] = bundleOnce;

/** Files below a folder with their text, and links with where they lead. */
const contentOf = (folder: string): [name: string, text: string][] =>
  entriesOf(folder).flatMap((name) => {
    const file = path.join(folder, name);
    const entry = lstatSync(file);
    if (entry.isSymbolicLink()) return [[name, readlinkSync(file)]];
    return entry.isFile() ? [[name, readFileSync(file, "latin1")]] : [];
  });

/** All below a folder, but nothing that a link leads to. */
const entriesOf = (folder: string, at = ""): string[] =>
  readdirSync(path.join(folder, at), { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(at, entry.name);
    return entry.isDirectory() ? [name, ...entriesOf(folder, name)] : [name];
  });

/** Copies differ in a few files: the types of each text are stripped once in this process, which is most of loading it. */
function stripOnce(): void {
  const stripped = new Map<string, string>();
  const bundler = readFileSync(path.join(ROOT, BUNDLER), "utf8");
  const emitWarning = process.emitWarning.bind(process);
  // Of an experimental function of Node, whose result the tests hold.
  process.emitWarning = () => undefined;
  stripTypeScriptTypes("");
  process.emitWarning = emitWarning;
  registerHooks({
    load(url, context, next) {
      if (!url.startsWith(pathToFileURL(folderPrefix(NAME)).href) || !url.endsWith(".ts"))
        return next(url, context);
      const text = readFileSync(fileURLToPath(url), "utf8");
      if (url.endsWith(`/${BUNDLER}`) && text === bundler) {
        const own = pathToFileURL(path.join(ROOT, BUNDLER)).href;
        const source = `export * from "${own}"; export const bundleCode = globalThis[Symbol.for("${BUNDLER}")];`;
        return { format: "module", source, shortCircuit: true };
      }
      const source = stripped.get(text) ?? stripTypeScriptTypes(text);
      stripped.set(text, source);
      return { format: "module", source, shortCircuit: true };
    },
  });
}
stripOnce();

/** What changes with a file or a link, by its path; nothing of a folder but that it is there. */
const stampsOf = (folder: string): Map<string, string> =>
  new Map(
    entriesOf(folder).map((name) => {
      const entry = lstatSync(path.join(folder, name));
      return [name, entry.isDirectory() ? "" : `${entry.mode} ${entry.size} ${entry.ctimeMs}`];
    }),
  );

/** A copy that a test is done with, put back to what it was, and how its files were. */
let spare: { folder: string; packages: Packages; stamps: ReadonlyMap<string, string> } | undefined;
process.once("exit", () => {
  if (spare !== undefined) rmSync(spare.folder, { recursive: true, force: true });
});

/** Takes back what a test did to a copy. @returns false where a link is not what it was */
function putBack(folder: string, stamps: ReadonlyMap<string, string>): boolean {
  const now = stampsOf(folder);
  for (const name of now.keys())
    if (!stamps.has(name)) rmSync(path.join(folder, name), { recursive: true, force: true });
  for (const [name, stamp] of stamps) {
    if (now.get(name) === stamp) continue;
    const original = path.join(ROOT, name);
    const isLink = ["node_modules", "packages"].includes(path.basename(name));
    if (isLink || !existsSync(original)) return false;
    rmSync(path.join(folder, name), { recursive: true, force: true });
    if (stamp === "") mkdirSync(path.join(folder, name), { recursive: true });
    else cpSync(original, path.join(folder, name));
  }
  return true;
}

/**
 * How a copy has `packages/`. `linked`: what runs in it runs the workbench of this repository, compiled already; for a copy that
 * changes nothing there, and runs none of its tests.
 */
type Packages = "copied" | "linked";

/** This repository in a temporary folder, as it is or with another app in place of `app/`. */
export class Copy {
  readonly folder = newFolder(NAME);
  readonly #children: ChildProcess[] = [];
  /** How the files were, where the next test may go on with this copy under another name. */
  readonly #stamps: ReadonlyMap<string, string> | undefined;
  readonly #packages: Packages;

  /** @param app content by path in `app/`. @default this repository's */
  constructor(packages: Packages, app?: Readonly<Record<string, string>>) {
    this.#packages = packages;
    // As a clone is: some tests read it as nobody.
    chmodSync(this.folder, 0o755);
    if (app === undefined && spare?.packages === packages) {
      // Modules of the program go by their path: under another one they are loaded anew.
      renameSync(spare.folder, this.folder);
      this.#stamps = spare.stamps;
      spare = undefined;
      return;
    }
    const links = ["node_modules", ...(packages === "linked" ? ["packages"] : [])];
    const leftOut = [...LEFT_OUT, ...links, ...(app === undefined ? [] : ["app"])].map((name) =>
      path.join(ROOT, name),
    );
    cpSync(ROOT, this.folder, { recursive: true, filter: (source) => !leftOut.includes(source) });
    if (app === undefined) links.push("app/node_modules");
    for (const name of links) symlinkSync(path.join(ROOT, name), path.join(this.folder, name));
    if (app === undefined) this.#stamps = stampsOf(this.folder);
    for (const [name, text] of Object.entries(app ?? {})) {
      const file = path.join(this.folder, "app", name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }

  /** Changes keys of a stack file, as an owner does; undefined takes one away. */
  configure(stack: string, settings: Readonly<Record<string, unknown>>): void {
    for (const [key, value] of Object.entries(settings)) this.configureAt(stack, [key], value);
  }

  /** Changes one value of a stack file, which may lie inside of a map. */
  configureAt(
    stack: string,
    [key, ...inside]: readonly [key: string, ...inside: string[]],
    value: unknown,
  ): void {
    const file = path.join(this.folder, `Pulumi.${stack}.yaml`);
    const document = parseDocument(readFileSync(file, "utf8"));
    const at = ["config", fullKey(projectName(this.folder), key), ...inside];
    if (value === undefined) document.deleteIn(at);
    else document.setIn(at, value);
    // As Prettier writes it.
    writeFileSync(file, document.toString({ lineWidth: 0, flowCollectionPadding: false }));
  }

  read(name: string): string {
    return readFileSync(path.join(this.folder, name), "utf8");
  }

  /** At one go: a run that watches the file never sees half of it. */
  write(name: string, text: string): void {
    const file = path.join(this.folder, name);
    const folder = path.dirname(file);
    mkdirSync(folder, { recursive: true });
    const mode = existsSync(file) ? statSync(file).mode : 0o666;
    writeFileSync(path.join(folder, ".new"), text, { mode });
    renameSync(path.join(folder, ".new"), file);
  }

  /** Replaces texts of a file; each has to stand there once. */
  edit(name: string, ...edits: readonly (readonly [before: string, after: string])[]): void {
    let text = this.read(name);
    for (const [before, after] of edits) {
      if (text.split(before).length !== 2)
        throw new Error(`${name} says ${JSON.stringify(before)} not just once.`);
      text = text.replace(before, () => after);
    }
    this.write(name, text);
  }

  /** Makes all that is there a commit: some tools ask git which files there are, or what was before. */
  commit(): void {
    const identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
    this.run("git", "init", "--quiet");
    // Links, which the line node_modules/ of .gitignore does not cover.
    this.write(".git/info/exclude", "node_modules\n");
    this.run("git", "add", "--all");
    this.run("git", ...identity, "commit", "--quiet", "--message", "as it was");
  }

  erase(name: string): void {
    rmSync(path.join(this.folder, name), { recursive: true });
  }

  /** Runs a command to its end. */
  run(command: string, ...args: string[]): Result {
    const { status, stdout, stderr } = spawnSync(command, args, {
      cwd: this.folder,
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
    });
    return { code: status, text: `${stdout}${stderr}` };
  }

  /** `npm start` with these arguments: what the service answers at `path`, and what the run said by its end. */
  async start(path: string, ...args: string[]): Promise<{ answer: string; said: string }> {
    const { result, said } = await this.running(args, async ({ url }) =>
      (await fetch(new URL(path, url))).text(),
    );
    return { answer: result, said };
  }

  /**
   * `npm start` with these arguments, for as long as `work` takes.
   * @returns what that made, and what the run said by its end
   */
  async running<T>(
    args: readonly string[],
    work: (run: { url: string; said: () => string }) => Promise<T>,
  ): Promise<{ result: T; said: string }> {
    const child = spawn(
      process.execPath,
      ["packages/workbench/src/local/cli.ts", "--port", "0", ...args],
      {
        cwd: this.folder,
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    this.#children.push(child);
    let said = "";
    const ended = new Promise<void>((resolve) => child.once("close", resolve));
    const address = new Promise<string>((resolve, reject) => {
      const hear = (piece: Buffer): void => {
        said += piece.toString();
        const found = /^load balancer {2}(\S+)/m.exec(said)?.[1];
        if (found !== undefined) resolve(found);
      };
      child.stdout.on("data", hear);
      child.stderr.on("data", hear);
      void ended.then(() => {
        reject(new Error(`it ended before it served:\n${said}`));
      });
    });
    const result = await work({ url: await address, said: () => said });
    child.kill("SIGINT");
    await ended;
    return { result, said };
  }

  remove(): void {
    for (const child of this.#children) if (child.exitCode === null) child.kill("SIGKILL");
    const stamps = this.#children.length === 0 && spare === undefined ? this.#stamps : undefined;
    if (stamps !== undefined && putBack(this.folder, stamps))
      spare = {
        folder: this.folder,
        packages: this.#packages,
        stamps: stampsOf(this.folder),
      };
    else rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Makes a package archive that installs without a registry. @returns its file name in `folder` */
export function pack(
  folder: string,
  name: string,
  files: Readonly<Record<string, string>>,
): string {
  const source = path.join(folder, name);
  mkdirSync(source, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(path.join(source, file), text);
  const { status, stderr } = spawnSync("npm", ["pack", "--silent", "--pack-destination", folder], {
    cwd: source,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  rmSync(source, { recursive: true });
  return `${name}-1.0.0.tgz`;
}

/** Folder of Node's headers where a native addon can be compiled here. */
export function nativeHeaders(): string | undefined {
  const folders = ["/usr/include/node", "/usr/local/include/node"];
  const { status } = spawnSync("gcc", ["--version"], { stdio: "ignore" });
  if (!isHere("gcc", status === 0)) return undefined;
  const found = folders.find((folder) => existsSync(path.join(folder, "node_api.h")));
  return isHere("headers of Node", found !== undefined) ? found : undefined;
}
