import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { CONTAINER_DATA_PATH, type LocalService } from "./adaptations.ts";
import { buildImage, launchContainer } from "./docker.ts";
import { launchWithSideCars } from "./side-cars.ts";
import type { TaskSpec } from "./spec-types.ts";
import type { StartCommand } from "./start-command.ts";
import type { ProcessSettings, Revision } from "./task.ts";

/** Where a stack's tasks keep their data on this machine, shown and as the app sees it. */
export interface DataFolder {
  /** Relative to the repository. */
  shown: string;
  absolute: string;
  asSeenByApp: string;
}

/** Containers write as another user than the developer, so they have a folder of their own. */
export function dataFolder(root: string, stack: string, docker: boolean): DataFolder {
  const shown = join(".local", docker ? `${stack}-docker` : stack);
  const absolute = join(root, shown);
  return { shown, absolute, asSeenByApp: docker ? CONTAINER_DATA_PATH : absolute };
}

export interface RevisionOptions {
  /** Folder that the plan's paths are relative to. */
  root: string;
  /** Starts a task as a process; absent where tasks are containers. */
  start: StartCommand | undefined;
  /** Platform to build the image for, without `start`. */
  platform: string;
  data: DataFolder;
}

/**
 * Prepares what tasks start from: the data folder and, for containers, the image.
 *
 * @throws LocalRunError when the image cannot be built.
 */
export async function prepareRevision(
  spec: TaskSpec,
  local: LocalService,
  options: RevisionOptions,
): Promise<Revision> {
  const { root, start, data } = options;
  const name = spec.image.name.split(":").at(-1) ?? "local";
  if (local.usesDataFolder) {
    await mkdir(data.absolute, { recursive: true });
    // The container's user is not the one who made the folder.
    if (start === undefined) await chmod(data.absolute, 0o777);
  }
  if (start === undefined) {
    const image = await buildImage(spec.image, root, options.platform);
    const settings = {
      spec: { ...spec, container: { ...spec.container, ulimits: local.ulimits } },
      image,
      environment: local.environment,
      ...(local.usesDataFolder ? { dataFolder: data.absolute } : {}),
    };
    return { name, launch: (input) => launchContainer(settings, input) };
  }
  const settings = processSettings(start, local);
  return { name, launch: (input) => launchWithSideCars(settings, spec.sideCars, input) };
}

/** What a process of the service starts with. */
export function processSettings(start: StartCommand, local: LocalService): ProcessSettings {
  const { command, cwd, path } = start;
  return {
    command,
    cwd,
    environment: { ...(path === undefined ? {} : { PATH: path }), ...local.environment },
    ...(local.portVariable === undefined ? {} : { portVariable: local.portVariable }),
  };
}
