import { execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { CONTAINER_DATA_PATH } from "./adaptations.ts";
import { LocalRunError } from "../plan/plan-reader.ts";
import type { ImageSpec, TaskSpec } from "./spec-types.ts";
import { supervise, type LaunchInput, type RunningTask } from "./task.ts";

const run = promisify(execFile);

/** Enough for a build's output. */
const MAX_BUFFER = 16 * 1024 * 1024;

/**
 * Platform of the Docker daemon's containers, such as `linux/amd64`.
 *
 * @throws LocalRunError when no daemon answers.
 */
export async function dockerPlatform(): Promise<string> {
  try {
    const format = "{{.Server.Os}}/{{.Server.Arch}}";
    const { stdout } = await run("docker", ["version", "--format", format]);
    return stdout.trim();
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new LocalRunError(
      missing
        ? "--docker needs the docker command, which is not on PATH: install Docker, or leave --docker out to run the app as a process."
        : "--docker needs a Docker daemon, and none answers: start Docker, or leave --docker out to run the app as a process.",
    );
  }
}

/**
 * Most open files that a container may be given on this machine: the hard limit of this process.
 * Undefined where containers run in a machine of their own (macOS, Windows).
 */
export async function maxOpenFiles(): Promise<number | undefined> {
  const limits = await readFile("/proc/self/limits", "utf8").catch(() => "");
  const hard = Number(/^Max open files\s+\S+\s+(\d+)/m.exec(limits)?.[1]);
  return Number.isNaN(hard) ? undefined : hard;
}

/**
 * Builds the image of the staged context for `platform` and resolves with its local name.
 *
 * @throws LocalRunError with the end of the build's output.
 */
export async function buildImage(
  image: ImageSpec,
  root: string,
  platform: string,
): Promise<string> {
  const tag = image.name.split(":").at(-1) ?? "local";
  const name = `koa-fargate-local:${tag}`;
  const buildArgs = Object.entries(image.buildArgs).flatMap(([key, value]) => [
    "--build-arg",
    `${key}=${value}`,
  ]);
  const args = ["build", "--quiet", "--platform", platform, "--file", image.dockerfile];
  try {
    await run("docker", [...args, ...buildArgs, "--tag", name, image.context], {
      cwd: root,
      maxBuffer: MAX_BUFFER,
    });
  } catch (error) {
    const output = String((error as { stderr?: string }).stderr ?? error).trim();
    throw new LocalRunError(
      `The image could not be built from ${image.context}: ${output.split("\n").slice(-5).join("\n")}`,
    );
  }
  return name;
}

export interface ContainerSettings {
  spec: TaskSpec;
  /** Local name of the built image. */
  image: string;
  environment: Readonly<Record<string, string>>;
  /** Absolute folder to mount at /data; absent when the app keeps no data in a folder. */
  dataFolder?: string;
}

/** Variables that the docker command reads itself: their values must go on the command line. */
const DOCKER_OWN = /^(PATH|HOME|DOCKER_.*|BUILDKIT_.*|XDG_.*|(HTTPS?|NO)_PROXY)$/i;

/** Arguments of `docker run` that give a container what the task definition says. */
export function containerArguments(
  settings: ContainerSettings,
  name: string,
  hostPort: number,
): string[] {
  const { container, cpuUnits, memoryMiB } = settings.spec;
  const [entryPoint, ...command] = container.command;
  const args = ["run", "--rm", "--name", name];
  if (container.port > 0) args.push("--publish", `127.0.0.1:${hostPort}:${container.port}`);
  args.push("--memory", `${memoryMiB}m`, "--memory-swap", `${memoryMiB}m`);
  args.push("--cpus", String(cpuUnits / 1024));
  if (container.readonlyRootFilesystem) args.push("--read-only");
  for (const path of container.writablePaths) args.push("--tmpfs", path);
  for (const capability of container.dropCapabilities) args.push("--cap-drop", capability);
  if (container.user !== undefined) args.push("--user", container.user);
  for (const { name: limit, softLimit, hardLimit } of container.ulimits) {
    args.push("--ulimit", `${limit}=${softLimit}:${hardLimit}`);
  }
  if (settings.dataFolder !== undefined) {
    args.push("--volume", `${settings.dataFolder}:${CONTAINER_DATA_PATH}`);
  }
  for (const [key, value] of Object.entries(settings.environment)) {
    args.push("--env", DOCKER_OWN.test(key) ? `${key}=${value}` : key);
  }
  if (entryPoint !== undefined) args.push("--entrypoint", entryPoint);
  return [...args, settings.image, ...command];
}

/** Starts one container in the foreground; its output and its end are those of the docker command. */
export function launchContainer(settings: ContainerSettings, input: LaunchInput): RunningTask {
  const name = `koa-fargate-${settings.spec.stack}-${input.id}-${randomUUID().slice(0, 8)}`;
  const child = spawn("docker", containerArguments(settings, name, input.port), {
    // Values pass through the command's environment, so that the process list does not show them.
    env: { ...settings.environment, ...dockerEnvironment() },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const killHard = (): void => {
    spawn("docker", ["kill", name], { stdio: "ignore", detached: true }).unref();
  };
  return supervise(
    child,
    { host: "127.0.0.1", port: input.port, program: "docker", killHard },
    input,
  );
}

function dockerEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([key]) => DOCKER_OWN.test(key)));
}
