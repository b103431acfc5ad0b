import type { Plan } from "../plan/types.ts";
import type { RunCommand } from "../delivery/command.ts";

export type Level = "ok" | "warn" | "fail";

/** One finding: what was looked at, what was found, and what to do about it. */
export interface Finding {
  name: string;
  level: Level;
  /** What was found, in a sentence. */
  text: string;
  /** What to do; empty where nothing is to be done. */
  advice: string;
}

/** Load balancers of a region. */
export interface LoadBalancerQuota {
  used: number;
  limit: number;
}

/** What the checks look at; a test puts its own in place. */
export interface World {
  run: RunCommand;
  /** Of the running Node, such as `24.21.0`. */
  nodeVersion: string;
  env: NodeJS.ProcessEnv;
  /** Version of the Pulumi SDK that package-lock.json names. */
  sdkVersion: string;
  stacks: () => Promise<readonly string[]>;
  /** @throws Error in sentences when the stack cannot be planned */
  plan: (stack: string) => Promise<Plan>;
  /** Account of the credentials. @throws Error when there are none */
  account: (region: string) => Promise<string>;
  loadBalancers: (region: string) => Promise<LoadBalancerQuota>;
}

const ok = (name: string, text: string): Finding => ({ name, level: "ok", text, advice: "" });
const warn = (name: string, text: string, advice: string): Finding => ({
  ...{ name, level: "warn", text, advice },
});
const fail = (name: string, text: string, advice: string): Finding => ({
  ...{ name, level: "fail", text, advice },
});

const REQUIRED_NODE = 24;

export function checkNode({ nodeVersion }: World): Finding {
  const major = Number(nodeVersion.split(".")[0]);
  return major >= REQUIRED_NODE
    ? ok("Node", `${nodeVersion} runs this.`)
    : fail(
        "Node",
        `${nodeVersion} runs this, but the program needs ${REQUIRED_NODE} or later.`,
        `Put Node ${REQUIRED_NODE} first on PATH.`,
      );
}

/** Pulumi starts the program with the `node` on PATH, which npm scripts replace by their own. */
export async function checkNodeOnPath({ run, env }: World): Promise<Finding> {
  const name = "Node for pulumi up";
  const path = (env["PATH"] ?? "")
    .split(":")
    .filter((folder) => !folder.includes("node_modules/"))
    .join(":");
  const found = await tryRun(run, "node", ["--version"], { PATH: path });
  const version = found?.trim().replace(/^v/, "") ?? "";
  if (Number(version.split(".")[0]) >= REQUIRED_NODE) return ok(name, `${version} is on PATH.`);
  return warn(
    name,
    version === "" ? "No node is on PATH." : `${version} is on PATH, older than ${REQUIRED_NODE}.`,
    'For plain pulumi commands: export PATH="$PWD/node_modules/.bin:$PATH"',
  );
}

export async function checkDocker({ run }: World): Promise<Finding> {
  const version = await tryRun(run, "docker", ["version", "--format", "{{.Server.Version}}"]);
  return version === undefined
    ? warn(
        "Docker",
        "No Docker daemon answers.",
        "pulumi up builds the image with Docker: install and start it. The offline plan and npm start do without.",
      )
    : ok("Docker", `${version.trim()} answers.`);
}

export async function checkPulumi({ run, sdkVersion }: World): Promise<Finding> {
  const printed = await tryRun(run, "pulumi", ["version"]);
  if (printed === undefined)
    return fail(
      "Pulumi CLI",
      "pulumi is not on PATH.",
      `Install ${sdkVersion}: https://www.pulumi.com/docs/install/`,
    );
  const version = /(\d+)\.(\d+)\.\d+/.exec(printed);
  if (version === null)
    return warn("Pulumi CLI", "It does not tell its version.", `The SDK is ${sdkVersion}.`);
  const [, sdkMajor = "", sdkMinor = ""] = /(\d+)\.(\d+)/.exec(sdkVersion) ?? [];
  const [text, major = "", minor = ""] = version;
  return major === sdkMajor && Number(minor) >= Number(sdkMinor)
    ? ok("Pulumi CLI", `${text} is on PATH.`)
    : warn(
        "Pulumi CLI",
        `${text} is on PATH, but the SDK is ${sdkVersion}.`,
        "Update the CLI: an older one may not know what the program asks for.",
      );
}

export async function checkBackend({ run }: World): Promise<Finding> {
  const name = "Pulumi backend";
  const text = await tryRun(run, "pulumi", ["whoami", "--json", "--non-interactive"]);
  if (text === undefined)
    return fail(
      name,
      "Pulumi is logged in to no backend, or cannot reach it.",
      "export PULUMI_BACKEND_URL=... as npm run bootstrap prints it, or pulumi login.",
    );
  const { url = "" } = JSON.parse(text) as { url?: string };
  return url.startsWith("file:")
    ? warn(
        name,
        `${url} is a folder of this machine.`,
        "State on one machine is lost with it: npm run bootstrap makes a bucket for it.",
      )
    : ok(name, `${url} answers.`);
}

/** Output of a program; undefined where it is missing or fails. */
async function tryRun(
  run: RunCommand,
  command: string,
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  try {
    const { code, stdout } = await run(command, args, env === undefined ? {} : { env });
    return code === 0 ? stdout : undefined;
  } catch {
    return undefined;
  }
}

export { fail, ok, warn };
