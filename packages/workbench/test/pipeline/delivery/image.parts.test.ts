import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { dockerIsHere, isOnPath } from "../../../../../test/helpers/parts.ts";
import { runCommand, succeed } from "../../../src/lib/command.ts";
import { buildImage, type PlannedImage } from "../../../src/pipeline/delivery/image.ts";

describe("Image of the pipeline, by docker and skopeo", function () {
  let folder: string;
  let image: PlannedImage;
  const name = ({ tag }: PlannedImage): string => `koa-fargate-delivery:${tag}`;
  const changed = (): PlannedImage => ({
    ...image,
    tag: `${image.tag}-b`,
    buildArgs: { WORD: "b" },
  });

  before(function () {
    if (!dockerIsHere() || !isOnPath("skopeo")) this.skip();
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
