import { expect } from "chai";
import {
  parseRepositoryUrl,
  pushImage,
  releaseImage,
  type ImageIndex,
} from "../../tools/delivery/registry.ts";
import type { TaggedImage } from "../../tools/ops/release/pins.ts";
import type { ReleaseRepository } from "../../tools/ops/release/release.ts";
import { failure, fakeCommands } from "./fakes.ts";

const REPOSITORY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/registry-1a2b3c4";
const BUILT = `sha256:${"b".repeat(64)}`;
const PRESENT = `sha256:${"a".repeat(64)}`;
const image = { tag: "app-0123456789abcdef", digest: BUILT };
const request = { repositoryUrl: REPOSITORY, layout: "nowhere/image", image };

const holds = (tags: Readonly<Record<string, string>>): ImageIndex => ({
  digestOf: (_repository, tag) => Promise.resolve(tags[tag]),
});

describe("Push of an image", () => {
  it("copies an image that the repository lacks, byte by byte", async () => {
    const { run, calls } = fakeCommands({ "skopeo copy": {} });
    expect(await pushImage(run, holds({}), request)).to.equal(`${REPOSITORY}@${BUILT}`);
    expect(calls).to.deep.equal([
      `skopeo copy --preserve-digests oci:nowhere/image:${image.tag} docker://${REPOSITORY}:${image.tag}`,
    ]);
  });

  it("keeps the digest of content that is there, and puts that image into the layout", async () => {
    const { run, calls } = fakeCommands({ "skopeo copy": {} });
    expect(await pushImage(run, holds({ [image.tag]: PRESENT }), request)).to.equal(
      `${REPOSITORY}@${PRESENT}`,
    );
    expect(calls).to.deep.equal([
      `skopeo copy --preserve-digests docker://${REPOSITORY}@${PRESENT} oci:nowhere/image:${image.tag}`,
    ]);
  });

  it("does nothing about an image that is there as it was built", async () => {
    const { run, calls } = fakeCommands({});
    await pushImage(run, holds({ [image.tag]: BUILT }), request);
    expect(calls).to.deep.equal([]);
  });

  it("refuses content whose digest is not the one that was tested", async () => {
    const { run, calls } = fakeCommands({});
    const index = holds({ [image.tag]: PRESENT });
    expect(await failure(pushImage(run, index, { ...request, expected: BUILT }))).to.equal(
      `${REPOSITORY} holds ${PRESENT} under ${image.tag}, but ${BUILT} is what was tested. Build once more from a changed app, or delete the tag.`,
    );
    expect(calls).to.deep.equal([]);
  });

  it("stops when the copy fails", async () => {
    const { run } = fakeCommands({ "skopeo copy": { code: 1, stderr: "denied" } });
    expect(await failure(pushImage(run, holds({}), request))).to.equal(
      "skopeo copy --preserve-digests ended with exit code 1: denied",
    );
  });

  it("becomes a release that is pinned beside what runs", async () => {
    const images: TaggedImage[] = [
      { digest: PRESENT, tags: ["app-1"] },
      { digest: BUILT, tags: ["app-2"] },
    ];
    const repository: ReleaseRepository = {
      images: () => Promise.resolve(images),
      releasesToKeep: () => Promise.resolve(30),
      addTag: (digest, tag) => {
        const found = images.find((candidate) => candidate.digest === digest);
        if (found !== undefined) Object.assign(found, { tags: [...new Set([...found.tags, tag])] });
        return Promise.resolve();
      },
      removeTag: () => Promise.reject(new Error("nothing is to be unpinned")),
    };
    const at = new Date("2026-03-01T12:00:00Z");
    const steps = { digest: BUILT, before: `${REPOSITORY}@${PRESENT}`, at };

    expect(await releaseImage(repository, steps)).to.equal("release-20260301T120000Z-bbbbbbbbbbbb");
    expect(images).to.deep.equal([
      { digest: PRESENT, tags: ["app-1", "pinned-aaaaaaaaaaaa"] },
      {
        digest: BUILT,
        tags: ["app-2", "pinned-bbbbbbbbbbbb", "release-20260301T120000Z-bbbbbbbbbbbb"],
      },
    ]);
  });

  it("reads region and name out of an address", async () => {
    expect(parseRepositoryUrl(REPOSITORY)).to.deep.equal({
      registryId: "123456789012",
      region: "eu-west-1",
      name: "registry-1a2b3c4",
    });
    expect(
      parseRepositoryUrl("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/a/b").name,
    ).to.equal("a/b");
    expect(
      await failure(Promise.resolve().then(() => parseRepositoryUrl("docker.io/app"))),
    ).to.equal("docker.io/app is not the address of an ECR repository.");
  });
});
