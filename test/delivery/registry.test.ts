import { expect } from "chai";
import { parseRepositoryUrl, pushImage, type ImageIndex } from "../../tools/delivery/registry.ts";
import { failure, fakeCommands } from "./fakes.ts";

const REPOSITORY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/registry-1a2b3c4";
const BUILT = `sha256:${"b".repeat(64)}`;
const PRESENT = `sha256:${"a".repeat(64)}`;
const image = { tag: "app-0123456789abcdef", digest: BUILT };
const request = { repositoryUrl: REPOSITORY, archive: "nowhere/image.tar", image };

const holds = (tags: Readonly<Record<string, string>>): ImageIndex => ({
  digestOf: (_repository, tag) => Promise.resolve(tags[tag]),
});

describe("Push of an image", () => {
  it("copies an image that the repository lacks, byte by byte", async () => {
    const { run, calls } = fakeCommands({ "skopeo copy": {} });
    expect(await pushImage(run, holds({}), request)).to.equal(`${REPOSITORY}@${BUILT}`);
    expect(calls).to.deep.equal([
      `skopeo copy --preserve-digests oci-archive:nowhere/image.tar:${image.tag} docker://${REPOSITORY}:${image.tag}`,
    ]);
  });

  it("keeps the digest of content that is there, and puts that image into the archive", async () => {
    const { run, calls } = fakeCommands({ "skopeo copy": {} });
    expect(await pushImage(run, holds({ [image.tag]: PRESENT }), request)).to.equal(
      `${REPOSITORY}@${PRESENT}`,
    );
    expect(calls).to.deep.equal([
      `skopeo copy --preserve-digests docker://${REPOSITORY}@${PRESENT} oci-archive:nowhere/image.tar:${image.tag}`,
    ]);
  });

  it("does nothing about an image that is there as it was built", async () => {
    const { run, calls } = fakeCommands({});
    await pushImage(run, holds({ [image.tag]: BUILT }), request);
    expect(calls).to.deep.equal([]);
  });

  it("tags a release once", async () => {
    const { run, calls } = fakeCommands({ "skopeo copy": {} });
    const release = { ...request, release: "release-7-1a2b3c4" };
    await pushImage(run, holds({ [image.tag]: BUILT }), release);
    await pushImage(run, holds({ [image.tag]: BUILT, "release-7-1a2b3c4": BUILT }), release);
    expect(calls).to.deep.equal([
      `skopeo copy --preserve-digests docker://${REPOSITORY}@${BUILT} docker://${REPOSITORY}:release-7-1a2b3c4`,
    ]);
  });

  it("refuses a release tag that names another image", async () => {
    const { run } = fakeCommands({});
    const index = holds({ [image.tag]: BUILT, "release-7": PRESENT });
    expect(await failure(pushImage(run, index, { ...request, release: "release-7" }))).to.equal(
      `${REPOSITORY}:release-7 is ${PRESENT} already and cannot become ${BUILT}: release tags are immutable. Run the workflow again for a new one.`,
    );
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
