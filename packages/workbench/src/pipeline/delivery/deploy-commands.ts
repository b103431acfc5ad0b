import { readFile } from "node:fs/promises";
import path from "node:path";
import { ToolError } from "../../lib/command-line.ts";
import { readExamples } from "../../project/app-examples.ts";
import { planStack } from "../../plan/evaluate.ts";
import { runCommand } from "../../lib/command.ts";
import { digestOfImage } from "../../live/release/pins.ts";
import { fenced } from "../../review/comment/escape.ts";
import { project, ROOT, step, type Commands } from "./command.ts";
import { targetOf } from "./control.ts";
import { deploy, prepare, rollBack, verdict } from "./deployment.ts";
import { gitHubRepository } from "./github.ts";
import { refuseOvertaken } from "./history.ts";
import { buildImage, imageOfStacks, movingBases, pinWarning, refuseOtherLayout } from "./image.ts";
import { noted } from "./post-mortem.ts";
import { placedName, placeOf } from "./placed.ts";
import { repositoryUrl, stackOutputs } from "./pulumi.ts";
import {
  ecrDigestOf,
  ecrRepository,
  missingAttestation,
  pullImage,
  pushImage,
  releaseImage,
} from "./registry.ts";
import { revisionOfImage, smokeTest, world } from "./smoke.ts";
import { domainGap, frontOf } from "../../live/domain.ts";
import { fetchOf } from "../smoke/reach.ts";

/** What builds, deploys and takes back. */
export const DEPLOY_COMMANDS: Commands = {
  "build-image": {
    summary: "builds the app's image into a folder, as an OCI layout; outputs tag and digest",
    required: ["layout"],
    async run({ layout = "" }) {
      const { image, pinned } = await imageOfStacks(ROOT);
      for (const pin of pinned) step.warning(pinWarning(pin));
      for (const base of movingBases(image, await readFile(image.dockerfile, "utf8")))
        step.warning(
          `The Dockerfile builds on ${base}, a tag that moves: what is mended under it ships only with the next change of the app, and two builds of one content differ. Name it by digest, as ${base}@sha256:<64 hex digits>.`,
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
      const attested = async (other: string) => (await missingSignature(other)) === undefined;
      const pushed = await pushImage(runCommand, ecrDigestOf, {
        ...{ repositoryUrl: repository, layout, image: { tag, digest } },
        // Without attestations nothing tells what the pipeline built from what anybody pushed.
        ...(attestations === "off" ? {} : { attested }),
      });
      step.output("image", pushed.image);
      step.output("digest", digestOfImage(pushed.image));
      step.output("attested", String(pushed.attested));
    },
  },
  "pull-image": {
    summary: "brings an image of a registry into a folder, as an OCI layout; outputs digest",
    required: ["image", "layout"],
    async run({ image = "", layout = "" }) {
      step.output("digest", await pullImage(runCommand, image, layout));
    },
  },
  resolve: {
    summary:
      "finds out what an action of control.yml comes to, and refuses what it cannot do; outputs commit, digest, image",
    required: ["action", "stack", "digest", "commit", "reason"],
    async run({ action = "", stack = "", digest = "", commit = "", reason = "" }) {
      const plan = await planStack({ stack });
      const target = await targetOf(
        project,
        { action, stack, digest, commit, reason },
        {
          key: `${plan.project}:image`,
          head: process.env["GITHUB_SHA"] ?? "",
          repository: await repositoryUrl(project, stack),
        },
      );
      for (const [name, value] of Object.entries(target)) step.output(name, value as string);
      step.summary(
        `### ${action} ${stack}\n\n${fenced("text", [`program ${target.commit}`, `image   ${target.digest}`, `reason  ${reason}`])}`,
      );
    },
  },
  "verify-image": {
    summary: "verifies that the deployment's workflow built an image on main, and signed it",
    required: ["image"],
    async run({ image = "" }) {
      const missing = await missingSignature(image);
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
    optional: ["minutes", "message"],
    async run({ stack = "", image = "", minutes, message }) {
      const limit = minutes === undefined ? undefined : Number(minutes);
      if (limit !== undefined && !(limit > 0))
        throw new ToolError(
          `--minutes is ${minutes ?? ""}, but it has to be a number above 0: the time that the deployment may take.`,
        );
      const options = { minutes: limit, message };
      await noted(stack, "up", async () =>
        deploy(project, await planStack({ stack }), image, options),
      );
    },
  },
  smoke: {
    summary: "calls the deployed service from outside; outputs url",
    required: ["stack", "image"],
    async run({ stack = "", image = "" }) {
      await noted(stack, "smoke", () => smoke(stack, image));
    },
  },
  "roll-back": {
    summary: "deploys the image that ran before",
    required: ["stack", "image", "before"],
    async run({ stack = "", image = "", before = "" }) {
      await noted(stack, "roll-back", async () =>
        rollBack(project, await planStack({ stack }), { image, before }),
      );
      step.summary(`Went back to ${before}.`);
    },
  },
};

const missingSignature = async (image: string): Promise<string | undefined> => {
  const workflow = placedName(await placeOf(runCommand, ROOT), "deploy.yml");
  return missingAttestation(runCommand, image, gitHubRepository(), workflow);
};

/** Calls a deployed service from outside, unless it sleeps. */
async function smoke(stack: string, image: string): Promise<void> {
  const { config } = await planStack({ stack });
  const { state, message } = await verdict(runCommand, ROOT, stack);
  if (state === "asleep") {
    step.warning(`${stack} is asleep: nothing was called.`);
    return;
  }
  // While an approval is awaited the revision before still answers.
  const waits = state === "awaiting-approval";
  if (waits) step.warning(`${stack}: ${message}`);
  const { url = "", ...names } = (await stackOutputs(project, stack)) ?? {};
  const front = frontOf(names);
  step.output("url", url);
  // At its own front: a name may lead nowhere yet, or to another region.
  const there = fetchOf(url, front);
  const asked = {
    ...{ url, healthPath: config["healthPath"] as string },
    paths: (await readExamples(path.resolve(ROOT, config["appPath"] as string)))
      .filter(({ method = "GET", body }) => method === "GET" && body === undefined)
      .map(({ path }) => path),
    ...(waits ? {} : { revision: revisionOfImage(image) }),
  };
  const report = await smokeTest(asked, { ...world, ...(there && { fetch: there }) });
  const gap = await domainGap(url, front);
  if (gap !== undefined) step.warning(gap);
  step.summary(
    `${stack} answers at ${url}${there ? ` at ${front}` : ""} (${report.requests} requests, ${report.failures} failed at first).`,
  );
}
