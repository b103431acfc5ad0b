import type { RunCommand } from "../../lib/command.ts";
import type { Declared } from "../permissions/graph.ts";
import type { Plan } from "../../plan/types.ts";

/** One finding: what was looked at, what was found, and what to do about it. */
export interface Finding {
  name: string;
  level: "ok" | "warn" | "fail";
  /** What was found, in a sentence. */
  text: string;
  /** What to do; empty where nothing is to be done. */
  advice: string;
}

/** What the checks look at; a test puts its own in place. */
export interface Dependencies {
  run: RunCommand;
  /** Folder of Pulumi.yaml. @default the repository is not looked at */
  root?: string;
  /** Of the running Node, such as `24.21.0`. */
  nodeVersion: string;
  env: NodeJS.ProcessEnv;
  /** Version of the Pulumi SDK that package.json names. */
  sdkVersion: string;
  stacks: () => Promise<readonly string[]>;
  /** @throws Error in sentences when the stack cannot be planned */
  plan: (stack: string) => Promise<Plan>;
  /** What `workbench.config.ts` adds to the workbench's permissions. @default nothing */
  declared?: Declared;
  /** Account of the credentials. @throws Error when there are none */
  account: (region: string) => Promise<string>;
  /** Load balancers of a region. */
  loadBalancers: (region: string) => Promise<{ used: number; limit: number }>;
}

/** Findings about one thing. */
export const about = (name: string) => ({
  ok: (text: string): Finding => ({ name, level: "ok", text, advice: "" }),
  warn: (text: string, advice: string): Finding => ({ name, level: "warn", text, advice }),
  fail: (text: string, advice: string): Finding => ({ name, level: "fail", text, advice }),
});

const REQUIRED_NODE = 24;

export function checkNode({ nodeVersion }: Dependencies): Finding {
  const { ok, fail } = about("Node");
  if (Number(nodeVersion.split(".")[0]) >= REQUIRED_NODE) return ok(`${nodeVersion} runs this.`);
  return fail(
    `${nodeVersion} runs this, but the program needs ${REQUIRED_NODE} or later.`,
    `Put Node ${REQUIRED_NODE} first on PATH.`,
  );
}

/** Pulumi starts the program with the `node` on PATH, which npm scripts replace by their own. */
export async function checkNodeOnPath({ run, env }: Dependencies): Promise<Finding> {
  const { ok, warn } = about("Node for pulumi up");
  const folders = (env["PATH"] ?? "").split(":");
  const PATH = folders.filter((folder) => !folder.includes("node_modules/")).join(":");
  const version = (await tryRun(run, "node --version", { PATH }))?.trim().replace(/^v/, "");
  if (Number(version?.split(".")[0]) >= REQUIRED_NODE) return ok(`${version ?? ""} is on PATH.`);
  return warn(
    version === undefined
      ? "No node is on PATH."
      : `${version} is on PATH, older than ${REQUIRED_NODE}.`,
    'For plain pulumi commands: export PATH="$PWD/node_modules/.bin:$PATH"',
  );
}

export async function checkDocker({ run }: Dependencies): Promise<Finding> {
  const { ok, warn } = about("Docker");
  const version = await tryRun(run, "docker version --format {{.Server.Version}}");
  if (version !== undefined) return ok(`${version.trim()} answers.`);
  return warn(
    "No Docker daemon answers.",
    "pulumi up builds the image with Docker: install and start it. The offline plan and npm start do without.",
  );
}

export async function checkPulumi({ run, sdkVersion }: Dependencies): Promise<Finding> {
  const { ok, warn, fail } = about("Pulumi CLI");
  const printed = await tryRun(run, "pulumi version");
  if (printed === undefined)
    return fail(
      "pulumi is not on PATH.",
      `Install ${sdkVersion}: https://www.pulumi.com/docs/install/`,
    );
  const [version] = /\d+\.\d+\.\d+/.exec(printed) ?? [];
  if (version === undefined)
    return warn("It does not tell its version.", `The SDK is ${sdkVersion}.`);
  const [major, minor] = version.split(".");
  const [sdkMajor, sdkMinor] = sdkVersion.split(".");
  if (major === sdkMajor && Number(minor) >= Number(sdkMinor)) return ok(`${version} is on PATH.`);
  return warn(
    `${version} is on PATH, but the SDK is ${sdkVersion}.`,
    "Update the CLI: an older one may not know what the program asks for.",
  );
}

export async function checkBackend({ run }: Dependencies): Promise<Finding> {
  const { ok, warn, fail } = about("Pulumi backend");
  const text = await tryRun(run, "pulumi whoami --json --non-interactive");
  if (text === undefined)
    return fail(
      "Pulumi is logged in to no backend, or cannot reach it.",
      "export PULUMI_BACKEND_URL=... as npm run bootstrap prints it, or pulumi login.",
    );
  const { url = "" } = JSON.parse(text) as { url?: string };
  if (!url.startsWith("file:")) return ok(`${url} answers.`);
  return warn(
    `${url} is a folder of this machine.`,
    "State on one machine is lost with it: npm run bootstrap makes a bucket for it.",
  );
}

/** Output of a command line, split at its spaces; undefined where the program is missing or fails. */
export async function tryRun(
  run: RunCommand,
  line: string,
  env?: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const [command = "", ...args] = line.split(" ");
  try {
    const { code, stdout } = await run(command, args, env && { env });
    return code === 0 ? stdout : undefined;
  } catch {
    return undefined;
  }
}
