import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { registerHooks, stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseDocument } from "yaml";
import { fullKey } from "@koa-fargate/workbench/plan/project.ts";
import { projectName } from "@koa-fargate/workbench/project/namespaces.ts";
import { ROOT } from "./app.ts";
import { isHere } from "./lacking.ts";

/** What is no part of a repository. */
const LEFT_OUT = ["node_modules", ".git", ".build", ".local", "app/node_modules"];

export interface Result {
  code: number | null;
  /** Standard output, followed by what went to the other one. */
  text: string;
}

const PREFIX = path.join(tmpdir(), "copy-");

/** Copies differ in a few files: the types of each text are stripped once in this process, which is most of loading it. */
function stripOnce(): void {
  const stripped = new Map<string, string>();
  const emitWarning = process.emitWarning.bind(process);
  // Of an experimental function of Node, whose result the tests hold.
  process.emitWarning = () => undefined;
  stripTypeScriptTypes("");
  process.emitWarning = emitWarning;
  registerHooks({
    load(url, context, next) {
      if (!url.startsWith(pathToFileURL(PREFIX).href) || !url.endsWith(".ts"))
        return next(url, context);
      const text = readFileSync(fileURLToPath(url), "utf8");
      const source = stripped.get(text) ?? stripTypeScriptTypes(text);
      stripped.set(text, source);
      return { format: "module", source, shortCircuit: true };
    },
  });
}
stripOnce();

/** This repository in a temporary folder, as it is or with another app in place of `app/`. */
export class Copy {
  readonly folder = mkdtempSync(PREFIX);
  readonly #children: ChildProcess[] = [];

  /** @param app content by path in `app/`. @default this repository's */
  constructor(app?: Readonly<Record<string, string>>) {
    // As a clone is: some tests read it as nobody.
    chmodSync(this.folder, 0o755);
    const leftOut = [...LEFT_OUT, ...(app === undefined ? [] : ["app"])].map((name) =>
      path.join(ROOT, name),
    );
    cpSync(ROOT, this.folder, { recursive: true, filter: (source) => !leftOut.includes(source) });
    symlinkSync(path.join(ROOT, "node_modules"), path.join(this.folder, "node_modules"));
    if (app === undefined)
      symlinkSync(path.join(ROOT, "app/node_modules"), path.join(this.folder, "app/node_modules"));
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
    rmSync(this.folder, { recursive: true, force: true });
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
