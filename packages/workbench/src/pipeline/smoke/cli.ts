import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { callerAccount } from "../bootstrap/caller.ts";
import { runCommand } from "../../lib/command.ts";
import { world } from "../delivery/smoke.ts";
import { ask, FLAG, readLine, runTool, TEXT, UsageError } from "../../lib/command-line.ts";
import { hasBand } from "../../plan/alarms/anomaly.ts";
import { planStack } from "../../plan/evaluate.ts";
import { rollbackAlarms } from "../../plan/rollout/rollback-alarms.ts";
import { plannedServices } from "../../plan/services.ts";
import type { Plan } from "../../plan/types.ts";
import { estimate } from "../../review/cost/estimate.ts";
import { HOURS } from "../../review/cost/load.ts";
import { writeSmokeStack } from "./stack-file.ts";
import { report, walk, walkPassed, type Parts } from "./walk.ts";

const HELP = `Walks a fresh stack through its life in the AWS account of your credentials, and destroys it again: up, requests, an
empty preview, a rollout under requests, a version that cannot start, the way back, the same with deployments that shift traffic and one
whose answers are 500, alarms on anomalies, destroy. It takes about two hours and costs money. Ctrl-C ends it early: the stack is destroyed then, too.

  npm run smoke:aws -- <stack> [options]

  <stack>        the stack whose settings the fresh one gets, such as dev
  --short        without the deployments that shift traffic: about 40 minutes
  --account <id> the account to do it in; asked for where it is missing
  --help
`;

const ROOT = process.cwd();

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

/** Whether the deployments of the plan's services are watched by alarms. */
const rollsBackByAlarm = (plan: Plan): boolean =>
  plannedServices(plan).some(({ resource }) => rollbackAlarms(plan, resource).length > 0);

await runTool(async (args) => {
  const options = { account: TEXT, short: FLAG };
  const { values, positionals } = readLine("npm run smoke:aws --", args, options, true);
  const [source] = positionals;
  if (source === undefined) throw new UsageError(HELP);
  const plan = await planStack({ stack: source });
  const region = plan.config["aws:region"] as string;
  const account = await callerAccount(region);
  const cost = estimate(plan, { asleep: false }).monthlyUsd / HOURS;
  process.stdout.write(
    `In account ${account}, ${region}, with the settings of ${source}: about ${cost.toFixed(2)} USD an hour, without traffic and storage.\n`,
  );
  const agreed =
    values.account ??
    (await ask(
      "Type the id of the account to go on: ",
      `Say in which account: --account ${account} is that of the credentials.`,
    ));
  if (agreed !== account)
    throw new UsageError(
      `The credentials are for account ${account}, not ${agreed}: nothing was done.`,
    );

  const stack = `smoke-${Math.floor(Date.now() / 1000).toString(36)}`;
  const file = path.join(ROOT, `Pulumi.${stack}.yaml`);
  const secretsProvider = await writeSmokeStack(path.join(ROOT, `Pulumi.${source}.yaml`), file, {
    project: plan.project,
    stack,
  });
  const parts: Parts = {
    shifts: !values.short,
    alarms: rollsBackByAlarm(plan),
    bands: plan.resources.some(({ inputs }) => hasBand(inputs)),
  };
  const cloudWatch = new CloudWatch({ region });
  const stations = await walk({
    run: runCommand,
    world,
    root: ROOT,
    project: plan.project,
    stack,
    secretsProvider,
    healthPath: plan.config["healthPath"] as string,
    apps: {
      good: plan.config["appPath"] as string,
      bad: "./packages/workbench/src/pipeline/smoke/broken-app",
      failing: "./packages/workbench/src/pipeline/smoke/failing-app",
    },
    parts,
    alarms: async (AlarmNames) =>
      (await cloudWatch.describeAlarms({ AlarmNames, MaxRecords: 100 })).MetricAlarms ?? [],
    progress: (station) => process.stderr.write(`\n== ${station}\n`),
    signal: interruption(),
  });
  process.stdout.write(`\n${report(stations, parts, cost)}`);
  const folder = path.join(ROOT, ".local/smoke");
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, `${stack}.json`), `${JSON.stringify(stations, null, 2)}\n`);
  process.stdout.write(`Report: ${path.relative(ROOT, path.join(folder, `${stack}.json`))}\n`);
  const destroyed = stations.at(-1)?.name === "destroy" && stations.at(-1)?.passed === true;
  // Without its file the stack could not be destroyed by hand.
  if (destroyed) await rm(file, { force: true });
  return walkPassed(stations, parts) ? 0 : 1;
}, HELP);
