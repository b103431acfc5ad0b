/** Configuration of a program that nobody prepared for a plan: no stack file, defaults of a template, values unset. */
import { basename } from "node:path";
import type * as Sdk from "@pulumi/pulumi";
import { readDeclaration } from "../config-types.ts";
import { PlanError } from "../errors.ts";
import {
  fullKey,
  loadProject,
  loadStackConfig,
  readYaml,
  stackNames,
  type Project,
} from "../project.ts";
import { stackConfig, type Overrides, type StackConfig } from "../stack-config.ts";
import { isMap } from "../wire.ts";
import type { WorkbenchConfig } from "../../project/workbench-config.ts";

export interface Settings {
  project: Project;
  /** `main` of Pulumi.yaml. */
  main: string | undefined;
  config: StackConfig;
  /** Keys whose value is invented. */
  invented: Map<string, string>;
}

/** What every program needs, declared or not. */
const REGION = ["aws:region", readDeclaration({}, false)] as const;

/** What Pulumi.yaml's `template` leaves to `pulumi new`. */
const PLACEHOLDER = /^\$\{\w+\}$/;

/**
 * Reads Pulumi.yaml and the stack's file. Values come, in this order, from the command line, the stack's file,
 * `workbench.config.ts`, Pulumi.yaml and its template; for a declared key that none sets one is invented.
 * @throws PlanError in one sentence
 */
export async function loadSettings(
  root: string,
  stack: string,
  overrides: Overrides,
  declared: WorkbenchConfig,
): Promise<Settings> {
  const file = await readYaml(`${root}/Pulumi.yaml`);
  const runtime = isMap(file["runtime"]) ? file["runtime"]["name"] : file["runtime"];
  if (runtime !== "nodejs")
    throw new PlanError(
      `Pulumi.yaml: runtime is ${JSON.stringify(runtime)}; a plan evaluates programs of the runtime nodejs alone.`,
    );
  const loaded = await loadProject(root);
  const project = PLACEHOLDER.test(loaded.name) ? renamed(loaded, basename(root)) : loaded;
  const values = await fileOf(root, stack);
  const given = { ...templateDefaults(file), ...declared.config };
  for (const [key, value] of Object.entries(given)) {
    const full = fullKey(project.name, key);
    if (!values.has(full)) values.set(full, value);
  }
  const invented = new Map<string, string>();
  for (const [key, { type, default: fallback, value }] of new Map([
    REGION,
    ...project.declarations,
  ]))
    if (
      !values.has(key) &&
      overrides[key] === undefined &&
      (fallback ?? value) === undefined &&
      declared.strict !== true
    )
      invent(values, invented, key, type ?? "string");
  const main = typeof file["main"] === "string" ? file["main"] : undefined;
  return { project, main, config: stackConfig(project, stack, values, overrides), invented };
}

function invent(
  values: Map<string, unknown>,
  invented: Map<string, string>,
  key: string,
  type: string,
): void {
  const text = placeholder(key.split(":").at(-1) ?? key, type);
  values.set(key, type === "object" || type === "array" ? (JSON.parse(text) as unknown) : text);
  invented.set(key, text);
}

async function fileOf(root: string, stack: string): Promise<Map<string, unknown>> {
  return (await stackNames(root)).length === 0 ? new Map() : await loadStackConfig(root, stack);
}

function renamed(project: Project, name: string): Project {
  const declarations = [...project.declarations].map(
    ([key, declaration]) => [key.replace(`${project.name}:`, `${name}:`), declaration] as const,
  );
  return { ...project, name, declarations: new Map(declarations) };
}

function templateDefaults(file: Record<string, unknown>): Record<string, unknown> {
  const template = isMap(file["template"]) ? file["template"]["config"] : undefined;
  if (!isMap(template)) return {};
  return Object.fromEntries(
    Object.entries(template).flatMap(([key, value]) => {
      const fallback = readDeclaration(value, true).default;
      return fallback === undefined ? [] : [[key, fallback]];
    }),
  );
}

/** By words in the key, the first that fits: what a text of configuration usually is. */
const PLACEHOLDERS: readonly [RegExp, string][] = [
  [/arn$/i, "arn:aws:iam::123456789012:role/placeholder"],
  [/cidr/i, "10.0.0.0/16"],
  [/e-?mail/i, "someone@example.com"],
  [/(?:url|uri|endpoint|webhook)$/i, "https://example.com"],
  [/region$/i, "us-east-1"],
  [/(?:zone|subnet)s?$/i, "us-east-1a"],
  [/(?:domain|host|hostname|fqdn)/i, "example.com"],
  [/account/i, "123456789012"],
  [/vpc-?id$/i, "vpc-0123456789abcdef0"],
  [/subnet-?id$/i, "subnet-0123456789abcdef0"],
  [/image/i, "public.ecr.aws/nginx/nginx:latest"],
  [/port$/i, "80"],
  [/(?:count|size|number|capacity|days|memory|cpu)$/i, "1"],
  [/(?:path|folder|directory|dir)$/i, "."],
];

/** A value of the type for a key that nobody set, the same every time. */
export function placeholder(key: string, type: string): string {
  if (type === "boolean") return "false";
  if (type === "object") return "{}";
  if (type === "array") return "[]";
  const fitting = PLACEHOLDERS.find(([pattern]) => pattern.test(key))?.[1];
  if (type === "number" || type === "integer")
    return Number.isNaN(Number(fitting)) ? "1" : (fitting ?? "1");
  // Short enough for names that AWS caps.
  return fitting ?? "placeholder";
}

type Getter = (this: Sdk.Config, key: string, ...rest: unknown[]) => unknown;
const TYPES = { "": "string", Boolean: "boolean", Number: "number", Object: "object" } as const;

/** Makes `Config.require*` of the program's SDK invent what nobody set, and record it in `invented`. */
export function inventRequired(sdk: typeof Sdk, { config, invented, project }: Settings): void {
  const prototype = sdk.Config.prototype as unknown as Record<string, Getter | undefined>;
  for (const [suffix, type] of Object.entries(TYPES))
    for (const name of [`require${suffix}`, `requireSecret${suffix}`]) {
      const original = prototype[name];
      if (original === undefined) continue;
      prototype[name] = function (key, ...rest) {
        const full = `${this.name}:${key}`;
        const all = sdk.runtime.allConfig();
        if (all[full] === undefined) {
          const { allowedValues: [first] = [] } = (rest[0] ?? {}) as {
            allowedValues?: (string | number)[];
          };
          const text = first === undefined ? placeholder(key, type) : String(first);
          invented.set(full, text);
          sdk.runtime.setAllConfig({ ...all, [full]: text }, config.secretKeys);
          const short = full.startsWith(`${project.name}:`) ? key : full;
          config.shown[short] = name.startsWith("requireSecret") ? "[secret]" : text;
        }
        return original.call(this, key, ...rest);
      };
    }
}
