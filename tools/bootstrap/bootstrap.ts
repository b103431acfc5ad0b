import path from "node:path";
import type { RunCommand } from "../delivery/command.ts";
import { AccountFileError, readAccount } from "./account-file.ts";
import { accountSteps, backendUrl, outputs, type BootstrapOutputs } from "./account-steps.ts";
import { expectedOutputs, stackKeys, stackRegions } from "./expected.ts";
import { gitHubSteps, type Protection } from "./github-steps.ts";
import { stackSteps } from "./stack-steps.ts";
import { unreadKeys } from "../lib/unread-keys.ts";
import { runSteps, type Terminal } from "./steps.ts";

/** What the set-up touches; a test puts its own in place. */
export interface World {
  run: RunCommand;
  /** Repository. */
  root: string;
  /** Account of the credentials. @throws Error when there are none */
  caller: (region: string) => Promise<string>;
  terminal: Terminal;
}

export interface Options extends Protection {
  /** Name of bootstrap/Pulumi.<account>.yaml. */
  account: string;
  dryRun: boolean;
  /** Repository on GitHub whose environments to set up. @default none */
  github?: string | undefined;
}

/**
 * Sets up the account, then the stacks in it, then GitHub. Nothing begins while a file sets what nobody reads.
 * @throws whatever a step throws; the steps before it stay done
 */
export async function bootstrap(world: World, options: Options): Promise<void> {
  const { run, root, terminal } = world;
  const { account, dryRun, github } = options;
  const file = path.join(root, "bootstrap", `Pulumi.${account}.yaml`);
  const settings = await readAccount(file);
  for (const [stack, keys] of await stackKeys(root, settings.stacks)) {
    const unread = unreadKeys(root, `Pulumi.${stack}.yaml`, keys);
    if (unread !== undefined) throw new AccountFileError(unread);
  }
  const caller = await world.caller(settings.region);
  if (caller !== settings.accountId)
    throw new AccountFileError(
      `The credentials are for account ${caller}, but ${path.relative(root, file)} names ${settings.accountId}. Switch the credentials, or choose another file by --account.`,
    );

  const steps = accountSteps({ run, root, account, settings });
  const outcomes = await runSteps(steps, terminal, { dryRun });
  if (outcomes.includes("refused")) return;
  const remote = backendUrl(settings);
  const made =
    (await outputs(run, path.join(root, "bootstrap"), account, remote)) ??
    // A dry run shows what would come with the names that it would have.
    expectedOutputs(settings, await stackRegions(root, settings.stacks));
  const further = [
    ...stackSteps(run, root, made),
    ...(github === undefined ? [] : gitHubSteps(run, github, made, options)),
  ];
  const rest = await runSteps(further, terminal, { dryRun });
  if (dryRun || rest.includes("refused")) return;
  for (const line of farewell(made, github)) terminal.print(line);
}

/** What is left to know and to do. */
function farewell(made: BootstrapOutputs, github: string | undefined): string[] {
  return [
    ...Object.entries(made.serviceBoundaries).map(
      ([stack, arn]) => `Roles of ${stack} are bounded by ${arn}`,
    ),
    `Use it:  export PULUMI_BACKEND_URL='${made.backendUrl}'`,
    "Commit:  bootstrap/Pulumi.*.yaml and Pulumi.*.yaml, where they changed.",
    github === undefined
      ? "GitHub:  run again with --github owner/name to set up its environments."
      : `Look at: https://github.com/${github}/settings/environments`,
  ];
}
