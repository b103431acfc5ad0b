import path from "node:path";
import { runCommand } from "../../lib/command.ts";
import {
  ask,
  FLAG,
  readLine,
  runTool,
  TEXT,
  TEXTS,
  ToolError,
  UsageError,
} from "../../lib/command-line.ts";
import { refuseUnread } from "../../project/unread-keys.ts";
import { loadStackConfig } from "../../plan/project.ts";
import { knowsSubject, readAccount, refuseMalformed, writeAccount } from "./account-file.ts";
import { formerNames } from "./former-names.ts";
import { accountSteps, outputs, type BootstrapOutputs } from "./account-steps.ts";
import { callerAccount } from "./caller.ts";
import { expectedOutputs } from "./expected.ts";
import { gitHubSteps } from "./github-steps.ts";
import { readGround, refuseLacking } from "./ground.ts";
import type { Place } from "../delivery/placed.ts";
import { stackSteps } from "./stack-steps.ts";
import { runSteps, type Terminal } from "./steps.ts";

const HELP = `Sets up an AWS account for the pipeline: state bucket, keys, GitHub's identity provider and roles, the stacks, and
GitHub's environments. Run it once per account, as an administrator; a second run goes on where one stopped, or brings
the roles up to date.

  npm run bootstrap -- [options]

  --dry-run                 shows every step, does none and writes nothing
  --yes                     does every step without asking
  --account <name>          reads bootstrap/Pulumi.<name>.yaml (default: account)
  --account-id <12 digits>  writes the account into that file
  --subject-prefix <text>   writes the start of the subject of the repository's tokens (default: as --github says)
  --region <name>           writes the region of the state bucket
  --github <owner/name>     also sets up GitHub's environments, with the gh CLI
  --reviewer <login>        who approves a deployment to prod; can be given several times
  --no-reviewer             prod deploys without being asked
  --promote-by-hand         prod is deployed by the workflow control alone
`;

const ROOT = process.cwd();

/** Sets up the account, then the stacks in it, then GitHub. The steps before one that fails stay done. */
await runTool(async (args) => {
  const { values } = readLine("npm run bootstrap --", args, {
    "dry-run": FLAG,
    yes: FLAG,
    account: { ...TEXT, default: "account" },
    "account-id": TEXT,
    "subject-prefix": TEXT,
    region: TEXT,
    github: TEXT,
    reviewer: TEXTS,
    "no-reviewer": FLAG,
    "promote-by-hand": FLAG,
  });
  const {
    account,
    github,
    "dry-run": dryRun,
    reviewer: reviewers,
    "no-reviewer": unreviewed,
    "promote-by-hand": byHand,
  } = values;
  if (github === undefined && (reviewers.length > 0 || unreviewed || byHand))
    throw new UsageError(
      "--reviewer, --no-reviewer and --promote-by-hand are about GitHub: add --github owner/name.",
    );
  if (github !== undefined && !/^[\w.-]+\/[\w.-]+$/.test(github))
    throw new UsageError(`--github is ${github}, but it has to be owner/name of a repository.`);
  if (reviewers.length > 0 && unreviewed)
    throw new UsageError("--reviewer and --no-reviewer contradict each other: leave one out.");
  const file = path.join(ROOT, "bootstrap", `Pulumi.${account}.yaml`);
  const run = runCommand;
  const given = {
    accountId: values["account-id"],
    subjectPrefix: values["subject-prefix"],
    region: values.region,
  };
  refuseMalformed(given);
  const ground = github === undefined ? undefined : await readGround(run, github);
  if (ground !== undefined) {
    refuseLacking(ground, { reviewers, unreviewed, byHand });
    if (given.subjectPrefix === undefined && !(await knowsSubject(file))) {
      given.subjectPrefix = ground.subjectPrefix;
      process.stdout.write(
        `The tokens of its workflows begin with ${ground.subjectPrefix}, by the day that the repository was made. Where that was changed since, say --subject-prefix.\n`,
      );
    }
  }
  if (!dryRun) await writeAccount(file, given);
  const settings = await readAccount(file, given);
  // Nothing begins while a file sets what nobody reads.
  const regions: Record<string, unknown> = {};
  for (const stack of settings.stacks) {
    const config = await loadStackConfig(ROOT, stack);
    refuseUnread(ROOT, stack, config.keys());
    regions[stack] = config.get("aws:region");
  }
  const caller = await callerAccount(settings.region);
  if (caller !== settings.accountId)
    throw new ToolError(
      `The credentials are for account ${caller}, but ${path.relative(ROOT, file)} names ${settings.accountId}. Switch the credentials, or choose another file by --account.`,
    );

  const screen = terminal(values.yes);
  const bootstrap = { run, root: ROOT, account, settings };
  const steps = [...(await formerNames(bootstrap, file)), ...accountSteps(bootstrap)];
  if ((await runSteps(steps, screen, { dryRun })).includes("refused")) return 0;
  // A dry run shows what would come with the names that it would have.
  const expected = expectedOutputs(settings, regions);
  const made = (await outputs(run, path.dirname(file), account, expected.backendUrl)) ?? expected;
  const further = [
    ...stackSteps(run, ROOT, made),
    ...(ground === undefined
      ? []
      : gitHubSteps(run, ground, made, { reviewers, unreviewed, byHand })),
  ];
  const rest = await runSteps(further, screen, { dryRun });
  if (!dryRun && !rest.includes("refused"))
    for (const line of farewell(made, github, ground?.place)) screen.print(line);
  return 0;
}, HELP);

function terminal(yes: boolean): Terminal {
  const instead = "There is no terminal to ask on: run with --yes, or look with --dry-run.";
  return {
    print: (line) => process.stdout.write(`${line}\n`),
    confirm: async (question) => yes || /^y(es)?$/i.test(await ask(`${question} [y/N] `, instead)),
  };
}

/** What is left to know and to do. */
function farewell(made: BootstrapOutputs, github: string | undefined, place?: Place): string[] {
  return [
    ...Object.entries(made.serviceBoundaries).map(
      ([stack, arn]) => `Roles of ${stack} are bounded by ${arn}`,
    ),
    `Use it:  export PULUMI_BACKEND_URL='${made.backendUrl}'`,
    `Commit:  ${place === undefined ? "" : ".github at the root, "}bootstrap/Pulumi.*.yaml and Pulumi.*.yaml, where they changed${github === undefined ? "" : ", by a pull request"}.`,
    github === undefined
      ? "GitHub:  run again with --github owner/name to set up its environments."
      : `Look at: https://github.com/${github}/settings/environments`,
  ];
}
