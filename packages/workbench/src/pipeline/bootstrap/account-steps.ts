import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import path from "node:path";
import { stateBackendUrl } from "./names.ts";
import {
  CommandError,
  lastLines,
  succeed,
  type CommandOptions,
  type RunCommand,
} from "../../lib/command.ts";
import { resourcesIn } from "../../live/exported.ts";
import { excused } from "../../lib/excused.ts";
import { EXIT, QUIET } from "../delivery/pulumi.ts";
import { ToolError } from "../../lib/command-line.ts";
import type { AccountSettings } from "./account-file.ts";
import type { Step } from "./steps.ts";

export interface Bootstrap {
  run: RunCommand;
  /** Repository. */
  root: string;
  /** Name of bootstrap/Pulumi.<account>.yaml, and of the stack. */
  account: string;
  settings: AccountSettings;
}

/** Outputs of the bootstrap project that the later steps need. */
export interface BootstrapOutputs {
  backendUrl: string;
  environments: Record<string, Record<string, string>>;
  secretsProviders: Record<string, string>;
  /** ARN of the policy that bounds every role of a stack, by stack. */
  serviceBoundaries: Record<string, string>;
}

/** The state of this project holds no secret, so an empty passphrase protects as much as there is. */
const at = (cwd: string, backend: string): CommandOptions => ({
  cwd,
  env: { PULUMI_CONFIG_PASSPHRASE: "", PULUMI_BACKEND_URL: backend },
});

/** What a backend knows of the account: no stack of that name, an empty one, or its resources. */
type Found = "nothing" | "empty stack" | "resources";

/**
 * Creates the account's state bucket, identity provider and roles. The bucket cannot hold the state that creates it, so the
 * first deployment keeps its state in a folder, and the state then moves into the bucket.
 */
export function accountSteps({ run, root, account, settings }: Bootstrap): Step[] {
  const cwd = path.join(root, "bootstrap");
  const folder = path.join(root, ".local/bootstrap", account);
  const files = { state: path.join(folder, ".pulumi"), aside: path.join(folder, "moved") };
  const local = `file://${folder}`;
  const remote = stateBackendUrl(settings.accountId, settings.region);
  const pulumi = (backend: string, ...args: string[]): Promise<string> => {
    const show = args[0] === "up" || args[0] === "preview";
    const options = { ...at(cwd, backend), show };
    return succeed(run, "pulumi", [...args, "--stack", account, ...QUIET], options);
  };
  const initStack = (backend: string): Promise<string> => {
    const args = ["stack", "init", account, "--secrets-provider", "passphrase", ...QUIET];
    return succeed(run, "pulumi", args, at(cwd, backend));
  };
  const find = async (backend: string): Promise<Found> => {
    const text = await readStack(run, cwd, account, backend, ["stack", "export"]);
    if (text === undefined) return "nothing";
    return resourcesIn(text).length > 0 ? "resources" : "empty stack";
  };
  const findLocal = async (): Promise<Found> => (existsSync(files.state) ? find(local) : "nothing");
  const moved = async (): Promise<boolean> => (await find(remote)) === "resources";
  /** Outputs are the last that a deployment writes: one that broke off has resources and no outputs. */
  const complete = async (backend: string): Promise<boolean> =>
    (await outputs(run, cwd, account, backend)) !== undefined;

  return [
    {
      title: "A folder for the first state",
      lines: [`pulumi stack init ${account} in ${path.relative(root, folder)}`],
      async done() {
        if ((await moved()) || (await findLocal()) !== "nothing") return true;
        // The account's state is not where it has to be, and nothing here may guess where it went.
        if (existsSync(files.aside))
          throw new ToolError(
            `${path.relative(root, files.aside)} says that the state of this account was moved into ${remote}, but it is not there, and a new one would make everything a second time. Bring the state back as docs/runbook.md says ("A lost state"), or remove that folder if the account is to start anew.`,
          );
        return false;
      },
      async run() {
        await mkdir(folder, { recursive: true });
        await initStack(local);
      },
    },
    {
      title: "State bucket, keys, identity provider and roles",
      lines: [
        `in account ${settings.accountId}, region ${settings.region}, for ${settings.stacks.join(" and ")}`,
        `cost: 1 USD a month for each of ${settings.stacks.length + 1} keys`,
      ],
      done: async () =>
        (await moved()) || ((await findLocal()) === "resources" && (await complete(local))),
      show: () => pulumi(local, "preview"),
      run: () => pulumi(local, "up", "--yes", "--skip-preview"),
    },
    {
      title: "The state into its bucket",
      lines: [`pulumi stack export, then import into ${remote}`],
      done: async () => (await moved()) && !existsSync(files.state),
      async run() {
        const found = await find(remote);
        if (found !== "resources") {
          const file = path.join(folder, "export.json");
          await pulumi(local, "stack", "export", "--file", file);
          // A run that broke off here leaves an empty stack behind.
          if (found === "nothing") await initStack(remote);
          await pulumi(remote, "stack", "import", "--file", file);
        }
        // A copy that a later run would take for the truth must not stay in its place.
        await rename(files.state, files.aside);
      },
    },
    {
      title: "Up to date with the program",
      lines: ["pulumi up, where the roles need other permissions than they have"],
      async done() {
        // In a dry run of a fresh account there is nothing yet to compare with.
        if (!(await moved())) return false;
        const current = await pulumi(remote, "preview", "--expect-no-changes")
          .then(() => true)
          .catch(excused(isChanged, false));
        return current && complete(remote);
      },
      run: () => pulumi(remote, "up", "--yes", "--skip-preview"),
    },
  ];
}

const isChanged = (error: unknown): boolean =>
  error instanceof CommandError && error.code === EXIT.changesUnexpected;

/**
 * @returns undefined where the account was not deployed to this backend, or not to the end
 * @throws CommandError where the backend cannot be read
 */
export async function outputs(
  run: RunCommand,
  cwd: string,
  account: string,
  backend: string,
): Promise<BootstrapOutputs | undefined> {
  const text = await readStack(run, cwd, account, backend, ["stack", "output", "--json"]);
  const found = JSON.parse(text ?? "{}") as Partial<BootstrapOutputs>;
  return found.backendUrl === undefined ? undefined : (found as BootstrapOutputs);
}

/**
 * What the CLI prints; undefined where there is no such stack, or not even its bucket.
 * Any other failure is none: who takes a backend that cannot be read for an empty one makes everything a second time.
 */
export async function readStack(
  run: RunCommand,
  cwd: string,
  stack: string,
  backend: string,
  args: readonly string[],
): Promise<string | undefined> {
  const line = [...args, "--stack", stack, ...QUIET];
  const { code, stdout, stderr } = await run("pulumi", line, at(cwd, backend));
  if (code === 0) return stdout;
  if (code === EXIT.stackNotFound || stderr.includes("NoSuchBucket")) return undefined;
  throw new CommandError(
    `Stack ${stack} in ${backend} cannot be read, so nothing was done: ${lastLines(stderr)}`,
    code,
  );
}
