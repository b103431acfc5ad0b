import path from "node:path";
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { runCommand } from "../delivery/command.ts";
import { AccountFileError, readAccount, writeAccount } from "./account-file.ts";
import { accountSteps, backendUrl, outputs } from "./account-steps.ts";
import { callerAccount } from "./caller.ts";
import { gitHubSteps, stackSteps } from "./stack-steps.ts";
import { runSteps, type Terminal } from "./steps.ts";

const HELP = `Sets up an AWS account for the pipeline: state bucket, keys, GitHub's identity provider and roles, the stacks, and
GitHub's environments. Run it once per account, as an administrator; a second run goes on where one stopped, or brings
the roles up to date.

  npm run bootstrap -- [options]

  --dry-run                 shows every step and does none; values for the file below are written all the same
  --yes                     does every step without asking
  --account <name>          reads bootstrap/Pulumi.<name>.yaml (default: account)
  --account-id <12 digits>  writes the account into that file
  --subject-prefix <text>   writes the start of the subject of the repository's tokens, repo:ORG@ID/REPO@ID
  --region <name>           writes the region of the state bucket
  --github <owner/name>     also sets up GitHub's environments, with the gh CLI
`;

class UsageError extends Error {
  override readonly name = "UsageError";
}

const ROOT = path.resolve(import.meta.dirname, "../..");

function terminal(yes: boolean): Terminal {
  return {
    print: (line) => process.stdout.write(`${line}\n`),
    async confirm(question) {
      if (yes) return true;
      if (!process.stdin.isTTY)
        throw new UsageError(
          "There is no terminal to ask on: run with --yes, or look with --dry-run.",
        );
      const lines = createInterface({ input: process.stdin, output: process.stdout });
      try {
        return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
      } finally {
        lines.close();
      }
    },
  };
}

async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      "dry-run": { type: "boolean", default: false },
      yes: { type: "boolean", default: false },
      account: { type: "string", default: "account" },
      "account-id": { type: "string" },
      "subject-prefix": { type: "string" },
      region: { type: "string" },
      github: { type: "string" },
      help: { type: "boolean", default: false, short: "h" },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const file = path.join(ROOT, "bootstrap", `Pulumi.${values.account}.yaml`);
  await writeAccount(file, {
    ...(values["account-id"] === undefined ? {} : { accountId: values["account-id"] }),
    ...(values["subject-prefix"] === undefined ? {} : { subjectPrefix: values["subject-prefix"] }),
    ...(values.region === undefined ? {} : { region: values.region }),
  });
  const settings = await readAccount(file);
  const dryRun = values["dry-run"];
  const caller = await callerAccount(settings.region);
  if (caller !== settings.accountId)
    throw new AccountFileError(
      `The credentials are for account ${caller}, but ${path.relative(ROOT, file)} names ${settings.accountId}. Switch the credentials, or choose another file by --account.`,
    );

  const screen = terminal(values.yes);
  const bootstrap = { run: runCommand, root: ROOT, account: values.account, settings };
  const outcomes = await runSteps(accountSteps(bootstrap), screen, { dryRun });
  if (outcomes.includes("refused")) return;
  const made = await outputs(
    runCommand,
    path.join(ROOT, "bootstrap"),
    values.account,
    backendUrl(settings),
  );
  if (made === undefined) {
    screen.print("The stacks and GitHub's environments follow once the account is set up.");
    return;
  }
  const further = [
    ...stackSteps(runCommand, ROOT, made),
    ...(values.github === undefined ? [] : gitHubSteps(runCommand, values.github, made)),
  ];
  const rest = await runSteps(further, screen, { dryRun });
  if (dryRun || rest.includes("refused")) return;
  screen.print(`Use it:  export PULUMI_BACKEND_URL='${made.backendUrl}'`);
  if (values.github === undefined)
    screen.print("GitHub:  run again with --github owner/name to set up its environments.");
  else
    screen.print(
      `By hand: name reviewers, and main as the only branch, for the environment prod: https://github.com/${values.github}/settings/environments`,
    );
}

const SENTENCES = new Set(["AccountFileError", "CommandError", "UsageError", "CredentialsError"]);

try {
  await main(process.argv.slice(2));
} catch (error) {
  const usage = error instanceof UsageError || (error instanceof TypeError && "code" in error);
  const plain = error instanceof Error && (usage || SENTENCES.has(error.name));
  const text = error instanceof Error ? (plain ? error.message : error.stack) : String(error);
  process.stderr.write(`${text ?? ""}\n`);
  process.exitCode = usage ? 2 : 1;
}
