import { createHash } from "node:crypto";
import type { TaskSpec, UlimitSpec } from "./spec-types.ts";
import { DATA_FOLDER, type Substitutions } from "./substitutions.ts";
import { counted } from "../lib/words.ts";

/** What the local run needs to know of this machine and of the command line. */
export interface LocalOptions {
  docker: boolean;
  /** Shown data folder, such as `.local/dev`. */
  dataFolder: string;
  /** The same folder as the app sees it: absolute, or its mount point in the container. */
  dataPath: string;
  /** Number of tasks asked for; absent means the stack's desired count. */
  tasks?: number;
  /** Variables given by the user, which go over everything else. */
  environment: Readonly<Record<string, string>>;
  /** Makes the value of a stand-in secret; the same for every revision of one run. */
  secretFor(name: string): string;
  /** Platform of this machine's containers, such as `linux/amd64`. */
  platform: string;
  /** Most open files that a container may be given here; absent means no limit is known. */
  maxOpenFiles?: number;
  /** What the app itself wants to be told here. */
  substitutions: Substitutions;
  /** How its start differs from the container's, in words; absent where it does not. */
  startDifference?: string | undefined;
  /** Image that the stack runs by digest, in place of which the app's source runs here. */
  pinnedImage?: string;
}

/** The service as this machine runs it. */
export interface LocalService {
  desiredCount: number;
  /** Complete environment of the container, apart from the port of each task. */
  environment: Record<string, string>;
  /** Variable that gives each task its port; absent when the container's environment has none. */
  portVariable?: string;
  /** Every difference to the stack, in words. */
  changes: string[];
  /** Those of them that the app's package.json asks for. */
  substituted: string[];
  /** Header that example calls need. */
  authorization?: { header: string; value: string };
  usesDataFolder: boolean;
  /** Limits of a container. */
  ulimits: UlimitSpec[];
}

/** Mount point of the data folder inside a container. */
export const CONTAINER_DATA_PATH = "/data";

/**
 * Decides what differs from the stack on this machine.
 */
export function adapt(spec: TaskSpec, options: LocalOptions): LocalService {
  const changes: string[] = [];
  const environment: Record<string, string> = { ...spec.container.environment };
  const desiredCount = taskCount(spec, options, changes);
  const { substituted, usesDataFolder } = substitute(environment, options);
  changes.push(...substituted);
  const portVariable = taskPort(spec, options, changes);
  const authorization = standInSecrets(spec, environment, options, changes);
  if (spec.region !== undefined) environment["AWS_REGION"] ??= spec.region;
  for (const [name, value] of Object.entries(options.environment)) {
    environment[name] = value;
    changes.push(`${name} from --env`);
  }
  surroundings(spec, options, changes);
  const ulimits = openFiles(spec, options, changes);
  return {
    desiredCount,
    environment,
    ...(portVariable === undefined ? {} : { portVariable }),
    changes,
    substituted,
    ...(authorization === undefined ? {} : { authorization }),
    usesDataFolder,
    ulimits,
  };
}

function taskCount(spec: TaskSpec, options: LocalOptions, changes: string[]): number {
  const planned = spec.deployment.desiredCount;
  const wanted = options.tasks ?? planned;
  if (wanted !== planned) changes.push(`${counted(wanted, "task")} (was ${planned})`);
  return wanted;
}

/** Gives the container's variables the values that the app wants here; what the user gives goes over them. */
function substitute(
  environment: Record<string, string>,
  options: LocalOptions,
): Pick<LocalService, "substituted" | "usesDataFolder"> {
  const { environment: values, unless } = options.substitutions;
  const substituted: string[] = [];
  let usesDataFolder = false;
  if (unless !== undefined && unless in options.environment) return { substituted, usesDataFolder };
  for (const [name, value] of Object.entries(values)) {
    const was = environment[name];
    const inFolder = value?.includes(DATA_FOLDER) === true;
    if (name in options.environment || (was === undefined && !inFolder)) continue;
    if (value === null) {
      Reflect.deleteProperty(environment, name);
      substituted.push(`no ${name}`);
      continue;
    }
    usesDataFolder ||= inFolder;
    environment[name] = value.replaceAll(DATA_FOLDER, options.dataPath);
    if (environment[name] === was) continue;
    const shown = value.replaceAll(DATA_FOLDER, options.dataFolder);
    substituted.push(`${name} ${shown}${was === undefined ? "" : ` (was ${was})`}`);
  }
  return { substituted, usesDataFolder };
}

/** Tasks on Fargate have an address each; here they share one, so each gets a port of its own. */
function taskPort(spec: TaskSpec, options: LocalOptions, changes: string[]): string | undefined {
  if (spec.container.port === 0) return undefined;
  if (options.docker) {
    changes.push(`container port ${spec.container.port} published on a free port for each task`);
    return undefined;
  }
  changes.push(`PORT a free one for each task (was ${spec.container.port})`);
  return "PORT";
}

function standInSecrets(
  spec: TaskSpec,
  environment: Record<string, string>,
  options: LocalOptions,
  changes: string[],
): LocalService["authorization"] {
  let authorization: LocalService["authorization"];
  for (const name of spec.container.secrets) {
    if (name in options.environment) continue;
    const secret = options.secretFor(name);
    const form = options.substitutions.secrets[name];
    environment[name] = (form?.value ?? "{secret}")
      .replaceAll("{secret}", () => secret)
      .replaceAll("{sha256}", () => createHash("sha256").update(secret).digest("hex"));
    if (form?.header === undefined) {
      changes.push(`secret ${name} a stand-in (set it with --env ${name}=...)`);
    } else {
      authorization = { header: form.header, value: secret };
      changes.push(`${name} of the key ${secret}, made for this run`);
    }
  }
  return authorization;
}

/** Without rights of its own (rootless), a Docker daemon cannot raise the limit of open files. */
function openFiles(spec: TaskSpec, options: LocalOptions, changes: string[]): UlimitSpec[] {
  const most = options.maxOpenFiles ?? Infinity;
  return spec.container.ulimits.map((limit) => {
    if (!options.docker || limit.name !== "nofile" || limit.hardLimit <= most) return limit;
    changes.push(`nofile ${most} (was ${limit.hardLimit})`);
    return { ...limit, softLimit: Math.min(limit.softLimit, most), hardLimit: most };
  });
}

function surroundings(spec: TaskSpec, options: LocalOptions, changes: string[]): void {
  if (options.pinnedImage !== undefined) {
    changes.push(`the app of ${spec.appPath} (image ${options.pinnedImage} in the stack)`);
  }
  if (!options.docker && options.startDifference !== undefined)
    changes.push(options.startDifference);
  changes.push("log group -> this terminal, without its metric lines");
  if (spec.tls) changes.push("HTTP (HTTPS in the stack)");
  if (spec.schedules.length > 0) changes.push("sleep schedule ignored");
  if (spec.autoscaling !== undefined) {
    const { minimum, maximum } = spec.autoscaling;
    changes.push(`no autoscaling (${minimum} to ${maximum} in the stack)`);
  }
  if (spec.spot) changes.push("no Spot interruptions");
  if (spec.deployment.strategy !== "rolling") {
    changes.push(`tasks are replaced one by one (${spec.deployment.strategy} in the stack)`);
  }
  for (const { name, ownImage } of spec.sideCars)
    if (options.docker || !ownImage) changes.push(`side-car ${name} not run`);
  if (spec.container.hasContainerHealthCheck) changes.push("container health check not run");
  if (!options.docker) {
    changes.push(
      "CPU and memory limits and the read-only file system not enforced (--docker does)",
    );
  } else if (spec.image.platform !== options.platform) {
    changes.push(`image for ${options.platform} (was ${spec.image.platform})`);
  }
}
