import { expect } from "chai";
import {
  parseRepositoryUrl,
  pushImage,
  releaseImage,
  type DigestOf,
} from "../../../src/pipeline/delivery/registry.ts";
import type { TaggedImage } from "../../../src/live/release/pins.ts";
import type { ReleaseRepository } from "../../../src/live/release/release.ts";
import { failure, fakeCommands } from "./fakes.ts";

const REPOSITORY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/registry-1a2b3c4";
const BUILT = `sha256:${"b".repeat(64)}`;
const PRESENT = `sha256:${"a".repeat(64)}`;
const image = { tag: "app-0123456789abcdef", digest: BUILT };
const request = { repositoryUrl: REPOSITORY, layout: "nowhere/image", image };

const OWN_TAG = `${image.tag}-bbbbbbbbbbbb`;
const labelled = (tag: string) => ({
  stdout: JSON.stringify({ config: { Labels: { "koa-fargate.content": tag } } }),
});
const never = (): Promise<boolean> =>
  Promise.reject(new Error("nothing is there to be asked about"));

const holds =
  (tags: Readonly<Record<string, string>>): DigestOf =>
  (_repository, tag) =>
    Promise.resolve(tags[tag]);

describe("Push of an image", () => {
  it("copies an image that the repository lacks, byte by byte", async () => {
    const { run, calls } = fakeCommands({ "skopeo copy": {} });
    expect(await pushImage(run, holds({}), { ...request, attested: never })).to.deep.equal({
      image: `${REPOSITORY}@${BUILT}`,
      attested: false,
    });
    expect(calls).to.deep.equal([
      `skopeo copy --preserve-digests oci:nowhere/image:${image.tag} docker://${REPOSITORY}:${image.tag}`,
    ]);
  });

  it("keeps the digest of content that the pipeline built before, and puts that image into the layout", async () => {
    const { run, calls } = fakeCommands({
      "skopeo inspect": labelled(image.tag),
      "skopeo copy": {},
    });
    const asked: string[] = [];
    const attested = (other: string): Promise<boolean> => {
      asked.push(other);
      return Promise.resolve(true);
    };
    const index = holds({ [image.tag]: PRESENT });
    expect(await pushImage(run, index, { ...request, attested })).to.deep.equal({
      image: `${REPOSITORY}@${PRESENT}`,
      attested: true,
    });
    expect(asked).to.deep.equal([`${REPOSITORY}@${PRESENT}`]);
    expect(calls).to.deep.equal([
      `skopeo inspect --config docker://${REPOSITORY}@${PRESENT}`,
      `skopeo copy --preserve-digests docker://${REPOSITORY}@${PRESENT} oci:nowhere/image:${image.tag}`,
    ]);
  });

  it("puts what was built beside an image that somebody else pushed as the same content", async () => {
    for (const attested of [() => Promise.resolve(false), undefined]) {
      const { run, calls } = fakeCommands({ "skopeo copy": {} });
      const index = holds({ [image.tag]: PRESENT });
      const pushed = await pushImage(run, index, {
        ...request,
        ...(attested === undefined ? {} : { attested }),
      });
      expect(pushed).to.deep.equal({ image: `${REPOSITORY}@${BUILT}`, attested: false });
      expect(calls).to.deep.equal([
        `skopeo copy --preserve-digests oci:nowhere/image:${image.tag} docker://${REPOSITORY}:${OWN_TAG}`,
      ]);
    }
  });

  it("does the same about an image that the pipeline built from other content, whoever gave it the tag", async () => {
    for (const label of [labelled("app-of-last-year"), { stdout: '{"config":{}}' }]) {
      const { run, calls } = fakeCommands({ "skopeo inspect": label, "skopeo copy": {} });
      const index = holds({ [image.tag]: PRESENT });
      const attested = () => Promise.resolve(true);
      expect(await pushImage(run, index, { ...request, attested })).to.deep.equal({
        image: `${REPOSITORY}@${BUILT}`,
        attested: false,
      });
      expect(calls[1]).to.equal(
        `skopeo copy --preserve-digests oci:nowhere/image:${image.tag} docker://${REPOSITORY}:${OWN_TAG}`,
      );
    }
  });

  it("does nothing about an image that is there as it was built", async () => {
    for (const tags of [{ [image.tag]: BUILT }, { [image.tag]: PRESENT, [OWN_TAG]: BUILT }]) {
      const { run, calls } = fakeCommands({});
      const pushed = await pushImage(run, holds(tags), request);
      expect(pushed).to.deep.equal({ image: `${REPOSITORY}@${BUILT}`, attested: false });
      expect(calls).to.deep.equal([]);
    }
  });

  it("refuses a tag of its own that names another image", async () => {
    const { run, calls } = fakeCommands({});
    const index = holds({ [image.tag]: PRESENT, [OWN_TAG]: PRESENT });
    expect(await failure(pushImage(run, index, request))).to.equal(
      `${REPOSITORY} holds ${PRESENT} under ${OWN_TAG}, the tag of ${BUILT}: somebody pushed it by hand. Delete that tag and run this again.`,
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
