import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { runCommand } from "../../lib/command.ts";
import { planStack } from "../../plan/evaluate.ts";
import { fenced } from "../../review/comment/escape.ts";
import { project, ROOT, save, step, type Commands } from "./command.ts";
import { driftOf, findDrift, type DriftReport } from "./drift.ts";
import { gitHubFromEnvironment, gitHubRepository } from "./github.ts";
import { repositoryUrl as pageUrl, runUrl } from "./github-actions.ts";
import { commitsToDeploy, lastDeployed } from "./history.ts";
import { keepIssue, type Concern } from "./issues.ts";
import { DATA_LOSS, keepLabels } from "./labels.ts";
import { deploymentsOf } from "./post-mortem.ts";
import {
  changesAnything,
  previewImage,
  previewStack,
  repositoryUrl,
  stackOutputs,
  type StackPreview,
} from "./pulumi.ts";
import { ecrDigestOf } from "./registry.ts";
import { pullRequestOf } from "./pull-request.ts";
import { dueRelease } from "./release.ts";
import { upsertComment } from "./sticky-comment.ts";
import { weaknessesOf, type Scan } from "./weaknesses.ts";

/**
 * Previews a stack with an image in place of its file's, and saves what was found, also of a preview that failed.
 * @param deployed commit that the stack was last deployed from
 * @param presentIn asks for the image that a repository holds in place of it. @default none does
 */
async function preview(
  stack: string,
  output: string,
  digest: string,
  deployed: string | undefined,
  presentIn?: (repository: string) => Promise<string | undefined>,
): Promise<StackPreview> {
  const plan = await planStack({ stack });
  const repository = await repositoryUrl(project, stack).catch(() => undefined);
  const present = repository === undefined ? undefined : await presentIn?.(repository);
  const image = previewImage(repository, present, digest);
  const config = image === undefined ? {} : { [`${plan.project}:image`]: image };
  const result = await previewStack(project, stack, config);
  if (deployed !== undefined) result.deployed = deployed;
  await save(output, `${stack}.json`, result);
  if (result.exitCode !== 0) throw new Error(`${stack}: the preview failed. ${result.error}`);
  return result;
}

/** Keeps the issues of a folder of reports, `<stack>.json`. */
async function keepIssues(
  reports: string,
  concernOf: (stack: string, report: unknown) => Concern,
): Promise<void> {
  for (const file of (await readdir(reports)).sort()) {
    const report = JSON.parse(await readFile(path.join(reports, file), "utf8")) as unknown;
    await keep(concernOf(path.basename(file, ".json"), report));
  }
}

async function keep(concern: Concern): Promise<void> {
  const outcome = await keepIssue(gitHubFromEnvironment(), concern);
  process.stdout.write(`${concern.name}: issue ${outcome}\n`);
}

/** What looks, compares and tells. */
export const REPORT_COMMANDS: Commands = {
  preview: {
    summary: "previews a stack into <output>/<stack>.json",
    required: ["stack", "output"],
    optional: ["tag", "digest"],
    async run({ stack = "", output = "", tag = "", digest = "" }) {
      // Without a tag the digest is one that the stack's repository holds.
      const present = tag === "" ? undefined : (url: string) => ecrDigestOf(url, tag);
      const deployed = await lastDeployed(project, stack).catch(() => undefined);
      await preview(stack, output, digest, deployed, present);
    },
  },
  propose: {
    summary:
      "previews what an approval would deploy into <output>/<stack>.json, and lists its commits; outputs changes",
    required: ["stack", "digest", "output"],
    async run({ stack = "", digest = "", output = "" }) {
      const deployed = await lastDeployed(project, stack);
      const commits = await commitsToDeploy(project, stack, deployed);
      step.summary(`### What ${stack} gets\n\n${fenced("text", commits)}`);
      const result = await preview(stack, output, digest, deployed);
      const changes = changesAnything(result);
      if (!changes) step.summary(`Nothing of ${stack} changes, so nobody is asked.`);
      step.output("changes", String(changes));
    },
  },
  drift: {
    summary: "compares state and cloud into <output>/<stack>.json; outputs drift",
    required: ["stack", "output"],
    async run({ stack = "", output = "" }) {
      const report = await findDrift(project, stack);
      await save(output, `${stack}.json`, report);
      step.output("drift", String(report.drift));
    },
  },
  "drift-issues": {
    summary: "keeps one issue for each stack that drifts",
    required: ["reports"],
    async run({ reports = "" }) {
      await keepIssues(reports, (_stack, report) => driftOf(report as DriftReport, runUrl()));
    },
  },
  running: {
    summary: "notes the image that a stack runs, empty before its first deployment; outputs image",
    required: ["stack"],
    async run({ stack = "" }) {
      step.output("image", (await stackOutputs(project, stack))?.["imageUri"] ?? "");
    },
  },
  "scan-issues": {
    summary: "keeps one issue for each stack whose image has known weaknesses",
    required: ["reports"],
    async run({ reports = "" }) {
      await keepIssues(reports, (stack, scan) => weaknessesOf(stack, scan as Scan, runUrl()));
    },
  },
  "deployment-issues": {
    summary: "keeps one issue for each stack whose last deployment failed",
    required: ["reports", "results"],
    async run({ reports = "", results = "" }) {
      for (const concern of await deploymentsOf(reports, results, runUrl())) await keep(concern);
    },
  },
  "release-notes": {
    summary:
      "writes the notes of the release that CHANGELOG.md is ready for; outputs version, empty where nothing is new",
    required: ["output"],
    async run({ output = "" }) {
      const due = await dueRelease(runCommand, ROOT, pageUrl());
      if (due !== undefined) await writeFile(output, due.notes);
      step.output("version", due?.version ?? "");
    },
  },
  summary: {
    summary: "adds a text file to the page of the run",
    required: ["title", "file"],
    async run({ title = "", file = "" }) {
      const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
      step.summary(`### ${title}\n\n${fenced("text", lines)}`);
    },
  },
  "pull-request": {
    summary:
      "finds the open pull request of a fork, or of Dependabot, by its branch and commit; outputs number, empty for others",
    required: ["head", "commit"],
    async run({ head = "", commit = "" }) {
      const number = await pullRequestOf(gitHubFromEnvironment(), gitHubRepository(), head, commit);
      step.output("number", number === undefined ? "" : String(number));
    },
  },
  "upsert-comment": {
    summary: "writes the one comment of a pull request, and its labels; outputs data-loss",
    required: ["body", "pull-request"],
    optional: ["labels"],
    async run({ body: file = "", "pull-request": pullRequest, labels }) {
      const body = await readFile(file, "utf8");
      const gitHub = gitHubFromEnvironment();
      const outcome = await upsertComment(gitHub, {
        ...{ pullRequest: Number(pullRequest), marker: "koa-fargate preview", body },
        run: Number(process.env["GITHUB_RUN_ID"] ?? 0),
      });
      process.stdout.write(`comment ${outcome}\n`);
      if (labels !== undefined) {
        const titles = JSON.parse(await readFile(labels, "utf8")) as string[];
        step.output("data-loss", String(titles.includes(DATA_LOSS)));
        if (outcome === "created" || outcome === "updated")
          await keepLabels(gitHub, Number(pullRequest), titles);
      }
      step.summary(body);
      if (outcome === "forbidden")
        step.warning("The token may not comment here: the summary of this run has the comment.");
    },
  },
};
