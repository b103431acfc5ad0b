import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";
import path from "node:path";
import { parseYaml } from "../lib/yaml.ts";
import { nearest } from "./nearest.ts";
import type { Problem } from "./problem.ts";

/** Namespaces that are read without a package: the engine's own. A program that reads one of its own adds it here. */
const READ_ANYWAY = ["pulumi"];

/** Uses the SDK, but reads no configuration of its own. */
const WORKBENCH = "@koa-fargate/workbench";

/** The parts of a package.json that say what it configures. */
interface Manifest {
  name?: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  /** Of a provider. Source: Pulumi, sdk/nodejs/cmd/pulumi-language-nodejs/main.go, which finds plugins by it. */
  pulumi?: { name?: string; parameterization?: { name?: string } };
}

/**
 * Namespaces that the Pulumi packages of a project read, such as `aws`: of its dependencies, and of theirs.
 * @param root - folder of the package.json
 */
export function packageNamespaces(root: string): ReadonlySet<string> {
  const namespaces = new Set(READ_ANYWAY);
  const seen = new Set<string>();
  const visit = (file: string): void => {
    const { dependencies, devDependencies, optionalDependencies, peerDependencies } =
      manifest(file);
    const names = Object.keys({
      ...dependencies,
      ...(file === top ? devDependencies : {}),
      ...optionalDependencies,
      ...peerDependencies,
    });
    for (const name of names) {
      const found = find(name, file);
      if (found === undefined || seen.has(found) || name === WORKBENCH) continue;
      seen.add(found);
      const own = manifest(found);
      if (!usesPulumi(own)) continue;
      for (const namespace of namespacesOf(own)) namespaces.add(namespace);
      visit(found);
    }
  };
  const top = path.join(root, "package.json");
  visit(top);
  return namespaces;
}

/** Whether a package is a provider, or a library of components. */
const usesPulumi = ({ dependencies, peerDependencies }: Manifest): boolean =>
  "@pulumi/pulumi" in { ...dependencies, ...peerDependencies };

/** A provider says its name; that of a library is the package's own, without its scope. */
function namespacesOf({ name = "", pulumi = {} }: Manifest): string[] {
  return [
    pulumi.name ?? name.slice(name.lastIndexOf("/") + 1),
    pulumi.parameterization?.name,
  ].filter((namespace) => namespace !== undefined);
}

function manifest(file: string): Manifest {
  return JSON.parse(readFileSync(file, "utf8")) as Manifest;
}

/** Undefined where the package is not installed, as optional ones may be. */
function find(name: string, from: string): string | undefined {
  try {
    return findPackageJSON(name, from);
  } catch {
    return undefined;
  }
}

/** Name of the project whose Pulumi.yaml lies in a folder. */
export function projectName(folder: string): string {
  return (projectFile(folder) as { name: string }).name;
}

/** Keys that the Pulumi.yaml of a folder declares. */
export function declaredKeys(folder: string): string[] {
  const { config = {} } = projectFile(folder) as { config?: object };
  return Object.keys(config);
}

const projectFile = (folder: string): unknown =>
  parseYaml(readFileSync(path.join(folder, "Pulumi.yaml"), "utf8"));

/** What a program and its packages read. */
export interface Readers {
  project: string;
  /** Keys of the project. */
  keys: readonly string[];
  /** Of other packages. */
  namespaces: ReadonlySet<string>;
}

/**
 * Keys of namespaces that nobody reads: the Pulumi CLI passes them on without a word, and the stack is deployed with the
 * defaults in their place. One problem for each namespace.
 * @param settings - full keys of a stack
 */
export function unreadNamespaces(settings: readonly string[], readers: Readers): Problem[] {
  const { project, keys, namespaces } = readers;
  const unread = new Map<string, string[]>();
  for (const setting of settings) {
    const [namespace = "", key = ""] = setting.split(":");
    if (namespace === project || namespaces.has(namespace)) continue;
    unread.set(namespace, [...(unread.get(namespace) ?? []), key]);
  }
  return [...unread].map(([namespace, found]) => {
    const [first = ""] = found;
    const key = `${namespace}:${first}`;
    const others = found.length - 1;
    if (nearest(namespace, [project]) !== undefined && others === 0)
      return { key, reason: `is not a key. Did you mean ${project}:${first}?` };
    const subject =
      others === 0
        ? "is read by nobody"
        : `and ${others} more ${others === 1 ? "key" : "keys"} of ${namespace} are read by nobody`;
    const ours = found.find((name) => keys.includes(name));
    return {
      key,
      reason:
        ours === undefined
          ? `${subject}: no Pulumi package of that name is a dependency. Install it with npm, or delete ${others === 0 ? "the line" : "the lines"}.`
          : `${subject}: Pulumi.yaml calls the project ${project}. Write ${project}:${ours}, or let npm run rename -- ${project} write ${others === 0 ? "it" : "them all"}.`,
    };
  });
}
