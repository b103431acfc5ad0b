import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import path from "node:path";
import { stateBackendUrl } from "../../bootstrap/names.ts";
import {
  CommandError,
  lastLines,
  succeed,
  type CommandResult,
  type RunCommand,
} from "../delivery/command.ts";
import { EXIT } from "../delivery/pulumi.ts";
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
const PASSPHRASE = { PULUMI_CONFIG_PASSPHRASE: "" };
const QUIET = ["--non-interactive", "--color=never"];

/** Backend that the account's own state ends up in. */
export function backendUrl({ accountId, region }: AccountSettings): string {
  return stateBackendUrl(accountId, region);
}

/** Where an account's state lies until the bucket exists. */
export const localFolder = (root: string, account: string): string =>
  path.join(root, ".local/bootstrap", account);

/** The account's state is not where it has to be, and nothing here may guess where it went. */
export class LostStateError extends Error {
  override readonly name = "LostStateError";
}

/** What a backend knows of the account: no stack of that name, an empty one, or its resources. */
type Found = "nothing" | "empty stack" | "resources";

interface ExportedState {
  deployment?: { resources?: readonly { type: string }[] };
}

/**
 * Creates the account's state bucket, identity provider and roles. The bucket cannot hold the state that creates it, so the
 * first deployment keeps its state in a folder, and the state then moves into the bucket.
 */
export function accountSteps(bootstrap: Bootstrap): Step[] {
  const { run, root, account, settings } = bootstrap;
  const cwd = path.join(root, "bootstrap");
  const folder = localFolder(root, account);
  const local = `file://${folder}`;
  const remote = backendUrl(settings);
  const files = { state: path.join(folder, ".pulumi"), aside: path.join(folder, "moved") };
  const pulumi = (backend: string, ...args: string[]) =>
    run("pulumi", [...args, "--stack", account, ...QUIET], {
      cwd,
      env: { ...PASSPHRASE, PULUMI_BACKEND_URL: backend },
      show: args[0] === "up" || args[0] === "preview",
    });
  const must = async (backend: string, ...args: string[]): Promise<string> =>
    succeed(() => pulumi(backend, ...args), "pulumi", args);
  const find = async (backend: string): Promise<Found> => {
    const stdout = answer(await pulumi(backend, "stack", "export"), account, backend);
    if (stdout === undefined) return "nothing";
    const { deployment } = JSON.parse(stdout) as ExportedState;
    return (deployment?.resources ?? []).length > 0 ? "resources" : "empty stack";
  };
  const findLocal = async (): Promise<Found> => (existsSync(files.state) ? find(local) : "nothing");
  const moved = async (): Promise<boolean> => (await find(remote)) === "resources";
  const initStack = (backend: string): Promise<string> =>
    succeed(
      run,
      "pulumi",
      ["stack", "init", account, "--secrets-provider", "passphrase", ...QUIET],
      {
        cwd,
        env: { ...PASSPHRASE, PULUMI_BACKEND_URL: backend },
      },
    );

  return [
    {
      title: "A folder for the first state",
      lines: [`pulumi stack init ${account} in ${path.relative(root, folder)}`],
      done: async () => {
        if (await moved()) return true;
        if ((await findLocal()) !== "nothing") return true;
        if (existsSync(files.aside))
          throw new LostStateError(
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
        (await moved()) ||
        // Outputs are the last that a deployment writes: one that broke off has resources and no outputs.
        ((await findLocal()) === "resources" &&
          (await outputs(run, cwd, account, local)) !== undefined),
      async show() {
        await must(local, "preview");
      },
      async run() {
        await must(local, "up", "--yes", "--skip-preview");
      },
    },
    {
      title: "The state into its bucket",
      lines: [`pulumi stack export, then import into ${remote}`],
      done: async () => (await moved()) && !existsSync(files.state),
      async run() {
        const found = await find(remote);
        if (found !== "resources") {
          const file = path.join(folder, "export.json");
          await must(local, "stack", "export", "--file", file);
          // A run that broke off here leaves an empty stack behind.
          if (found === "nothing") await initStack(remote);
          await must(remote, "stack", "import", "--file", file);
        }
        // A copy that a later run would take for the truth must not stay in its place.
        await rename(files.state, files.aside);
      },
    },
    {
      title: "Up to date with the program",
      lines: ["pulumi up, where the roles need other permissions than they have"],
      done: async () => {
        // In a dry run of a fresh account there is nothing yet to compare with.
        if (!(await moved())) return false;
        const preview = ["preview", "--expect-no-changes"];
        const result = await pulumi(remote, ...preview);
        if (result.code === EXIT.changesUnexpected) return false;
        await succeed(() => Promise.resolve(result), "pulumi", preview);
        return (await outputs(run, cwd, account, remote)) !== undefined;
      },
      async run() {
        await must(remote, "up", "--yes", "--skip-preview");
      },
    },
  ];
}

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
  const result = await run("pulumi", ["stack", "output", "--json", "--stack", account, ...QUIET], {
    cwd,
    env: { ...PASSPHRASE, PULUMI_BACKEND_URL: backend },
  });
  const stdout = answer(result, account, backend);
  if (stdout === undefined) return undefined;
  const found = JSON.parse(stdout) as Partial<BootstrapOutputs>;
  return found.backendUrl === undefined ? undefined : (found as BootstrapOutputs);
}

/**
 * What the CLI printed; undefined where there is no such stack, or not even its bucket.
 * Any other failure is none: who takes a backend that cannot be read for an empty one makes everything a second time.
 */
function answer(
  { code, stdout, stderr }: CommandResult,
  account: string,
  backend: string,
): string | undefined {
  if (code === 0) return stdout;
  if (code === EXIT.stackNotFound || stderr.includes("NoSuchBucket")) return undefined;
  throw new CommandError(
    `Stack ${account} in ${backend} cannot be read, so nothing was done: ${lastLines(stderr)}`,
    code,
  );
}
