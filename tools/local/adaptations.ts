import { createHash } from "node:crypto";
import type { ServiceSpec, UlimitSpec } from "./spec-types.ts";

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
  /** Header that example calls need. */
  authorization?: { header: string; value: string };
  usesDataFolder: boolean;
  /** Limits of a container. */
  ulimits: UlimitSpec[];
}

/** Mount point of the data folder inside a container. */
export const CONTAINER_DATA_PATH = "/data";

/**
 * Decides what differs from the stack on this machine. Variables are only changed where the
 * container has them: an app that does not know them gets nothing of them.
 */
export function adapt(spec: ServiceSpec, options: LocalOptions): LocalService {
  const changes: string[] = [];
  const environment: Record<string, string> = { ...spec.container.environment };
  const desiredCount = taskCount(spec, options, changes);
  const usesDataFolder = localStore(environment, options, changes);
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
    ...(authorization === undefined ? {} : { authorization }),
    usesDataFolder,
    ulimits,
  };
}

function taskCount(spec: ServiceSpec, options: LocalOptions, changes: string[]): number {
  const planned = spec.deployment.desiredCount;
  const wanted = options.tasks ?? planned;
  if (wanted !== planned) changes.push(`${count(wanted, "task")} (was ${planned})`);
  return wanted;
}

/** There is no DynamoDB here: an app that can choose its store gets SQLite, shared by all tasks. */
function localStore(
  environment: Record<string, string>,
  options: LocalOptions,
  changes: string[],
): boolean {
  const store = environment["STORE"];
  if (store === undefined) return false;
  if (store === "dynamodb") {
    // An emulator takes the place of DynamoDB as soon as the app is told where it is.
    if ("DYNAMODB_ENDPOINT" in options.environment) return false;
    environment["STORE"] = "sqlite";
    changes.push("STORE sqlite (was dynamodb)");
    if ("TABLE_NAME" in environment) {
      delete environment["TABLE_NAME"];
      changes.push("no TABLE_NAME");
    }
    // SQLite has one writer in a process.
    if (Number(environment["WORKERS"] ?? "1") > 1) {
      changes.push(`WORKERS 1 (was ${String(environment["WORKERS"])})`);
      environment["WORKERS"] = "1";
    }
  }
  if (environment["STORE"] !== "sqlite" || "DATA_DIR" in options.environment) return false;
  const was = environment["DATA_DIR"];
  environment["DATA_DIR"] = options.dataPath;
  changes.push(`DATA_DIR ${options.dataFolder}${was === undefined ? "" : ` (was ${was})`}`);
  return true;
}

/** Tasks on Fargate have an address each; here they share one, so each gets a port of its own. */
function taskPort(spec: ServiceSpec, options: LocalOptions, changes: string[]): string | undefined {
  if (options.docker) {
    changes.push(`container port ${spec.container.port} published on a free port for each task`);
    return undefined;
  }
  changes.push(`PORT a free one for each task (was ${spec.container.port})`);
  return "PORT";
}

function standInSecrets(
  spec: ServiceSpec,
  environment: Record<string, string>,
  options: LocalOptions,
  changes: string[],
): LocalService["authorization"] {
  let authorization: LocalService["authorization"];
  for (const name of spec.container.secrets) {
    if (name in options.environment) continue;
    const secret = options.secretFor(name);
    if (name === "API_KEY_HASHES") {
      const hash = createHash("sha256").update(secret).digest("hex");
      environment[name] = `local:${hash}`;
      authorization = { header: "x-api-key", value: secret };
      changes.push(`${name} of the key ${secret}, made for this run`);
    } else {
      environment[name] = secret;
      changes.push(`secret ${name} a stand-in (set it with --env ${name}=...)`);
    }
  }
  return authorization;
}

/** Without rights of its own (rootless), a Docker daemon cannot raise the limit of open files. */
function openFiles(spec: ServiceSpec, options: LocalOptions, changes: string[]): UlimitSpec[] {
  const most = options.maxOpenFiles ?? Infinity;
  return spec.container.ulimits.map((limit) => {
    if (!options.docker || limit.name !== "nofile" || limit.hardLimit <= most) return limit;
    changes.push(`nofile ${most} (was ${limit.hardLimit})`);
    return { ...limit, softLimit: Math.min(limit.softLimit, most), hardLimit: most };
  });
}

function surroundings(spec: ServiceSpec, options: LocalOptions, changes: string[]): void {
  if (options.pinnedImage !== undefined) {
    changes.push(`the app of ${spec.appPath} (image ${options.pinnedImage} in the stack)`);
  }
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
  if (spec.container.hasContainerHealthCheck) changes.push("container health check not run");
  if (!options.docker) {
    changes.push(
      "CPU and memory limits and the read-only file system not enforced (--docker does)",
    );
  } else if (spec.image.platform !== options.platform) {
    changes.push(`image for ${options.platform} (was ${spec.image.platform})`);
  }
}

/** `1 task`, `2 tasks`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
