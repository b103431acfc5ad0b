import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { ToolError } from "../../lib/command-line.ts";
import { readExamples } from "../../project/app-examples.ts";
import { planStack } from "../../plan/evaluate.ts";
import { runCommand } from "../../lib/command.ts";
import {
  commitsToDeploy,
  deploy,
  prepare,
  refuseOvertaken,
  rollBack,
  verdict,
} from "./deployment.ts";
import { driftOf, findDrift, type DriftReport } from "./drift.ts";
import { gitHubFromEnvironment, gitHubRepository } from "./github.ts";
import { fenced } from "../../review/comment/escape.ts";
import { runUrl, workflow } from "./github-actions.ts";
import { buildImage, imageOfStacks, movingBases, pinWarning, refuseOtherLayout } from "./image.ts";
import { keepIssue, type Concern } from "./issues.ts";
import {
  changesAnything,
  previewImage,
  previewStack,
  repositoryUrl,
  stackOutputs,
  type PulumiProject,
  type StackPreview,
} from "./pulumi.ts";
import {
  ecrDigestOf,
  ecrRepository,
  missingAttestation,
  pushImage,
  releaseImage,
} from "./registry.ts";
import { revisionOfImage, smokeTest, world } from "./smoke.ts";
import { domainGap, fetchOf } from "../smoke/domain.ts";
import { upsertComment } from "./sticky-comment.ts";
import { weaknessesOf, type Scan } from "./weaknesses.ts";

/** Options of a command, by name without dashes; the required ones are there. */
export type Options = Readonly<Record<string, string | undefined>>;

export interface Command {
  /** What it does, for the help. */
  summary: string;
  required: readonly string[];
  optional?: readonly string[];
  run(options: Options): Promise<void>;
}

const ROOT = process.cwd();
const project: PulumiProject = { run: runCommand, cwd: ROOT };
const step = workflow();

async function save(folder: string, name: string, content: unknown): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, name), `${JSON.stringify(content, null, 2)}\n`);
}

/**
 * Previews a stack with an image in place of its file's, and saves what was found, also of a preview that failed.
 * @param presentIn asks for the image that a repository holds in place of it. @default none does
 */
async function preview(
  stack: string,
  output: string,
  digest: string,
  presentIn?: (repository: string) => Promise<string | undefined>,
): Promise<StackPreview> {
  const plan = await planStack({ stack });
  const repository = await repositoryUrl(project, stack).catch(() => undefined);
  const present = repository === undefined ? undefined : await presentIn?.(repository);
  const image = previewImage(repository, present, digest);
  const config = image === undefined ? {} : { [`${plan.project}:image`]: image };
  const result = await previewStack(project, stack, config);
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
    const concern = concernOf(path.basename(file, ".json"), report);
    const outcome = await keepIssue(gitHubFromEnvironment(), concern);
    process.stdout.write(`${concern.name}: issue ${outcome}\n`);
  }
}

export const COMMANDS: Readonly<Record<string, Command>> = {
  "build-image": {
    summary: "builds the app's image into a folder, as an OCI layout; outputs tag and digest",
    required: ["layout"],
    async run({ layout = "" }) {
      const { image, pinned } = await imageOfStacks(ROOT);
      for (const pin of pinned) step.warning(pinWarning(pin));
      for (const base of movingBases(image, await readFile(image.dockerfile, "utf8")))
        step.warning(
          `${image.dockerfile} builds on ${base}, a tag that moves: what is mended under it ships only with the next change of the app, and two builds of one content differ. Name it by digest, as ${base}@sha256:<64 hex digits>.`,
        );
      const { tag, digest } = await buildImage(runCommand, image, layout);
      step.output("tag", tag);
      step.output("digest", digest);
    },
  },
  prepare: {
    summary:
      "refuses an overtaken commit, notes the image that runs and makes sure of the repository; outputs repository, before",
    required: ["stack"],
    async run({ stack = "" }) {
      await refuseOvertaken(project, stack);
      const prepared = await prepare(project, await planStack({ stack }));
      step.output("repository", prepared.repositoryUrl);
      step.output("before", prepared.before);
    },
  },
  "push-image": {
    summary: "brings the layout's image into a repository; outputs image, digest, attested",
    required: ["repository", "layout", "tag", "digest"],
    optional: ["attestations"],
    async run({ repository = "", layout = "", tag = "", digest = "", attestations = "off" }) {
      await refuseOtherLayout(layout, digest);
      const attested = async (other: string) =>
        (await missingAttestation(runCommand, other, gitHubRepository())) === undefined;
      const pushed = await pushImage(runCommand, ecrDigestOf, {
        ...{ repositoryUrl: repository, layout, image: { tag, digest } },
        // Without attestations nothing tells what the pipeline built from what anybody pushed.
        ...(attestations === "off" ? {} : { attested }),
      });
      step.output("image", pushed.image);
      step.output("digest", pushed.image.slice(pushed.image.indexOf("@") + 1));
      step.output("attested", String(pushed.attested));
    },
  },
  "verify-image": {
    summary: "verifies that the deployment's workflow built an image on main, and signed it",
    required: ["image"],
    async run({ image = "" }) {
      const missing = await missingAttestation(runCommand, image, gitHubRepository());
      if (missing !== undefined) throw new ToolError(missing);
    },
  },
  release: {
    summary: "tags an image of a repository as a release, and pins it against expiry",
    required: ["repository", "digest", "before"],
    async run({ repository = "", digest = "", before = "" }) {
      const steps = { digest, before, at: new Date() };
      const tag = await releaseImage(await ecrRepository(repository), steps);
      step.summary(`Released as ${tag}.`);
    },
  },
  up: {
    summary: "deploys an image, and fails when ECS does not run it in the end",
    required: ["stack", "image"],
    optional: ["minutes"],
    async run({ stack = "", image = "", minutes }) {
      const limit = minutes === undefined ? undefined : Number(minutes);
      if (limit !== undefined && !(limit > 0))
        throw new ToolError(
          `--minutes is ${minutes ?? ""}, but it has to be a number above 0: the time that the deployment may take.`,
        );
      await deploy(project, await planStack({ stack }), image, limit);
    },
  },
  smoke: {
    summary: "calls the deployed service from outside",
    required: ["stack", "image"],
    async run({ stack = "", image = "" }) {
      const { config } = await planStack({ stack });
      const { state, message } = await verdict(runCommand, ROOT, stack);
      if (state === "asleep") {
        step.warning(`${stack} is asleep: nothing was called.`);
        return;
      }
      // While an approval is awaited the revision before still answers.
      const waits = state === "awaiting-approval";
      if (waits) step.warning(`${stack}: ${message}`);
      const { url = "", albDnsName = "" } = (await stackOutputs(project, stack)) ?? {};
      // At its own load balancer: a name may lead nowhere yet, or to another region.
      const there = fetchOf(url, albDnsName);
      const asked = {
        ...{ url, healthPath: config["healthPath"] as string },
        paths: (await readExamples(path.resolve(ROOT, config["appPath"] as string)))
          .filter(({ method = "GET", body }) => method === "GET" && body === undefined)
          .map(({ path }) => path),
        ...(waits ? {} : { revision: revisionOfImage(image) }),
      };
      const report = await smokeTest(asked, { ...world, ...(there && { fetch: there }) });
      const gap = await domainGap(url, albDnsName);
      if (gap !== undefined) step.warning(gap);
      step.summary(
        `${stack} answers at ${url}${there ? ` at ${albDnsName}` : ""} (${report.requests} requests, ${report.failures} failed at first).`,
      );
    },
  },
  "roll-back": {
    summary: "deploys the image that ran before",
    required: ["stack", "image", "before"],
    async run({ stack = "", image = "", before = "" }) {
      await rollBack(project, await planStack({ stack }), { image, before });
      step.summary(`Went back to ${before}.`);
    },
  },
  preview: {
    summary: "previews a stack into <output>/<stack>.json",
    required: ["stack", "output"],
    optional: ["tag", "digest"],
    async run({ stack = "", output = "", tag = "", digest = "" }) {
      await preview(stack, output, digest, (repository) => ecrDigestOf(repository, tag));
    },
  },
  propose: {
    summary:
      "previews what an approval would deploy into <output>/<stack>.json, and lists its commits; outputs changes",
    required: ["stack", "digest", "output"],
    async run({ stack = "", digest = "", output = "" }) {
      const commits = await commitsToDeploy(project, stack);
      step.summary(`### What ${stack} gets\n\n${fenced("text", commits)}`);
      const result = await preview(stack, output, digest);
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
  summary: {
    summary: "adds a text file to the page of the run",
    required: ["title", "file"],
    async run({ title = "", file = "" }) {
      const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
      step.summary(`### ${title}\n\n${fenced("text", lines)}`);
    },
  },
  "upsert-comment": {
    summary: "writes the one comment of a pull request",
    required: ["body", "pull-request"],
    async run({ body: file = "", "pull-request": pullRequest }) {
      const body = await readFile(file, "utf8");
      const outcome = await upsertComment(gitHubFromEnvironment(), {
        ...{ pullRequest: Number(pullRequest), marker: "koa-fargate preview", body },
        run: Number(process.env["GITHUB_RUN_ID"] ?? 0),
      });
      process.stdout.write(`comment ${outcome}\n`);
      step.summary(body);
      if (outcome === "forbidden")
        step.warning("The token may not comment here: the summary of this run has the comment.");
    },
  },
};
