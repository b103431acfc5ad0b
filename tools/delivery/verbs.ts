import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { planStack } from "../plan/evaluate.ts";
import type { Plan } from "../plan/types.ts";
import { isAttested, verifyImage } from "./attestation.ts";
import { runCommand } from "./command.ts";
import { deploy, DeploymentError, prepare, rollBack } from "./deployment.ts";
import { findDrift, type DriftReport } from "./drift.ts";
import { reportDrift } from "./drift-issue.ts";
import { gitHubFromEnvironment, gitHubRepository } from "./github.ts";
import { fenced, workflow } from "./github-actions.ts";
import { buildImage } from "./image.ts";
import { refuseOvertaken } from "./order.ts";
import { imageOfStacks, pinWarning } from "./planned-image.ts";
import { previewImage, previewStack } from "./preview.ts";
import { repositoryUrl, stackOutputs, type PulumiProject } from "./pulumi.ts";
import { ecrIndex, ecrRepository, pushImage, releaseImage } from "./registry.ts";
import { verdict } from "./verdict.ts";
import { revisionOfImage, smokeTest } from "./smoke.ts";
import { upsertComment } from "./sticky-comment.ts";

/** Options of a verb, by name without dashes. */
export type Options = Readonly<Record<string, string>>;

export interface Verb {
  /** What it does, for the help. */
  summary: string;
  required: readonly string[];
  optional?: readonly string[];
  run(options: Options): Promise<void>;
}

const ROOT = path.resolve(import.meta.dirname, "../..");
const project: PulumiProject = { run: runCommand, cwd: ROOT };
const step = workflow();

const value = (options: Options, name: string): string => options[name] ?? "";
const planOf = (options: Options): Promise<Plan> => planStack({ stack: value(options, "stack") });

function setting(plan: Plan, key: string): string {
  const found = plan.config[key];
  return typeof found === "string" ? found : "";
}

async function save(folder: string, name: string, content: unknown): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, name), `${JSON.stringify(content, null, 2)}\n`);
}

export const VERBS: Readonly<Record<string, Verb>> = {
  "build-image": {
    summary: "builds the app's image into a folder, as an OCI layout; outputs tag and digest",
    required: ["layout"],
    async run(options) {
      const { image, pinned } = await imageOfStacks(ROOT);
      for (const pin of pinned) step.warning(pinWarning(pin));
      const { tag, digest } = await buildImage(runCommand, image, value(options, "layout"));
      step.output("tag", tag);
      step.output("digest", digest);
    },
  },
  prepare: {
    summary:
      "refuses an overtaken commit, notes the image that runs and makes sure of the repository; outputs repository, before",
    required: ["stack"],
    async run(options) {
      await refuseOvertaken(project, value(options, "stack"));
      const { repositoryUrl, before } = await prepare(project, await planOf(options));
      step.output("repository", repositoryUrl);
      step.output("before", before);
    },
  },
  "push-image": {
    summary: "brings the layout's image into a repository; outputs image, digest, attested",
    required: ["repository", "layout", "tag", "digest"],
    optional: ["attestations"],
    async run(options) {
      // Without attestations nothing tells what the pipeline built from what anybody pushed.
      const reuses = options["attestations"] !== undefined && options["attestations"] !== "off";
      const { image, attested } = await pushImage(runCommand, await ecrIndex(), {
        repositoryUrl: value(options, "repository"),
        layout: value(options, "layout"),
        image: { tag: value(options, "tag"), digest: value(options, "digest") },
        ...(reuses
          ? { attested: (other: string) => isAttested(runCommand, other, gitHubRepository()) }
          : {}),
      });
      step.output("image", image);
      step.output("digest", image.slice(image.indexOf("@") + 1));
      step.output("attested", String(attested));
    },
  },
  "verify-image": {
    summary: "verifies that the deployment's workflow built an image on main, and signed it",
    required: ["image"],
    run: async (options) => verifyImage(runCommand, value(options, "image"), gitHubRepository()),
  },
  release: {
    summary: "tags an image of a repository as a release, and pins it against expiry",
    required: ["repository", "digest", "before"],
    async run(options) {
      const tag = await releaseImage(await ecrRepository(value(options, "repository")), {
        digest: value(options, "digest"),
        before: value(options, "before"),
        at: new Date(),
      });
      step.summary(`Released as ${tag}.`);
    },
  },
  up: {
    summary: "deploys an image, and fails when ECS does not run it in the end",
    required: ["stack", "image"],
    optional: ["minutes"],
    async run(options) {
      const minutes = options["minutes"] === undefined ? undefined : Number(options["minutes"]);
      if (minutes !== undefined && !(minutes > 0))
        throw new DeploymentError(
          `--minutes is ${value(options, "minutes")}, but it has to be a number above 0: the time that the deployment may take.`,
        );
      await deploy(project, await planOf(options), value(options, "image"), minutes);
    },
  },
  smoke: {
    summary: "calls the deployed service from outside",
    required: ["stack", "image"],
    async run(options) {
      const plan = await planOf(options);
      const { state, message } = await verdict(runCommand, ROOT, plan.stack);
      if (state === "asleep") {
        step.warning(`${plan.stack} is asleep: nothing was called.`);
        return;
      }
      // While an approval is awaited the revision before still answers.
      const waits = state === "awaiting-approval";
      if (waits) step.warning(`${plan.stack}: ${message}`);
      const { url = "" } = (await stackOutputs(project, plan.stack)) ?? {};
      const report = await smokeTest({
        url,
        healthPath: setting(plan, "healthPath"),
        ...(waits ? {} : { revision: revisionOfImage(value(options, "image")) }),
      });
      step.summary(
        `${plan.stack} answers at ${url} (${report.requests} requests, ${report.failures} failed at first).`,
      );
    },
  },
  "roll-back": {
    summary: "deploys the image that ran before",
    required: ["stack", "image", "before"],
    async run(options) {
      const [image, before] = [value(options, "image"), value(options, "before")];
      await rollBack(project, await planOf(options), { image, before });
      step.summary(`Went back to ${before}.`);
    },
  },
  preview: {
    summary: "previews a stack into <output>/<stack>.json",
    required: ["stack", "output"],
    optional: ["tag", "digest"],
    async run(options) {
      const plan = await planOf(options);
      const repository = await repositoryUrl(project, plan.stack).catch(() => undefined);
      const present =
        repository === undefined
          ? undefined
          : await (await ecrIndex()).digestOf(repository, value(options, "tag"));
      const image = previewImage(repository, present, value(options, "digest"));
      const result = await previewStack(
        project,
        plan.stack,
        image === undefined ? {} : { [`${plan.project}:image`]: image },
      );
      await save(value(options, "output"), `${plan.stack}.json`, result);
      if (result.exitCode !== 0)
        throw new Error(`${plan.stack}: the preview failed. ${result.error}`);
    },
  },
  drift: {
    summary: "compares state and cloud into <output>/<stack>.json; outputs drift",
    required: ["stack", "output"],
    async run(options) {
      const report = await findDrift(project, value(options, "stack"));
      await save(value(options, "output"), `${report.stack}.json`, report);
      step.output("drift", String(report.drift));
    },
  },
  "drift-issues": {
    summary: "keeps one issue for each stack that drifts",
    required: ["reports"],
    async run(options) {
      const folder = value(options, "reports");
      for (const file of (await readdir(folder)).sort()) {
        const text = await readFile(path.join(folder, file), "utf8");
        const report = JSON.parse(text) as DriftReport;
        const outcome = await reportDrift(gitHubFromEnvironment(), report, { runUrl: runUrl() });
        process.stdout.write(`${report.stack}: issue ${outcome}\n`);
      }
    },
  },
  summary: {
    summary: "adds a text file to the page of the run",
    required: ["title", "file"],
    async run(options) {
      const text = await readFile(value(options, "file"), "utf8");
      step.summary(`### ${value(options, "title")}\n\n${fenced(text)}`);
    },
  },
  "upsert-comment": {
    summary: "writes the one comment of a pull request",
    required: ["body", "pull-request"],
    async run(options) {
      const body = await readFile(value(options, "body"), "utf8");
      const outcome = await upsertComment(gitHubFromEnvironment(), {
        pullRequest: Number(value(options, "pull-request")),
        marker: "koa-fargate preview",
        body,
        run: Number(process.env["GITHUB_RUN_ID"] ?? 0),
      });
      process.stdout.write(`comment ${outcome}\n`);
      step.summary(body);
      if (outcome === "forbidden")
        step.warning("The token may not comment here: the summary of this run has the comment.");
    },
  },
};

function runUrl(env: NodeJS.ProcessEnv = process.env): string {
  return `${env["GITHUB_SERVER_URL"] ?? ""}/${env["GITHUB_REPOSITORY"] ?? ""}/actions/runs/${env["GITHUB_RUN_ID"] ?? ""}`;
}
