import { expect } from "chai";
import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { appCommit } from "../../../../../components/registry/app-commit.ts";
import { pinnedBase } from "../../../../../components/registry/base-image.ts";
import { declaredArguments } from "../../../../../components/registry/docker-context.ts";
import {
  buildImage,
  imageOfStacks,
  movingBases,
  pinWarning,
  plannedImage,
  refuseOtherLayout,
  sameImage,
} from "../../../src/pipeline/delivery/image.ts";
import { services as secondService } from "../../../../../examples/second-service/services.ts";
import program from "../../../../../index.ts";
import { failure, fakeCommands } from "./fakes.ts";
import { REPOSITORY } from "./workflow-files.ts";
import {
  frozenFileWithApp,
  planFrozen,
  writeFrozenFiles,
} from "../../../../../test/helpers/frozen.ts";
import { PROJECT } from "../../../../../test/helpers/project.ts";

const PIN = `123456789012.dkr.ecr.eu-west-1.amazonaws.com/api@sha256:${"0".repeat(64)}`;

describe("Image of the pipeline", () => {
  it("is what the plan of every stack builds", async () => {
    const plans = await Promise.all(["dev", "prod"].map((stack) => planFrozen({ stack })));
    const image = sameImage(plans.map((plan) => [plan.stack, plannedImage(plan)]));

    expect(image.tag).to.match(/^app-[0-9a-f]{16}$/);
    expect(image).to.deep.equal({
      tag: image.tag,
      context: `.build/${image.tag}`,
      dockerfile: `.build/${image.tag}-dockerfile/Dockerfile`,
      platform: "linux/arm64",
      buildArgs: declaredArguments(readFileSync("Dockerfile", "utf8"), {
        NODE_IMAGE: pinnedBase(),
        COMMIT: appCommit("./test/fixtures/apps/hello"),
      }),
    });
  });

  it("is the main service's where another one builds its own, also when a stack names the main one's", async () => {
    const beside = (overrides: Record<string, string>) =>
      planFrozen({
        stack: "dev",
        overrides,
        program: () => program({ offline: true, services: secondService }),
      });
    const plan = await beside({});
    const built = plan.resources.filter(({ type }) => type === "docker:index/image:Image");

    expect(built.map(({ name }) => name.slice(0, -17))).to.deep.equal([
      "admin-registry-app",
      "registry-app",
    ]);
    expect(plannedImage(plan)).to.deep.equal(plannedImage(await planFrozen({ stack: "dev" })));
    const pinned = await beside({ image: PIN });
    expect(await failure(Promise.resolve().then(() => plannedImage(pinned)))).to.equal(
      "Stack dev builds no image: its config names one under image. Remove that key, or promote to this stack instead.",
    );
  });

  it("is refused where stacks build different ones", async () => {
    const plans = [
      await planFrozen({ stack: "dev" }),
      await planFrozen({ stack: "prod", overrides: { cpuArchitecture: "amd64" } }),
    ];
    const images = plans.map((plan) => [plan.stack, plannedImage(plan)] as const);
    expect(await failure(Promise.resolve().then(() => sameImage(images)))).to.equal(
      `Stacks dev and prod build different images (${images[0]?.[1].tag ?? ""}, ${images[1]?.[1].tag ?? ""}). Give them the same appPath, cpuArchitecture and nodeImage.`,
    );
  });

  it("is not built by a stack that names one", async () => {
    const plan = await planFrozen({ stack: "dev", overrides: { image: PIN } });
    expect(await failure(Promise.resolve().then(() => plannedImage(plan)))).to.equal(
      "Stack dev builds no image: its config names one under image. Remove that key, or promote to this stack instead.",
    );
  });

  it("is built all the same where a stack's file names one, which is warned of", async function () {
    const root = mkdtempSync(path.join(tmpdir(), "pinned-"));
    try {
      copyFileSync(path.join(REPOSITORY, "Pulumi.yaml"), path.join(root, "Pulumi.yaml"));
      writeFrozenFiles(root);
      appendFileSync(path.join(root, "Pulumi.prod.yaml"), `  ${PROJECT}:image: ${PIN}\n`);
      const { image, pinned } = await imageOfStacks(root, program);

      expect(image).to.deep.equal(
        plannedImage(await planFrozen({ stack: "dev", file: frozenFileWithApp("dev") })),
      );
      expect(pinned).to.deep.equal([["prod", PIN]]);
      expect(pinned.map(pinWarning)).to.deep.equal([
        `Pulumi.prod.yaml names the image ${PIN}: the pipeline deploys the one that it builds all the same. Take the key out with pulumi config rm image --stack prod; to stay on that image, keep prod from being deployed until it may change.`,
      ]);
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it("builds on a base by digest, or says which tag moves", async () => {
    const image = plannedImage(await planFrozen({ stack: "dev" }));
    const text = readFileSync(path.join(REPOSITORY, image.dockerfile), "utf8");
    expect(movingBases(image, text)).to.deep.equal([]);
    expect(movingBases({ ...image, buildArgs: { NODE_IMAGE: "node:24" } }, text)).to.deep.equal([
      "node:24",
    ]);
    const own = [
      "ARG VERSION=24",
      "FROM --platform=$BUILDPLATFORM node:${VERSION} AS build",
      `FROM alpine@sha256:${"a".repeat(64)}`,
      "FROM build",
      "from scratch as empty",
    ];
    expect(movingBases(image, own.join("\n"))).to.deep.equal(["node:24"]);
  });

  it("has a tag that names the base: another digest of it is another image", async () => {
    const tags = await Promise.all(
      ["a", "b"].map(async (digit) => {
        const nodeImage = `mirror.example/node:24@sha256:${digit.repeat(64)}`;
        return plannedImage(await planFrozen({ stack: "dev", overrides: { nodeImage } })).tag;
      }),
    );
    expect(new Set(tags).size).to.equal(2);
  });

  it("is the one that was scanned, or is not deployed", async () => {
    const layout = mkdtempSync(path.join(tmpdir(), "layout-"));
    const [scanned, other] = ["a", "b"].map((digit) => `sha256:${digit.repeat(64)}`);
    const hold = (...digests: unknown[]): void => {
      const manifests = digests.map((digest) => ({ digest }));
      writeFileSync(path.join(layout, "index.json"), JSON.stringify({ manifests }));
    };
    try {
      hold(scanned);
      await refuseOtherLayout(layout, scanned ?? "");
      for (const digests of [[other], [scanned, other]]) {
        hold(...digests);
        expect(await failure(refuseOtherLayout(layout, scanned ?? ""))).to.equal(
          `${layout} holds ${digests.join(" and ")}, but ${scanned ?? ""} was scanned and is to be deployed: run the workflow again from its beginning.`,
        );
      }
    } finally {
      rmSync(layout, { recursive: true });
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
