import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { callerAccount } from "../bootstrap/caller.ts";
import { runCommand } from "../delivery/command.ts";
import { world } from "../delivery/smoke.ts";
import { planStack } from "../plan/evaluate.ts";
import { hourlyCost } from "./cost.ts";
import { report, walkPassed } from "./report.ts";
import { writeSmokeStack } from "./stack-file.ts";
import { walk } from "./walk.ts";

const HELP = `Walks a fresh stack through its life in the AWS account of your credentials, and destroys it again: up, requests, an
empty preview, a rollout, a version that cannot start, the way back, destroy. It takes about 40 minutes and costs money. Ctrl-C ends it
early: the stack is destroyed then, too.

  npm run smoke:aws -- <stack> [options]

  <stack>        the stack whose settings the fresh one gets, such as dev
  --account <id> the account to do it in; asked for where it is missing
  --help
`;

const ROOT = path.resolve(import.meta.dirname, "../..");

class UsageError extends Error {
  override readonly name = "UsageError";
}

async function agreed(account: string, given: string | undefined): Promise<void> {
  let answer = given;
  if (answer === undefined) {
    if (!process.stdin.isTTY)
      throw new UsageError(
        `Say in which account: --account ${account} is that of the credentials.`,
      );
    const lines = createInterface({ input: process.stdin, output: process.stdout });
    answer = (await lines.question("Type the id of the account to go on: ")).trim();
    lines.close();
  }
  if (answer !== account)
    throw new UsageError(
      `The credentials are for account ${account}, not ${answer}: nothing was done.`,
    );
}

/** A signal of the system ends the walk, not this process: a stack that stays behind costs money. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(name, () => {
      process.stderr.write(`\n== ${name}: the walk ends here, and the stack is destroyed\n`);
      controller.abort();
    });
  return controller.signal;
}

async function main(): Promise<boolean> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { account: { type: "string" }, help: { type: "boolean", default: false, short: "h" } },
  });
  const [source] = positionals;
  if (values.help || source === undefined) {
    process.stdout.write(HELP);
    return values.help;
  }
  const plan = await planStack({ stack: source });
  const region = plan.config["aws:region"] as string;
  const account = await callerAccount(region);
  const cost = hourlyCost(plan);
  process.stdout.write(
    `In account ${account}, ${region}, with the settings of ${source}: about ${cost.toFixed(2)} USD an hour, without traffic and storage.\n`,
  );
  await agreed(account, values.account);

  const stack = `smoke-${source}-${Date.now().toString(36)}`;
  const file = path.join(ROOT, `Pulumi.${stack}.yaml`);
  const secretsProvider = await writeSmokeStack(path.join(ROOT, `Pulumi.${source}.yaml`), file, {
    project: plan.project,
    stack,
  });
  const stations = await walk({
    run: runCommand,
    world,
    root: ROOT,
    project: plan.project,
    stack,
    secretsProvider,
    healthPath: plan.config["healthPath"] as string,
    apps: { good: plan.config["appPath"] as string, bad: "./tools/smoke/broken-app" },
    progress: (station) => process.stderr.write(`\n== ${station}\n`),
    signal: interruption(),
  });
  process.stdout.write(`\n${report(stations, cost)}`);
  const folder = path.join(ROOT, ".local/smoke");
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, `${stack}.json`), `${JSON.stringify(stations, null, 2)}\n`);
  process.stdout.write(`Report: ${path.relative(ROOT, path.join(folder, `${stack}.json`))}\n`);
  const destroyed = stations.at(-1)?.name === "destroy" && stations.at(-1)?.passed === true;
  // Without its file the stack could not be destroyed by hand.
  if (destroyed) await rm(file, { force: true });
  return walkPassed(stations);
}

const SENTENCES = new Set(["CommandError", "CredentialsError", "PlanError", "UsageError"]);

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  const usage = error instanceof UsageError || (error instanceof TypeError && "code" in error);
  const plain =
    error instanceof Error && (usage || SENTENCES.has(error.name) || "__pulumiRunError" in error);
  process.stderr.write(
    `${error instanceof Error ? (plain ? error.message : (error.stack ?? "")) : String(error)}\n`,
  );
  process.exitCode = usage ? 2 : 1;
}
