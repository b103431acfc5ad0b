import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import type { Plan } from "../plan/types.ts";
import { adapt, type LocalService } from "./adaptations.ts";
import { dockerPlatform, maxOpenFiles } from "./docker.ts";
import { readExamples } from "../project/app-examples.ts";
import { curlCommands } from "./examples.ts";
import { startLocalRun, type LocalRun } from "./local-run.ts";
import type { CliOptions } from "./options.ts";
import { planInProcess } from "../plan/own-process.ts";
import { LocalRunError } from "../plan/plan-reader.ts";
import { dataFolder, prepareRevision } from "./revision.ts";
import { otherSpecs } from "./other-specs.ts";
import { ONE_FAILURE, type OtherVersion } from "./others.ts";
import { serviceSpec } from "./spec.ts";
import { startCommand } from "./start-command.ts";
import { readSubstitutions } from "./substitutions.ts";
import type { ServiceSpec, TaskSpec } from "./spec-types.ts";
import type { DeploymentOutcome } from "./service-types.ts";
import type { Revision } from "./task.ts";
import { watchFolders } from "./watch.ts";

interface Version {
  spec: ServiceSpec;
  local: LocalService;
  revision: Revision;
  others: OtherVersion[];
}

/** One `npm start`: a stack's service with the versions of the app that it gets while it runs. */
export class Session {
  readonly spec: ServiceSpec;
  readonly local: LocalService;
  readonly run: LocalRun;
  readonly #preparation: Omit<Preparation, "signal">;
  #version: Version;

  private constructor(version: Version, run: LocalRun, preparation: Omit<Preparation, "signal">) {
    this.spec = version.spec;
    this.local = version.local;
    this.run = run;
    this.#version = version;
    this.#preparation = preparation;
  }

  /**
   * Plans the stack and puts its load balancer up; no task runs yet.
   *
   * @throws LocalRunError, one sentence, for everything that keeps it from starting.
   */
  static async open(options: CliOptions, root: string, signal?: AbortSignal): Promise<Session> {
    const platform = options.docker ? await dockerPlatform() : "";
    const preparation = { options, root, secretFor: standIns(), platform };
    const version = await prepare({ ...preparation, signal });
    const { desiredCount } = version.local;
    const others = version.others.map(({ spec }) => spec);
    const run = await startLocalRun(version.spec, { port: options.port, desiredCount, others });
    return new Session(version, run, preparation);
  }

  /** What the stack runs beside the main service. */
  get others(): readonly OtherVersion[] {
    return this.#version.others;
  }

  /** Starts the tasks; the outcome is `completed` or `failed`. */
  start(): Promise<DeploymentOutcome> {
    return this.run.service.deploy(this.#version.revision, ONE_FAILURE);
  }

  /** True while a deployment is in progress. */
  get busy(): boolean {
    return this.run.service.deploying;
  }

  /** Replaces all tasks by tasks of the same version. */
  replace(): Promise<DeploymentOutcome> {
    return this.run.service.deploy(
      this.run.service.revision ?? this.#version.revision,
      ONE_FAILURE,
    );
  }

  /**
   * Plans again and replaces the tasks if the app or its environment is another one now.
   *
   * @throws LocalRunError when the new version cannot be planned or bundled; the tasks serve on.
   */
  async update(signal?: AbortSignal): Promise<DeploymentOutcome | "unchanged"> {
    const version = await prepare({ ...this.#preparation, signal });
    const before = this.#version;
    this.#version = version;
    const same =
      version.revision.name === this.run.service.revision?.name &&
      JSON.stringify(version.local.environment) === JSON.stringify(before.local.environment);
    if (same) return "unchanged";
    return this.run.service.deploy(version.revision, ONE_FAILURE);
  }

  /** Folders of the apps, as the stack names them, whose changes make a new version. */
  get sources(): string[] {
    const apps = [this.spec, ...this.others.map(({ spec }) => spec)].map(({ appPath }) => appPath);
    return [...new Map(apps.map((app) => [this.#folder(app), app])).values()];
  }

  #folder(appPath: string): string {
    return resolve(this.#preparation.root, appPath);
  }

  /** Calls `onChange` once for each burst of changes of what any of the services runs. @returns what ends it */
  watch(onChange: () => void): Promise<() => void> {
    return watchFolders(
      this.sources.map((app) => this.#folder(app)),
      onChange,
    );
  }

  /** curl commands that show the service. */
  async examples(): Promise<string[]> {
    const examples = await readExamples(this.#folder(this.spec.appPath));
    return curlCommands(this.run.url, examples, this.spec, this.local.authorization);
  }
}

export interface Preparation {
  options: Omit<CliOptions, "tasks"> & { tasks?: number | undefined };
  root: string;
  secretFor: (name: string) => string;
  platform: string;
  signal: AbortSignal | undefined;
}

/** Plans the stack and fits each of its services to this machine. */
export async function prepare(preparation: Preparation): Promise<Version> {
  const { plan, pinnedImage } = await planWithSource(preparation.options, preparation.signal);
  return versionOf(plan, preparation, pinnedImage);
}

/** Fits each service of a plan to this machine. */
export async function versionOf(
  plan: Plan,
  preparation: Omit<Preparation, "signal">,
  pinnedImage?: string,
): Promise<Version> {
  const { options } = preparation;
  const spec = serviceSpec(plan);
  const others: OtherVersion[] = [];
  for (const other of otherSpecs(plan)) {
    const fitted = await fit(other, { ...preparation, options: { ...options, tasks: undefined } });
    others.push({ spec: other, ...fitted });
  }
  return { spec, ...(await fit(spec, preparation, pinnedImage)), others };
}

async function fit(
  spec: TaskSpec,
  { options, root, secretFor, platform }: Omit<Preparation, "signal">,
  pinnedImage?: string,
): Promise<Pick<Version, "local" | "revision">> {
  const data = dataFolder(root, options.stack, options.docker);
  const openFiles = options.docker ? await maxOpenFiles() : undefined;
  const start = options.docker ? undefined : await startCommand(spec, root);
  const local = adapt(spec, {
    docker: options.docker,
    dataFolder: data.shown,
    dataPath: data.asSeenByApp,
    ...(options.tasks === undefined ? {} : { tasks: options.tasks }),
    environment: options.environment,
    secretFor,
    platform,
    substitutions: await readSubstitutions(resolve(root, spec.appPath), spec.appPath),
    startDifference: start?.difference,
    ...(pinnedImage === undefined ? {} : { pinnedImage }),
    ...(openFiles === undefined ? {} : { maxOpenFiles: openFiles }),
  });
  const revision = await prepareRevision(spec, local, {
    root,
    start,
    platform,
    data,
  });
  return { local, revision };
}

/** A stack that runs a promoted image by digest has no source in its plan: here it runs the app's. */
export async function planWithSource(
  { stack, config }: Pick<CliOptions, "stack" | "config">,
  signal: AbortSignal | undefined,
): Promise<{ plan: Plan; pinnedImage?: string }> {
  const { image = "" } = config;
  if (image !== "")
    throw new LocalRunError(
      `--config image=${image} names an image in a registry, but the local run starts the app of appPath: leave it out.`,
    );
  const { pinnedImage = "", ...plan } = await planInProcess(
    { stack, overrides: config, fromSource: true },
    signal,
  );
  return { plan, ...(pinnedImage === "" ? {} : { pinnedImage }) };
}

/** Random values for secrets, each the same for the whole run. */
export function standIns(): (name: string) => string {
  const values = new Map<string, string>();
  return (name) => {
    const value = values.get(name) ?? `local-${randomBytes(9).toString("base64url")}`;
    values.set(name, value);
    return value;
  };
}

/** Repository that this file belongs to. */
export const ROOT = process.cwd();
