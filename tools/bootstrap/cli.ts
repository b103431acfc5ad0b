import path from "node:path";
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { runCommand } from "../delivery/command.ts";
import { writeAccount } from "./account-file.ts";
import { bootstrap } from "./bootstrap.ts";
import { callerAccount } from "./caller.ts";
import type { Terminal } from "./steps.ts";

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
  --reviewer <login>        who approves a deployment to prod; can be given several times
  --no-reviewer             prod deploys without being asked
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
      reviewer: { type: "string", multiple: true, default: [] },
      "no-reviewer": { type: "boolean", default: false },
      help: { type: "boolean", default: false, short: "h" },
    },
  });
  if (values.github === undefined && (values.reviewer.length > 0 || values["no-reviewer"]))
    throw new UsageError("--reviewer and --no-reviewer are about GitHub: add --github owner/name.");
  if (values.reviewer.length > 0 && values["no-reviewer"])
    throw new UsageError("--reviewer and --no-reviewer contradict each other: leave one out.");
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  await writeAccount(path.join(ROOT, "bootstrap", `Pulumi.${values.account}.yaml`), {
    ...(values["account-id"] === undefined ? {} : { accountId: values["account-id"] }),
    ...(values["subject-prefix"] === undefined ? {} : { subjectPrefix: values["subject-prefix"] }),
    ...(values.region === undefined ? {} : { region: values.region }),
  });
  await bootstrap(
    { run: runCommand, root: ROOT, caller: callerAccount, terminal: terminal(values.yes) },
    {
      account: values.account,
      dryRun: values["dry-run"],
      github: values.github,
      reviewers: values.reviewer,
      unreviewed: values["no-reviewer"],
    },
  );
}

const SENTENCES = new Set([
  "AccountFileError",
  "CommandError",
  "CredentialsError",
  "LostStateError",
  "UnprotectedError",
  "UsageError",
]);

try {
  await main(process.argv.slice(2));
} catch (error) {
  const usage = error instanceof UsageError || (error instanceof TypeError && "code" in error);
  const plain = error instanceof Error && (usage || SENTENCES.has(error.name));
  const text = error instanceof Error ? (plain ? error.message : error.stack) : String(error);
  process.stderr.write(`${text ?? ""}\n`);
  process.exitCode = usage ? 2 : 1;
}
