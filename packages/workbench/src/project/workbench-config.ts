import { existsSync } from "node:fs";
import { join, normalize } from "node:path";
import { pathToFileURL } from "node:url";
import { ToolError } from "../lib/command-line.ts";
import { isMap, type Json } from "../lib/json.ts";
import { messageOf } from "../lib/words.ts";

/** A resource or call that waits for an answer. */
export interface Asked {
  /** Type or function token, such as `aws:rds/instance:Instance`. */
  token: string;
  /** Logical name; empty for a call. */
  name: string;
  /** Inputs or arguments in plain text. */
  inputs: Readonly<Record<string, Json>>;
  region: string;
  accountId: string;
}

/** Answers, or what makes them. */
export type StandIn =
  Readonly<Record<string, Json>> | ((asked: Asked) => Readonly<Record<string, Json>>);

/** What the pipeline's roles need for a resource type: actions such as `sqs: CreateQueue DeleteQueue`. */
export interface DeclaredPermission {
  /** Of a preview: settings, never data. */
  read: string;
  /** Of a deployment, on everything of these services in the stack's region. */
  write: string;
}

/** What pages about configuration are made of: Pulumi.yaml and what each stack file sets. */
export interface ConfigurationSource {
  project: string;
  /** Text of Pulumi.yaml. */
  file: string;
  /** Stack -> full name -> value of its file. */
  stacks: ReadonlyMap<string, ReadonlyMap<string, unknown>>;
}

/**
 * Sentences on what planned resources and functions, by token, need.
 * @param declared what `workbench.config.ts` says
 */
export type Gaps = (
  resources: readonly { type: string; name: string; inputs: Record<string, Json> }[],
  functions: readonly string[],
  declared: WorkbenchConfig,
) => Promise<readonly string[]>;

/** A box of the summary and diagram. The first one that fits takes the resource. */
export interface BoxRule {
  name: string;
  /** Types that belong to it: a token, or its beginning, such as `aws:rds/`. @default any */
  types?: readonly string[];
  /** Logical name of an ancestor. @default any */
  parent?: string;
}

/**
 * `workbench.config.ts` beside Pulumi.yaml: what a plan cannot guess. It belongs to the tool, not to the program: it is
 * loaded without the guard that keeps the program from processes and sockets.
 */
export interface WorkbenchConfig {
  /** Outputs by type token, `id` among them; the plan shows them as declared. */
  resources?: Readonly<Record<string, StandIn>>;
  /** Resource types that the workbench has no permissions for, by token. @default none */
  permissions?: Readonly<Record<string, DeclaredPermission>>;
  /** Actions that tasks may be granted beyond those of the boundary, such as `sqs: ReceiveMessage DeleteMessage`. @default none */
  taskActions?: string;
  /** Answers of provider functions, by token. */
  calls?: Readonly<Record<string, StandIn>>;
  /** What a command that the program runs synchronously would print, by its whole text. @default nothing, with a note */
  commands?: Readonly<Record<string, string>>;
  /** Values for configuration that no stack file sets, by key: one for all stacks. */
  config?: Readonly<Record<string, Json>>;
  /**
   * Configuration keys that the workbench reads -> the program's own key for the same: `requestTimeoutSeconds` (rollout),
   * `appPath` and `image` (local run), `deletionProtection` (comment). @default the same names
   */
  lookups?: Readonly<Record<string, string>>;
  /**
   * Stack outputs that the workbench reads -> the program's own name for the same: `clusterName`, `serviceName`, `taskDefinitionArn`,
   * `logGroupName`, `repositoryUrl`, `url`. @default the same names; what no output says is looked up in the state
   */
  outputs?: Readonly<Record<string, string>>;
  /**
   * Own container of a service or scheduled task, by its logical name: what stands beside that one is a side-car.
   * @default the one that its load balancer names, else the first essential one
   */
  containers?: Readonly<Record<string, string>>;
  /** Groups of the summary. @default components by their module, the rest by AWS service */
  boxes?: readonly BoxRule[];
  /** File of the program, relative to Pulumi.yaml. @default as Pulumi finds it */
  entry?: string;
  /**
   * Folders of the apps, npm packages of their own, that are installed, checked and tested with the program. @default app
   */
  apps?: readonly string[];
  /** Files that `npm run docs` writes beside its own, by path. @default none */
  pages?: (source: ConfigurationSource) => Readonly<Record<string, string>>;
  /** What the roles of the program's pipeline lack: `pipelineGaps` of this package where that deploys it. @default nobody asks */
  gaps?: Gaps;
  /** Refuses unknown types, calls and values in place of guessing them. @default false */
  strict?: boolean;
  /**
   * Evaluates the program in the tool's own process, unguarded: for a program of one's own whose entry exports a
   * function, has no effect at import and needs no transpiling. Faster, and always strict. @default false
   */
  inProcess?: boolean;
}

/** Keys with what each has to be. */
const FIELDS: Readonly<
  Record<keyof WorkbenchConfig, "object" | "array" | "string" | "boolean" | "function">
> = {
  resources: "object",
  permissions: "object",
  taskActions: "string",
  calls: "object",
  commands: "object",
  config: "object",
  lookups: "object",
  outputs: "object",
  containers: "object",
  boxes: "array",
  entry: "string",
  apps: "array",
  pages: "function",
  gaps: "function",
  strict: "boolean",
  inProcess: "boolean",
};

export const CONFIG_FILE = "workbench.config.ts";

/**
 * Reads `workbench.config.ts` of the folder; empty where there is none.
 * @throws ToolError in one sentence
 */
export async function loadWorkbenchConfig(root: string): Promise<WorkbenchConfig> {
  const path = join(root, CONFIG_FILE);
  if (!existsSync(path)) return {};
  let loaded: { default?: unknown };
  const emitWarning = process.emitWarning.bind(process);
  try {
    // Node complains about a package.json without a type, which is the usual one of a CommonJS program.
    process.emitWarning = () => undefined;
    loaded = (await import(pathToFileURL(path).href)) as { default?: unknown };
  } catch (error) {
    throw new ToolError(`${CONFIG_FILE} cannot be loaded: ${messageOf(error)}`);
  } finally {
    process.emitWarning = emitWarning;
  }
  return checked(loaded.default);
}

function checked(config: unknown): WorkbenchConfig {
  if (!isMap(config))
    throw new ToolError(
      `${CONFIG_FILE} has no default export: write export default { ... } satisfies WorkbenchConfig.`,
    );
  for (const [key, value] of Object.entries(config)) {
    const expected = (FIELDS as Record<string, string>)[key];
    if (expected === undefined)
      throw new ToolError(
        `${CONFIG_FILE}: ${key} is not a field. The fields are ${Object.keys(FIELDS).join(", ")}.`,
      );
    const actual = Array.isArray(value) ? "array" : typeof value;
    if (value !== undefined && actual !== expected)
      throw new ToolError(`${CONFIG_FILE}: ${key} is ${actual}: it has to be of type ${expected}.`);
  }
  const useless = IN_CHILD.filter(
    (field) => config["inProcess"] === true && config[field] !== undefined,
  );
  if (useless.length > 0)
    throw new ToolError(
      `${CONFIG_FILE}: ${useless.join(" and ")} would have no effect, for inProcess evaluates the program as it is. Remove one or the other.`,
    );
  return config;
}

/** Folders of the apps that there are, relative to the program. */
export const appFolders = (root: string, { apps = ["app"] }: WorkbenchConfig): string[] =>
  [...new Set(apps.map((folder) => normalize(folder)))].filter((folder) =>
    existsSync(join(root, folder, "package.json")),
  );

/** Fields that only a process of the program's own can heed. */
const IN_CHILD: readonly (keyof WorkbenchConfig)[] = [
  "calls",
  "commands",
  "config",
  "boxes",
  "entry",
];

/** Adds values under the workbench's names, where they have the program's own. */
export function addNames(
  values: Record<string, unknown>,
  names: Readonly<Record<string, string>> = {},
): void {
  for (const [name, own] of Object.entries(names))
    if (values[own] !== undefined) values[name] = values[own];
}

/** The declared answer for a token. */
export function declared(
  standIns: WorkbenchConfig["resources"],
  asked: Asked,
): Readonly<Record<string, Json>> | undefined {
  const standIn = standIns?.[asked.token];
  return typeof standIn === "function" ? standIn(asked) : standIn;
}
