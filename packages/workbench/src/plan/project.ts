import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { parseYaml } from "../lib/yaml.ts";
import { readDeclaration, type Declaration } from "./config-types.ts";
import { PlanError } from "./errors.ts";
import { isMap } from "./wire.ts";

/** Pulumi.yaml. */
export interface Project {
  /** Folder of Pulumi.yaml. */
  root: string;
  name: string;
  /** Entry of the program, relative to `root`. */
  main: string;
  /** By full name, such as `koa-fargate:taskCpu`. */
  declarations: Map<string, Declaration>;
}

/**
 * Reads Pulumi.yaml.
 * @throws PlanError in one sentence
 */
export async function loadProject(root: string): Promise<Project> {
  const file = await readYaml(join(root, "Pulumi.yaml"));
  const name = file["name"];
  if (typeof name !== "string" || name === "")
    throw new PlanError("Pulumi.yaml names no project: set `name`.");
  const config = isMap(file["config"]) ? file["config"] : {};
  return {
    root,
    name,
    main: typeof file["main"] === "string" ? file["main"] : "index.ts",
    declarations: new Map(
      Object.entries(config).map(([key, value]) => [
        fullKey(name, key),
        readDeclaration(value, ownKey(name, key)),
      ]),
    ),
  };
}

/**
 * The folder around `folder` that holds Pulumi.yaml.
 * @throws PlanError where none does
 */
export function findRoot(folder: string): string {
  for (let current = folder; ; current = dirname(current)) {
    if (existsSync(join(current, "Pulumi.yaml"))) return current;
    if (dirname(current) === current)
      throw new PlanError(
        `No Pulumi.yaml lies in ${folder} or above: plan in a Pulumi project, or name its folder by --root.`,
      );
  }
}

/** `project:key` for a key without namespace. */
export function fullKey(project: string, key: string): string {
  return key.includes(":") ? key : `${project}:${key}`;
}

function ownKey(project: string, key: string): boolean {
  return fullKey(project, key).startsWith(`${project}:`);
}

/** Names of the stacks that have a file beside Pulumi.yaml, sorted. */
export async function stackNames(root: string): Promise<string[]> {
  const names = (await readdir(root)).map((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1]);
  return names.filter((name) => name !== undefined).sort();
}

/**
 * Reads `config:` of Pulumi.<stack>.yaml.
 * @throws PlanError that lists the stacks there are when `stack` is none of them
 */
export async function loadStackConfig(root: string, stack: string): Promise<Map<string, unknown>> {
  const known = await stackNames(root);
  if (!known.includes(stack))
    throw new PlanError(
      known.length === 0
        ? `There is no stack ${JSON.stringify(stack)}: no Pulumi.<stack>.yaml lies beside Pulumi.yaml.`
        : `There is no stack ${JSON.stringify(stack)}. The stacks are ${known.join(", ")}; a new one is a file Pulumi.<stack>.yaml.`,
    );
  const name = `Pulumi.${stack}.yaml`;
  const file = await readYaml(join(root, name));
  const config = file["config"] ?? {};
  if (!isMap(config)) throw new PlanError(`${name}: config is not a map of keys and values.`);
  return new Map(
    Object.entries(config).map(([key, value]) => {
      const parts = key.split(":");
      // `namespace:config:name` is an old spelling of `namespace:name`.
      const plain =
        parts.length === 3 && parts[1] === "config" ? `${parts[0] ?? ""}:${parts[2] ?? ""}` : key;
      if (plain.split(":").length !== 2)
        throw new PlanError(
          `${name}: could not parse ${key} as a configuration key (configuration keys should be of the form <namespace>:<name>).`,
        );
      if (value === null || value === undefined)
        throw new PlanError(`${name}: ${key} has no value. Set one or delete the line.`);
      return [plain, value];
    }),
  );
}

/**
 * A YAML file as a map that nobody may change; empty where it says nothing.
 * @throws PlanError in one sentence
 */
export async function readYaml(path: string): Promise<Record<string, unknown>> {
  const name = basename(path);
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw new PlanError(
      `${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)}): plan in the folder of the project.`,
    );
  });
  try {
    const file = parseYaml(text) ?? {};
    if (isMap(file)) return file;
  } catch (error) {
    const message = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    throw new PlanError(`${name} is not valid YAML: ${message.replace(/:$/, "")}.`);
  }
  throw new PlanError(`${name} is not a map of settings.`);
}
