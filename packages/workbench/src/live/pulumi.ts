import { runCommand, type CommandOptions } from "../lib/command.ts";
import {
  addNames,
  loadWorkbenchConfig,
  type WorkbenchConfig,
} from "../project/workbench-config.ts";
import { EXIT, OpsError } from "./errors.ts";
import { resourcesIn, type StateResource } from "./exported.ts";
import type { Update } from "./stack-history.ts";
import { writeConfig, type ConfigValues } from "./stack-file.ts";

/** The Pulumi CLI, as far as the commands need it. */
export interface Pulumi {
  /** Own containers by logical name of their service, as `workbench.config.ts` says. */
  containers(): Promise<WorkbenchConfig["containers"]>;
  /** `pulumi stack output --json`. */
  outputs(stack: string): Promise<Record<string, unknown>>;
  /** The state of a stack: its resources. */
  resources(stack: string): Promise<StateResource[]>;
  /** The value of a key, or its default; undefined where there is none. */
  getConfig(stack: string, key: string): Promise<string | undefined>;
  /** Writes into Pulumi.<stack>.yaml. */
  setConfig(stack: string, values: ConfigValues): Promise<void>;
  /** The record of a stack, newest first: of its last hundred updates. */
  history(stack: string): Promise<Update[]>;
  /** `pulumi up` on this terminal. @returns its exit code */
  up(stack: string, options: { yes: boolean }): Promise<number>;
}

/**
 * The CLI on PATH, run in the folder of the project.
 * @param declared what `workbench.config.ts` says, asked for when it is needed
 */
export function pulumiCli(
  declared = (): Promise<WorkbenchConfig> => loadWorkbenchConfig(process.cwd()),
): Pulumi {
  return {
    containers: async () => (await declared()).containers,
    outputs: async (stack) => {
      const text = await answer(["stack", "output", "--json", "--stack", stack], stack);
      const outputs = JSON.parse(text) as Record<string, unknown>;
      addNames(outputs, (await declared()).outputs);
      return outputs;
    },
    resources: async (stack) =>
      resourcesIn(await answer(["stack", "export", "--stack", stack], stack)),
    getConfig: async (stack, key) => {
      const { code, stdout } = await run(["config", "get", key, "--stack", stack]);
      return code === 0 ? stdout.trim() : undefined;
    },
    setConfig: (stack, values) => {
      writeConfig(stack, values);
      return Promise.resolve();
    },
    history: async (stack) => {
      const args = ["stack", "history", "--json", "--page-size", "100", "--stack", stack];
      return JSON.parse(await answer(args, stack)) as Update[];
    },
    up: async (stack, { yes }) =>
      (await run(["up", "--stack", stack, ...(yes ? ["--yes"] : [])], { terminal: true })).code,
  };
}

/** @throws OpsError with Pulumi's own words when it fails, CommandError where there is none */
async function answer(args: readonly string[], stack: string): Promise<string> {
  const { code, stdout, stderr } = await run(args);
  if (code === 0) return stdout;
  const text = stderr.replaceAll(/^(?:error|warning): /gm, "").trim();
  throw text.includes("no stack named")
    ? new OpsError(
        `There is no stack ${stack} in this project and backend. \`pulumi stack ls\` lists them.`,
        EXIT.usage,
      )
    : new OpsError(`pulumi ${args.slice(0, 2).join(" ")} failed for stack ${stack}: ${text}`);
}

const run = (args: readonly string[], options: CommandOptions = {}) =>
  runCommand("pulumi", args, { env: { PULUMI_SKIP_UPDATE_CHECK: "true" }, ...options });
