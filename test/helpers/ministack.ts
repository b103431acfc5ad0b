import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { access, mkdir, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { freePort } from "@koa-fargate/workbench/local/free-port.ts";
import { isHere } from "./lacking.ts";

const run = promisify(execFile);

/** Version that the tests were written against. */
const PACKAGE = "ministack==1.5.33";
const START_MILLISECONDS = 90_000;

/** An emulator of AWS that runs on this machine. */
export interface Ministack {
  endpoint: string;
  port: number;
  readonly stop: () => Promise<void>;
}

interface Command {
  file: string;
  args: string[];
  env: NodeJS.ProcessEnv;
}

/**
 * Starts the emulator `ministack` on a free port of 127.0.0.1: the one of $MINISTACK or PATH, or a copy that is installed
 * once into the temporary folder. Undefined where none of them works.
 * @param services - such as `ecs,ecr,logs`
 * @param env - further settings of the emulator
 */
export async function startMinistack(
  services: string,
  env: NodeJS.ProcessEnv = {},
): Promise<Ministack | undefined> {
  const command = await findCommand();
  if (
    !isHere("an emulator of AWS (ministack, or pip to get it)", command !== undefined) ||
    command === undefined
  )
    return undefined;
  const port = await freePort();
  const child = spawn(command.file, command.args, {
    stdio: "ignore",
    env: {
      ...process.env,
      ...command.env,
      GATEWAY_PORT: String(port),
      BIND_HOST: "127.0.0.1",
      SERVICES: services,
      LOG_LEVEL: "ERROR",
      ...env,
    },
  });
  // Not to outlive a test run that ends without its hooks.
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  const endpoint = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    process.removeListener("exit", kill);
    if (child.exitCode !== null || child.signalCode !== null) return;
    kill();
    await once(child, "exit");
  };
  if (await answers(endpoint, child)) return { endpoint, port, stop };
  await stop();
  isHere("an emulator of AWS that starts (ministack)", false);
  return undefined;
}

async function findCommand(): Promise<Command | undefined> {
  const folders = (process.env["PATH"] ?? "").split(path.delimiter);
  const candidates = [
    process.env["MINISTACK"] ?? "",
    ...folders.map((folder) => path.join(folder, "ministack")),
  ];
  for (const file of candidates)
    if (file !== "" && (await exists(file))) return { file, args: [], env: {} };
  const folder = path.join(tmpdir(), `koa-fargate-${PACKAGE}-${process.getuid?.() ?? 0}`);
  if (!(await exists(folder)) && !(await install(folder))) return undefined;
  return { file: "python3", args: ["-m", "ministack"], env: { PYTHONPATH: folder } };
}

/** Installs beside, then renames: runs that install at the same time never see half a copy. */
async function install(folder: string): Promise<boolean> {
  const draft = `${folder}.${process.pid}`;
  try {
    await mkdir(draft, { recursive: true });
    await run(
      "python3",
      [
        ..."-m pip install -q --disable-pip-version-check --no-input --retries 1 --timeout 5".split(
          " ",
        ),
        "--target",
        draft,
        PACKAGE,
        "docker",
      ],
      { timeout: 60_000 },
    );
    await rename(draft, folder);
    return true;
  } catch {
    await rm(draft, { recursive: true, force: true });
    return exists(folder);
  }
}

async function answers(endpoint: string, child: ChildProcess): Promise<boolean> {
  const deadline = Date.now() + START_MILLISECONDS;
  const start = { failed: false };
  child.once("error", () => {
    start.failed = true;
  });
  for (;;) {
    try {
      await fetch(`${endpoint}/_ministack/health`, { signal: AbortSignal.timeout(1000) });
      return true;
    } catch {
      if (start.failed || child.exitCode !== null || Date.now() > deadline) return false;
      await sleep(50);
    }
  }
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
