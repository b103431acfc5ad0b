import { expect } from "chai";
import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { appCommit } from "../../../../../components/registry/app-commit.ts";
import { runCommand, succeed } from "../../../src/pipeline/delivery/command.ts";
import {
  buildImage,
  imageOfStacks,
  pinWarning,
  plannedImage,
  type PlannedImage,
  sameImage,
} from "../../../src/pipeline/delivery/image.ts";
import { planStack } from "../../../src/plan/evaluate.ts";
import type { Program } from "../../../src/plan/protocol.ts";
import { failure, fakeCommands } from "./fakes.ts";
import { REPOSITORY } from "./workflow-files.ts";
import { PROJECT } from "../../../../../test/helpers/project.ts";

const answers = (command: string, ...args: string[]): boolean =>
  spawnSync(command, args, { timeout: 10_000 }).status === 0;

describe("Image of the pipeline", () => {
  it("is what the plan of every stack builds", async () => {
    const plans = await Promise.all(["dev", "prod"].map((stack) => planStack({ stack })));
    const image = sameImage(plans.map((plan) => [plan.stack, plannedImage(plan)]));

    expect(image.tag).to.match(/^app-[0-9a-f]{16}$/);
    expect(image).to.deep.equal({
      tag: image.tag,
      context: `.build/${image.tag}`,
      dockerfile: "Dockerfile",
      platform: "linux/arm64",
      buildArgs: { NODE_IMAGE: plans[0]?.config["nodeImage"], COMMIT: appCommit("./app") },
    });
  });

  it("is refused where stacks build different ones", async () => {
    const plans = [
      await planStack({ stack: "dev" }),
      await planStack({ stack: "prod", overrides: { cpuArchitecture: "amd64" } }),
    ];
    const images = plans.map((plan) => [plan.stack, plannedImage(plan)] as const);
    expect(await failure(Promise.resolve().then(() => sameImage(images)))).to.equal(
      `Stacks dev and prod build different images (${images[0]?.[1].tag ?? ""}, ${images[1]?.[1].tag ?? ""}). Give them the same appPath, cpuArchitecture and nodeImage.`,
    );
  });

  it("is not built by a stack that names one", async () => {
    const overrides = {
      image: `123456789012.dkr.ecr.eu-west-1.amazonaws.com/api@sha256:${"0".repeat(64)}`,
    };
    const plan = await planStack({ stack: "dev", overrides });
    expect(await failure(Promise.resolve().then(() => plannedImage(plan)))).to.equal(
      "Stack dev builds no image: its config names one under image. Remove that key, or promote to this stack instead.",
    );
  });

  it("is built all the same where a stack's file names one, which is warned of", async function () {
    this.timeout(60_000);
    const root = mkdtempSync(path.join(tmpdir(), "pinned-"));
    const pin = `123456789012.dkr.ecr.eu-west-1.amazonaws.com/api@sha256:${"0".repeat(64)}`;
    try {
      for (const file of ["Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.prod.yaml"])
        copyFileSync(path.join(REPOSITORY, file), path.join(root, file));
      appendFileSync(path.join(root, "Pulumi.prod.yaml"), `  ${PROJECT}:image: ${pin}\n`);
      const { default: program } = (await import("../../../../../index.ts")) as {
        default: Program;
      };
      const { image, pinned } = await imageOfStacks(root, program);

      expect(image).to.deep.equal(plannedImage(await planStack({ stack: "dev" })));
      expect(pinned).to.deep.equal([["prod", pin]]);
      expect(pinned.map(pinWarning)).to.deep.equal([
        `Pulumi.prod.yaml names the image ${pin}: the pipeline deploys the one that it builds all the same. Take the key out with pulumi config rm image --stack prod; to stay on that image, keep prod from being deployed until it may change.`,
      ]);
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it("stops the pipeline when it does not build", async () => {
    const { run } = fakeCommands({ "docker build": { code: 1, stderr: "COPY failed" } });
    const image = {
      tag: "t",
      context: "c",
      dockerfile: "D",
      platform: "linux/arm64",
      buildArgs: {},
    };
    expect(await failure(buildImage(run, image, "nowhere"))).to.equal(
      "docker build --platform ended with exit code 1: COPY failed",
    );
  });
});

describe("Image of the pipeline, by docker and skopeo", function () {
  this.timeout(60_000);
  let folder: string;
  let image: PlannedImage;
  const name = ({ tag }: PlannedImage): string => `koa-fargate-delivery:${tag}`;
  const changed = (): PlannedImage => ({
    ...image,
    tag: `${image.tag}-b`,
    buildArgs: { WORD: "b" },
  });

  before(function () {
    if (!answers("docker", "info") || !answers("skopeo", "--version")) this.skip();
    folder = mkdtempSync(path.join(tmpdir(), "image-test-"));
    mkdirSync(path.join(folder, "context"));
    writeFileSync(path.join(folder, "context/content"), "content\n");
    writeFileSync(
      path.join(folder, "Dockerfile"),
      "FROM scratch\nARG WORD\nENV WORD=$WORD\nCOPY . .\n",
    );
    image = {
      tag: `test-${process.pid}`,
      context: path.join(folder, "context"),
      dockerfile: path.join(folder, "Dockerfile"),
      platform: "linux/amd64",
      buildArgs: { WORD: "passed" },
    };
  });
  after(() => {
    // Unset where the tests were skipped.
    if ((folder as string | undefined) === undefined) return;
    spawnSync("docker", ["image", "rm", "--force", name(image), name(changed())]);
    rmSync(folder, { recursive: true });
  });

  it("is a layout whose digest every copy keeps", async () => {
    const layout = path.join(folder, "image");
    const { tag, digest } = await buildImage(runCommand, image, layout);

    expect(tag).to.equal(image.tag);
    expect(digest).to.match(/^sha256:[0-9a-f]{64}$/);
    const inspected = JSON.parse(
      await succeed(runCommand, "skopeo", ["inspect", `oci:${layout}:${tag}`]),
    ) as { Digest: string; Architecture: string; Env: string[] };
    expect(inspected.Digest).to.equal(digest);
    expect(inspected.Architecture).to.equal("amd64");
    expect(inspected.Env).to.include("WORD=passed");
    const config = JSON.parse(
      await succeed(runCommand, "skopeo", ["inspect", "--config", `oci:${layout}:${tag}`]),
    ) as { config: { Labels: Record<string, string> } };
    expect(config.config.Labels).to.deep.equal({ "koa-fargate.content": tag });
    // What Trivy takes its input for an OCI layout by.
    expect(readdirSync(layout).sort()).to.deep.equal(["blobs", "index.json", "oci-layout"]);
    const index = JSON.parse(readFileSync(path.join(layout, "index.json"), "utf8")) as {
      manifests: { digest: string }[];
    };
    expect(index.manifests.map((manifest) => manifest.digest)).to.deep.equal([digest]);

    const target = `oci:${path.join(folder, "registry")}:copied`;
    await succeed(runCommand, "skopeo", [
      "copy",
      "--preserve-digests",
      `oci:${layout}:${tag}`,
      target,
    ]);
    const copied = JSON.parse(await succeed(runCommand, "skopeo", ["inspect", target])) as {
      Digest: string;
    };
    expect(copied.Digest).to.equal(digest);
  });

  it("is alone in its layout after a second build", async () => {
    const layout = path.join(folder, "again");
    await buildImage(runCommand, image, layout);
    const { digest } = await buildImage(runCommand, changed(), layout);
    const index = JSON.parse(readFileSync(path.join(layout, "index.json"), "utf8")) as {
      manifests: { digest: string }[];
    };
    expect(index.manifests.map((manifest) => manifest.digest)).to.deep.equal([digest]);
  });
});
