import { succeed, type RunCommand } from "./command.ts";
import { release, type ReleaseRepository } from "../ops/release/release.ts";
import { clearLayout, ociReference, type BuiltImage } from "./image.ts";

/** Looks images up in a repository. */
export interface ImageIndex {
  /** Digest that a tag names; undefined where there is no such tag. */
  digestOf(repositoryUrl: string, tag: string): Promise<string | undefined>;
}

/** An image that cannot be pushed as asked. */
export class PushError extends Error {
  override readonly name = "PushError";
}

export interface PushRequest {
  repositoryUrl: string;
  /** Folder of the OCI layout that holds the image. */
  layout: string;
  image: BuiltImage;
  /** Digest that has to come out, where another stack runs it already. @default any */
  expected?: string;
}

/**
 * Brings the layout's image into a repository, unless its content is there already: tags are immutable, and an
 * unchanged app keeps its digest, so that nothing is deployed again.
 * @returns the image by digest
 * @throws PushError when the repository holds another image under the tag that was asked for
 */
export async function pushImage(
  run: RunCommand,
  index: ImageIndex,
  request: PushRequest,
): Promise<string> {
  const { repositoryUrl, image } = request;
  const present = await index.digestOf(repositoryUrl, image.tag);
  const digest = present ?? image.digest;
  if (request.expected !== undefined && digest !== request.expected)
    throw new PushError(
      `${repositoryUrl} holds ${digest} under ${image.tag}, but ${request.expected} is what was tested. Build once more from a changed app, or delete the tag.`,
    );
  const built = ociReference(request.layout, image.tag);
  if (present === undefined) await copy(run, built, `docker://${repositoryUrl}:${image.tag}`);
  // The next stack gets the layout: it has to hold what runs here, not a second build of the same content.
  else if (present !== image.digest) {
    await clearLayout(request.layout);
    await copy(run, `docker://${repositoryUrl}@${present}`, built);
  }
  return `${repositoryUrl}@${digest}`;
}

/** `--preserve-digests` fails instead of converting: another digest would be another image. */
async function copy(run: RunCommand, source: string, target: string): Promise<void> {
  await succeed(run, "skopeo", ["copy", "--preserve-digests", source, target], {
    show: true,
  });
}

/** Region and name of an ECR repository's address, `<account>.dkr.ecr.<region>.amazonaws.com/<name>`. */
export function parseRepositoryUrl(url: string): {
  registryId: string;
  region: string;
  name: string;
} {
  const [, registryId, region, name] =
    /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/(.+)$/.exec(url) ?? [];
  if (registryId === undefined || region === undefined || name === undefined)
    throw new PushError(`${url} is not the address of an ECR repository.`);
  return { registryId, region, name };
}

/**
 * Makes an image that a repository holds a release of it: tagged by time, and pinned against the expiry of old releases,
 * as `npm run promote` does.
 * @param before image by digest that runs now; empty for none
 * @returns the release's tag
 */
export async function releaseImage(
  repository: ReleaseRepository,
  { digest, before, at }: { digest: string; before: string; at: Date },
): Promise<string> {
  return release(repository, {
    digest,
    at,
    inUse: before === "" ? [] : [before.slice(before.indexOf("@") + 1)],
    copy: (tag) => repository.addTag(digest, tag),
    // The workflow hands the image over by `up --image`.
    configure: () => Promise.resolve(),
  });
}

/** The repositories of ECR, by the credentials in the environment. */
export async function ecrIndex(): Promise<ImageIndex> {
  const { ECRClient, DescribeImagesCommand, ImageNotFoundException } =
    await import("@aws-sdk/client-ecr");
  return {
    async digestOf(repositoryUrl, tag) {
      const { registryId, region, name } = parseRepositoryUrl(repositoryUrl);
      const client = new ECRClient({ region });
      try {
        const { imageDetails } = await client.send(
          new DescribeImagesCommand({
            registryId,
            repositoryName: name,
            imageIds: [{ imageTag: tag }],
          }),
        );
        return imageDetails?.[0]?.imageDigest;
      } catch (error) {
        if (error instanceof ImageNotFoundException) return undefined;
        throw error;
      } finally {
        client.destroy();
      }
    },
  };
}

/** One repository of ECR, as the releases see it. */
export async function ecrRepository(repositoryUrl: string): Promise<ReleaseRepository> {
  const { ECRClient } = await import("@aws-sdk/client-ecr");
  const { EcrRepository } = await import("../ops/registry/ecr-repository.ts");
  const { region, name } = parseRepositoryUrl(repositoryUrl);
  return new EcrRepository(new ECRClient({ region }), name);
}
