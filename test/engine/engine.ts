import { spawn, type ChildProcess } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { parseDocument } from "yaml";
import { isOnPath } from "../helpers/parts.ts";
import { childEnvironment } from "../helpers/environment.ts";
import { writeFrozenFiles, writeFrozenProject } from "../helpers/frozen.ts";
import { PROJECT } from "../helpers/project.ts";
import { resourcesOf, type StateResource } from "./state.ts";

const REPOSITORY = path.resolve(import.meta.dirname, "../..");

export interface Result {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface ExecOptions {
  /** Told of what the command writes to stderr, with the command to send signals to. */
  watch?: (text: string, child: ChildProcess) => void;
  umask?: string;
  env?: NodeJS.ProcessEnv;
}

/** An emulator of AWS that runs on this machine. */
export interface Emulator {
  endpoint: string;
  /** Local image that stands for the base image. */
  baseImage: string;
  /** Where the program itself asks. @default endpoint */
  api?: string;
}

/** Plugins of the program; that of aws needs an account, so it is always a stand-in. */
type Plugin = "aws" | "docker" | "awsx";

/** Whether the real plugin is on PATH, where the engine finds it by itself. */
export function pluginIsHere(plugin: Exclude<Plugin, "aws">): boolean {
  return isOnPath(`pulumi-resource-${plugin}`);
}

/**
 * The real Pulumi engine on a copy of the project, with a file backend. The plugins of docker and awsx are the real ones
 * where they are on PATH, that of docker only with an emulator, whose registry takes what it pushes; else stand-ins.
 * A copy, because the CLI writes into stack files.
 */
export class Engine {
  readonly project: string;
  private readonly root: string;
  private readonly standIns: ChildProcess[] = [];
  /** Plugins that are the real ones. */
  readonly real: readonly Plugin[];
  private providers = "";
  private api = "";

  private constructor(emulator: Emulator | undefined) {
    this.real = (["awsx", "docker"] as const).filter(
      (plugin) => pluginIsHere(plugin) && (plugin !== "docker" || emulator !== undefined),
    );
    this.root = mkdtempSync(path.join(tmpdir(), "engine-"));
    this.project = path.join(this.root, "project");
    mkdirSync(path.join(this.root, "state"));
    writeFrozenProject(this.project);
    cpSync(path.join(REPOSITORY, "app"), path.join(this.project, "app"), {
      recursive: true,
      filter: (source) => !source.endsWith("node_modules"),
    });
    writeFrozenFiles(this.project);
    symlinkSync(
      path.join(REPOSITORY, "app/node_modules"),
      path.join(this.project, "app/node_modules"),
    );
  }

  /** @param emulator - where images, tasks and load balancers are made for real. @default none */
  static async start(emulator?: Emulator): Promise<Engine> {
    const engine = new Engine(emulator);
    if (emulator !== undefined) engine.buildHere(emulator);
    const packages = (["aws", "docker", "awsx"] as const).filter(
      (plugin) => !engine.real.includes(plugin),
    );
    const ports = await Promise.all(packages.map((name) => engine.standIn(name, emulator)));
    engine.providers = packages
      .map((name, index) => `${name}:${ports[index]?.at(-1) ?? ""}`)
      .join(",");
    engine.api = emulator?.api ?? emulator?.endpoint ?? `http://127.0.0.1:${ports[0]?.[0] ?? ""}`;
    return engine;
  }

  /** Lets dev build on what this machine has: the plugin of docker pulls no base image and builds for no other processor. */
  private buildHere({ baseImage }: Emulator): void {
    const file = path.join(this.project, "Pulumi.dev.yaml");
    const dev = parseDocument(readFileSync(file, "utf8"));
    dev.setIn(["config", `${PROJECT}:nodeImage`], baseImage);
    const architecture = process.arch === "arm64" ? "arm64" : "amd64";
    dev.setIn(["config", `${PROJECT}:cpuArchitecture`], architecture);
    writeFileSync(file, dev.toString());
  }

  /** Ports that the stand-in prints, the plugin's last. */
  private async standIn(name: string, emulator: Emulator | undefined): Promise<string[]> {
    const child = spawn(process.execPath, [path.join(import.meta.dirname, "stand-in.ts"), name], {
      stdio: ["ignore", "pipe", "inherit"],
      // The plugin of docker builds in the project, relative to which the program names its files.
      cwd: this.project,
      env: {
        ...process.env,
        ...(emulator && { EMULATED_AWS: emulator.endpoint, EMULATED_BASE: emulator.baseImage }),
      },
    });
    this.standIns.push(child);
    const ports: string[] = [];
    for await (const line of createInterface(child.stdout)) {
      ports.push(line);
      if (ports.length === (name === "aws" ? 2 : 1)) break;
    }
    return ports;
  }

  /** Tells the stand-in of AWS what happens next, and asks it what callers met, which services were verified, their hooks, and what lies in buckets. */
  async control(change: { outcome?: "succeeds" | "rolls-back"; asleep?: boolean } = {}): Promise<{
    outages: string[];
    verified: string[];
    hooks: { targetType: string }[];
    objects: string[];
  }> {
    const body = JSON.stringify(change);
    const response = await fetch(`${this.api}/control`, { method: "POST", body });
    return (await response.json()) as Awaited<ReturnType<Engine["control"]>>;
  }

  /** Sets a key of a stack, or takes it away: undefined. */
  configure(key: string, value: unknown, stack = "dev"): void {
    const file = path.join(this.project, `Pulumi.${stack}.yaml`);
    const document = parseDocument(readFileSync(file, "utf8"));
    if (value === undefined) document.deleteIn(["config", `${PROJECT}:${key}`]);
    else document.setIn(["config", `${PROJECT}:${key}`], value);
    writeFileSync(file, document.toString());
  }

  /** Runs the CLI in the project; `umask` as the shell would have set it. */
  pulumi(args: readonly string[], options: ExecOptions = {}): Promise<Result> {
    return this.exec("pulumi", [...args, "--non-interactive", "--color=never"], options);
  }

  /** Runs a command in the project, with the environment that the CLI needs. */
  exec(command: string, args: readonly string[], options: ExecOptions = {}): Promise<Result> {
    const script = `umask ${options.umask ?? "022"}; exec "$@"`;
    const child = spawn("sh", ["-c", script, "sh", command, ...args], {
      cwd: this.project,
      env: childEnvironment({
        PATH: `${path.dirname(process.execPath)}:${process.env["PATH"] ?? ""}`,
        HOME: this.root,
        PULUMI_HOME: path.join(this.root, "home"),
        PULUMI_BACKEND_URL: `file://${path.join(this.root, "state")}`,
        PULUMI_CONFIG_PASSPHRASE: "engine test",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        PULUMI_DEBUG_PROVIDERS: this.providers,
        AWS_ENDPOINT_URL: this.api,
        AWS_ACCESS_KEY_ID: "test",
        AWS_SECRET_ACCESS_KEY: "test",
        ...options.env,
      }),
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stderr.on("data", (chunk: Buffer) => options.watch?.(chunk.toString(), child));
    return collect(child);
  }

  /** Runs the CLI and fails the test with its output where it fails. */
  async succeed(args: readonly string[], options: ExecOptions = {}): Promise<string> {
    const { code, stdout, stderr } = await this.pulumi(args, options);
    if (code !== 0)
      throw new Error(`pulumi ${args.join(" ")} ended with ${String(code)}:\n${stdout}\n${stderr}`);
    return stdout;
  }

  /** What the state of a stack has of the types that match. */
  async resources(type: RegExp, stack = "dev"): Promise<StateResource[]> {
    const all = resourcesOf(await this.succeed(["stack", "export", "--stack", stack]));
    return all.filter((one) => type.test(one.type));
  }

  /** Ids by logical name of what a deployment made, of the types that match. */
  async ids(type: RegExp, stack = "dev"): Promise<Map<string, string>> {
    return new Map(
      (await this.resources(type, stack))
        .filter((one) => one.custom && !one.type.startsWith("pulumi:"))
        .map(({ urn, id = "" }) => [urn.split("::").at(-1) ?? "", id]),
    );
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.standIns.map(async (child) => {
        const ended = once(child, "exit");
        child.kill();
        await ended;
      }),
    );
    rmSync(this.root, { recursive: true, force: true });
  }
}

async function collect(child: ReturnType<typeof spawn>): Promise<Result> {
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}
