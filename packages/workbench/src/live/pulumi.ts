import { spawn } from "node:child_process";
import { EXIT, OpsError } from "./errors.ts";
import { writeConfig, type ConfigValues } from "./stack-file.ts";

/** The Pulumi CLI, as far as the commands need it. */
export interface Pulumi {
  /** `pulumi stack output --json`. */
  outputs(stack: string): Promise<Record<string, unknown>>;
  /** The state of a stack: its resources. */
  resources(stack: string): Promise<StateResource[]>;
  /** The value of a key, or its default; undefined where there is none. */
  getConfig(stack: string, key: string): Promise<string | undefined>;
  /** Writes into Pulumi.<stack>.yaml. */
  setConfig(stack: string, values: ConfigValues): Promise<void>;
  /** `pulumi up` on this terminal. @returns its exit code */
  up(stack: string, options: { yes: boolean }): Promise<number>;
}

export interface StateResource {
  type: string;
  urn: string;
  outputs?: Record<string, unknown>;
}

interface Finished {
  code: number;
  stdout: string;
  stderr: string;
}

/** The CLI on PATH, run in the folder of the project. */
export function pulumiCli(): Pulumi {
  return {
    outputs: async (stack) =>
      JSON.parse(await answer(["stack", "output", "--json", "--stack", stack], stack)) as Record<
        string,
        unknown
      >,
    resources: async (stack) => {
      const text = await answer(["stack", "export", "--stack", stack], stack);
      const state = JSON.parse(text) as { deployment?: { resources?: StateResource[] } };
      return state.deployment?.resources ?? [];
    },
    getConfig: async (stack, key) => {
      const { code, stdout } = await run(["config", "get", key, "--stack", stack]);
      return code === 0 ? stdout.trim() : undefined;
    },
    setConfig: (stack, values) => {
      writeConfig(stack, values);
      return Promise.resolve();
    },
    up: async (stack, { yes }) =>
      (await run(["up", "--stack", stack, ...(yes ? ["--yes"] : [])], "terminal")).code,
  };
}

/** @throws OpsError with Pulumi's own words when it fails */
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

function run(args: readonly string[], output: "captured" | "terminal" = "captured") {
  return new Promise<Finished>((resolve, reject) => {
    const child = spawn("pulumi", args, {
      stdio: output === "terminal" ? "inherit" : ["ignore", "pipe", "pipe"],
      env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    });
    let stdout = "";
    let stderr = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        error.code === "ENOENT"
          ? new OpsError(
              "The Pulumi CLI is not on PATH, and the stack's addresses are in its state. Install it (https://www.pulumi.com/docs/install/) and log in to the backend.",
            )
          : error,
      );
    });
    child.once("close", (code) => {
      resolve({ code: code ?? 1, stdout, stderr });
    });
  });
}
