import { succeed, type RunCommand } from "./command.ts";
import { release, type ReleaseRepository } from "../ops/release/release.ts";
import { clearLayout, CONTENT_LABEL, ociReference, type BuiltImage } from "./image.ts";

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
  /**
   * Whether the pipeline built an image by digest, scanned and signed it. Only such a one is taken in place of the one
   * that was built now.
   * @default none did
   */
  attested?: (image: string) => Promise<boolean>;
}

export interface PushedImage {
  /** By digest. */
  image: string;
  /** Whether an earlier run built this one, and signed it. */
  attested: boolean;
}

/**
 * Brings the layout's image into a repository. Tags name the content and are immutable: where the tag is taken by an image
 * that an earlier run of the pipeline built from the same content, that one stays, so that nothing is deployed again. An
 * image that anybody else pushed under the tag, or that is of other content, is left alone; the one that was built goes beside it, by a tag of its own.
 * @throws PushError when that tag names another image too
 */
export async function pushImage(
  run: RunCommand,
  index: ImageIndex,
  request: PushRequest,
): Promise<PushedImage> {
  const { repositoryUrl, image } = request;
  const source = ociReference(request.layout, image.tag);
  const built = { image: `${repositoryUrl}@${image.digest}`, attested: false };
  const present = await index.digestOf(repositoryUrl, image.tag);
  if (present !== undefined && present !== image.digest) {
    const other = `${repositoryUrl}@${present}`;
    const trusted = (await request.attested?.(other)) === true;
    if (trusted && (await contentOf(run, other)) === image.tag) {
      // The next stack gets the layout: it has to hold what runs here, not a second build of the same content.
      await clearLayout(request.layout);
      await copy(run, `docker://${other}`, source);
      return { image: other, attested: true };
    }
  }
  const tag = present === undefined || present === image.digest ? image.tag : ownTag(image);
  const there = tag === image.tag ? present : await index.digestOf(repositoryUrl, tag);
  if (there === undefined) await copy(run, source, `docker://${repositoryUrl}:${tag}`);
  else if (there !== image.digest)
    throw new PushError(
      `${repositoryUrl} holds ${there} under ${tag}, the tag of ${image.digest}: somebody pushed it by hand. Delete that tag and run this again.`,
    );
  return built;
}

/** The content tag that an image was built with; undefined where it says none. */
async function contentOf(run: RunCommand, image: string): Promise<string | undefined> {
  const text = await succeed(run, "skopeo", ["inspect", "--config", `docker://${image}`]);
  const { config } = JSON.parse(text) as { config?: { Labels?: Record<string, string> | null } };
  return config?.Labels?.[CONTENT_LABEL];
}

/** A tag that names content and build. */
function ownTag({ tag, digest }: BuiltImage): string {
  return `${tag}-${digest.slice("sha256:".length).slice(0, 12)}`;
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
