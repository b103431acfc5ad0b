import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { RunCommand } from "../../lib/command.ts";
import { loadProject } from "../../plan/project.ts";
import { appFolders, loadWorkbenchConfig } from "../../project/workbench-config.ts";
import { tryRun } from "../doctor/checks.ts";

/** A project in a folder of a larger repository, whose root is where GitHub looks for workflows. */
export interface Place {
  /** Of the project, from the repository's root, such as `services/orders`. */
  folder: string;
  /** The project's name, which stands before those of files, jobs and queues: others of the repository have the same. */
  project: string;
  /** Folders whose changes deploy, from the root: the project's own, and those of apps that lie outside. */
  folders: readonly string[];
}

/** A name as the repository's root knows it: the project's own, where it is the repository. */
export const placedName = (place: Place | undefined, name: string): string =>
  place === undefined ? name : `${place.project}-${name}`;

/** Inputs of actions that are paths, which no working directory applies to. */
const PATHS = "path|input|output|scan-ref|trivyignores|sbom-path|subject-path|node-version-file";

/**
 * A workflow or a local action of a project, as it has to stand at the root of the repository. All that runs, runs in the
 * project's folder; a job without a checkout has no such folder.
 */
export function placedText(text: string, { folder, project, folders }: Place): string {
  const paths = folders.map((each) => `"${each}/**"`).join(", ");
  return text
    .replace(/^name: ([a-z-]+)$/m, `name: ${project}-$1`)
    .replace(/^( +workflows: \[)(\w+\])$/m, `$1${project}-$2`)
    .replace(/(?<=\.github\/actions\/|actions\/workflows\/)(?=\w)/g, `${project}-`)
    .replace(/^( +)branches: \[main\]$/m, `$&\n$1paths: [${paths}]`)
    .replace(/^( +group: )/gm, `$1${project}-`)
    .replace(RegExp(`^( +(?:${PATHS}): )(?!\\|)(.+)$`, "gm"), (_, key: string, name: string) =>
      name === "." ? `${key}${folder}` : `${key}${folder}/${name}`,
    )
    .replace(/^( +)path: \|\n(?:\1 .*\n)+/gm, (block) =>
      block.replace(/^( +)([^ :]+)$/gm, `$1${folder}/$2`),
    )
    .replace(/^( +)shell: bash$/gm, `$&\n$1working-directory: ${folder}`)
    .replace(/(?<=\njobs:\n[^]*)^ {2}([\w-]+):\n/gm, `$&    name: ${project}-$1\n`)
    .replace(/^ {4}steps:\n(?: {6}.*\n|\n)+/gm, (steps) =>
      steps.includes("uses: actions/checkout@")
        ? `    defaults:\n      run:\n        working-directory: ${folder}\n${steps}`
        : steps,
    );
}

/** Where a project lies in its repository; undefined where it is the whole of it, or in none. */
export async function placeOf(run: RunCommand, root: string): Promise<Place | undefined> {
  const there: RunCommand = (command, args) => run(command, args, { cwd: root });
  const folder = (await tryRun(there, "git rev-parse --show-prefix"))?.trim().replace(/\/$/, "");
  if (folder === undefined || folder === "") return undefined;
  const [{ name }, config] = [await loadProject(root), await loadWorkbenchConfig(root)];
  const apps = appFolders(root, config).map((app) => path.posix.join(folder, app));
  const outside = apps.filter((app) => !app.startsWith(`${folder}/`));
  return { folder, project: name, folders: [folder, ...outside] };
}

/** The way from a project's folder to the root of its repository, such as `../..`. */
export const toRoot = (folder: string): string => path.relative(path.join("/", folder), "/");

/**
 * The workflows and local actions of a project in a folder that do not stand at the root of its repository as they have to; none
 * of a project that is the whole repository.
 * @param root folder of the project
 * @param write puts them there. @default false
 * @returns their paths at the root, from the project
 */
export function misplaced(place: Place | undefined, root: string, write = false): string[] {
  if (place === undefined) return [];
  const files = globSync(".github/{workflows/*.yml,actions/*/action.yml}", { cwd: root }).sort();
  return files.flatMap((file) => {
    const name = path.join(
      toRoot(place.folder),
      file.replace(/^\.github\/\w+\//, `$&${placedName(place, "")}`),
    );
    const there = path.join(root, name);
    const text = placedText(readFileSync(path.join(root, file), "utf8"), place);
    if (existsSync(there) && readFileSync(there, "utf8") === text) return [];
    if (write) {
      mkdirSync(path.dirname(there), { recursive: true });
      writeFileSync(there, text);
    }
    return name;
  });
}
