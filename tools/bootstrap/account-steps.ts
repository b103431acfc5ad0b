import { mkdir, rename } from "node:fs/promises";
import path from "node:path";
import { succeed, type RunCommand } from "../delivery/command.ts";
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
}

/** The state of this project holds no secret, so an empty passphrase protects as much as there is. */
const PASSPHRASE = { PULUMI_CONFIG_PASSPHRASE: "" };
const QUIET = ["--non-interactive", "--color=never"];

/** Backend that the account's own state ends up in: the program makes the same name. */
export function backendUrl({ accountId, region }: AccountSettings): string {
  return `s3://koa-fargate-state-${accountId}-${region}?region=${region}`;
}

/** Where the state lies until the bucket exists. */
export const localFolder = (root: string): string => path.join(root, ".local/bootstrap");

/**
 * Creates the account's state bucket, identity provider and roles. The bucket cannot hold the state that creates it, so the
 * first deployment keeps its state in a folder, and the state then moves into the bucket.
 */
export function accountSteps(bootstrap: Bootstrap): Step[] {
  const { run, root, account, settings } = bootstrap;
  const cwd = path.join(root, "bootstrap");
  const local = `file://${localFolder(root)}`;
  const remote = backendUrl(settings);
  const pulumi = (backend: string, ...args: string[]) =>
    run("pulumi", [...args, "--stack", account, ...QUIET], {
      cwd,
      env: { ...PASSPHRASE, PULUMI_BACKEND_URL: backend },
      show: args[0] === "up" || args[0] === "preview",
    });
  const must = async (backend: string, ...args: string[]): Promise<string> =>
    succeed(() => pulumi(backend, ...args), "pulumi", args);
  const exists = async (backend: string): Promise<boolean> =>
    (await pulumi(backend, "stack", "export")).code === 0;
  const moved = (): Promise<boolean> => exists(remote);
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
      lines: [`pulumi stack init ${account} in ${path.relative(root, localFolder(root))}`],
      done: async () => (await moved()) || (await exists(local)),
      async run() {
        await mkdir(localFolder(root), { recursive: true });
        await initStack(local);
      },
    },
    {
      title: "State bucket, keys, identity provider and roles",
      lines: [
        `in account ${settings.accountId}, region ${settings.region}, for ${settings.stacks.join(" and ")}`,
        `cost: 1 USD a month for each of ${settings.stacks.length + 1} keys`,
      ],
      done: async () => (await moved()) || (await outputs(run, cwd, account, local)) !== undefined,
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
      done: moved,
      async run() {
        const file = path.join(localFolder(root), "export.json");
        await must(local, "stack", "export", "--file", file);
        await initStack(remote);
        await must(remote, "stack", "import", "--file", file);
        // A copy that a later run would take for the truth must not stay in its place.
        await rename(
          path.join(localFolder(root), ".pulumi"),
          path.join(localFolder(root), "moved"),
        );
      },
    },
    {
      title: "Up to date with the program",
      lines: ["pulumi up, where the roles need other permissions than they have"],
      done: async () => {
        const { code } = await pulumi(remote, "preview", "--expect-no-changes");
        if (code !== 0 && code !== EXIT.changesUnexpected) await must(remote, "preview");
        return code === 0;
      },
      async run() {
        await must(remote, "up", "--yes", "--skip-preview");
      },
    },
  ];
}

/** @returns undefined where the account was not deployed to this backend */
export async function outputs(
  run: RunCommand,
  cwd: string,
  account: string,
  backend: string,
): Promise<BootstrapOutputs | undefined> {
  const { code, stdout } = await run(
    "pulumi",
    ["stack", "output", "--json", "--stack", account, ...QUIET],
    { cwd, env: { ...PASSPHRASE, PULUMI_BACKEND_URL: backend } },
  );
  if (code !== 0) return undefined;
  const found = JSON.parse(stdout) as Partial<BootstrapOutputs>;
  return found.backendUrl === undefined ? undefined : (found as BootstrapOutputs);
}
