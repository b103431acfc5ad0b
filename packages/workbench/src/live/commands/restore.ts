import { EXIT, OpsError } from "../errors.ts";
import { flag, stackName, text } from "../options.ts";
import type { StateResource } from "../exported.ts";
import { readPast, type TablePast } from "../table-past.ts";
import { runUp, upNeedsConsent } from "../up.ts";
import type { Command } from "../command.ts";

/** USD a GB in us-east-1: a restore, an import, and a month of a second table. Source: https://aws.amazon.com/dynamodb/pricing/ (not verified here). */
const PRICES = { restore: 0.15, import: 0.15, month: 0.25 };

const GB = 1e9;

export const restoreCommand: Command = {
  name: "restore",
  summary: "make a new table of the past, and give it to the app in place of its own",
  usage: "STACK [--at TIME] [--export NAME] [--dry-run] [--yes]",
  help: `Without --at and --export it lists what the stack's table can be restored from.

With one of them it says what will be done, sets the config key restoreFrom and runs \`pulumi up\`: that makes a new table beside
the stack's own, waits for it, and deploys the app with it. The own table is not touched, and the app returns to it without the
key. It needs an administrator: the pipeline's roles may read and write no items.

  --at       a time of point-in-time recovery, such as 2026-11-30T12:00:00Z
  --export   the name of an export in the backups bucket
  --dry-run  only say what would be done, how long it takes and what it costs
  --yes      do not ask before deploying

  npm run restore -- prod
  npm run restore -- prod --at 2026-11-30T12:00:00Z --dry-run`,
  run: async (invocation) => {
    const { pulumi, print } = invocation;
    const stack = stackName(invocation);
    const { name, region } = ownTable(await pulumi.resources(stack), stack);
    const past = await readPast(invocation.connect(region).dynamodb, name);
    const [at, exported] = [text(invocation, "at"), text(invocation, "export")];
    if (at === undefined && exported === undefined) {
      print(listing(name, past));
      return EXIT.ok;
    }
    if (at !== undefined && exported !== undefined)
      throw new OpsError("A table is of one past: give --at or --export, not both.", EXIT.usage);
    const from = at === undefined ? knownExport(past, exported ?? "") : withinWindow(past, at);
    print(steps(stack, name, from, past));
    if (flag(invocation, "dry-run")) return EXIT.ok;
    upNeedsConsent(invocation);
    await pulumi.setConfig(stack, { restoreFrom: from });
    return runUp(invocation, stack);
  },
};

/** The table that the stack made first: not one of its past. */
function ownTable(
  resources: readonly StateResource[],
  stack: string,
): { name: string; region: string } {
  const tables = resources.filter(({ type }) => type === "aws:dynamodb/table:Table");
  const own = tables.find(
    ({ outputs = {} }) => !outputs["restoreSourceName"] && !outputs["importTable"],
  );
  const [, , , region = "", , path = ""] = (
    (own?.outputs?.["arn"] as string | undefined) ?? ""
  ).split(":");
  if (own === undefined || region === "")
    throw new OpsError(`Stack ${stack} has no table of its own.`, EXIT.usage);
  return { name: path.replace("table/", ""), region };
}

/** To the second, as the key wants it. */
const shown = (time: Date): string => `${time.toISOString().slice(0, 19)}Z`;
const size = (bytes: number): string => `${(bytes / GB).toFixed(2)} GB`;

function listing(table: string, { sizeBytes, window, exports }: TablePast): string {
  return [
    `${table}   ${size(sizeBytes)}, up to six hours ago`,
    window === undefined
      ? "  no point-in-time recovery: set pointInTimeRecoveryDays"
      : `  --at       any second from ${shown(window[0])} to ${shown(window[1])}`,
    ...exports.map(
      ({ name, time, status, reason }) =>
        `  --export   ${name}   ${time === undefined ? "" : shown(time)}   ${status.toLowerCase()}${reason === undefined ? "" : `: ${reason}`}`,
    ),
    ...(exports.length === 0 ? ["  no exports: set backupIntervalDays"] : []),
  ].join("\n");
}

function withinWindow({ window }: TablePast, at: string): string {
  const time = new Date(at);
  if (Number.isNaN(time.getTime()))
    throw new OpsError(`--at is ${at}, but takes a time such as 2026-11-30T12:00:00Z.`, EXIT.usage);
  if (window === undefined)
    throw new OpsError("The table has no point-in-time recovery. Restore an export.", EXIT.usage);
  const [first, last] = window;
  if (time < first || time > last)
    throw new OpsError(
      `--at is ${shown(time)}, but the table can be restored from ${shown(first)} to ${shown(last)}.`,
      EXIT.usage,
    );
  return shown(time);
}

function knownExport({ exports }: TablePast, name: string): string {
  const complete = exports.filter(({ status }) => status === "COMPLETED").map((one) => one.name);
  if (complete.includes(name)) return name;
  throw new OpsError(
    `${name} is no complete export of the table. These are: ${complete.join(", ") || "none"}.`,
    EXIT.usage,
  );
}

/** @param from - a time, or the name of an export */
function steps(stack: string, table: string, from: string, { sizeBytes }: TablePast): string {
  const [usd, made] = from.endsWith("Z")
    ? [PRICES.restore, `restores ${table} as it was at ${from} into a new table: an hour as a rule`]
    : [PRICES.import, `imports export ${from} into a new table: some minutes`];
  const cost = (price: number): string => ((sizeBytes / GB) * price).toFixed(2);
  return [
    `1  Pulumi.${stack}.yaml gets restoreFrom: ${from}`,
    `2  pulumi up --stack ${stack} ${made}, longer the larger it is. Then it deploys the app with it, which writes to the table that it has until then.`,
    `3  pulumi up --refresh --stack ${stack}, once more: AWS gives a restored table neither tags nor deletion protection.`,
    `What was written since stays in ${table} alone, which is not touched.`,
    `cost   about ${cost(usd)} USD once, and ${cost(PRICES.month)} USD a month while both tables are there (${size(sizeBytes)}, list prices of us-east-1)`,
    `back   pulumi config rm restoreFrom --stack ${stack}; docs/runbook.md says what a protected stack needs then`,
  ].join("\n");
}
