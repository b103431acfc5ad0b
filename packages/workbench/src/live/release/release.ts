import { pinChanges, pinTag, releaseTag, type TaggedImage } from "./pins.ts";

/** A repository that releases live in. */
export interface ReleaseRepository {
  images(): Promise<TaggedImage[]>;
  /** How many releases its lifecycle policy keeps. */
  releasesToKeep(): Promise<number>;
  addTag(digest: string, tag: string): Promise<void>;
  removeTag(tag: string): Promise<void>;
}

export interface ReleaseSteps {
  digest: string;
  at: Date;
  /** Digests that are configured or run before this release. */
  inUse: readonly string[];
  /** Brings the image into the repository, under the tag that is given; nothing to do where it is there. */
  copy(tag: string): Promise<void>;
  /** Makes the image the one that the next deployment runs. */
  configure(): Promise<void>;
}

/**
 * Releases an image. Each step leaves nothing in danger if the next one never happens: what runs is pinned before the
 * number of releases grows, and the new image before it is configured.
 * @returns the release's tag
 */
export async function release(repository: ReleaseRepository, steps: ReleaseSteps): Promise<string> {
  const { digest } = steps;
  await pin(repository, steps.inUse);
  await steps.copy(pinTag(digest));
  const tag = releaseTag(digest, steps.at);
  await repository.addTag(digest, tag);
  await pin(repository, [...steps.inUse, digest]);
  await steps.configure();
  await unpin(repository, [...steps.inUse, digest]);
  return tag;
}

/** Makes an image that is in the repository the one that the next deployment runs. */
export async function goBack(
  repository: ReleaseRepository,
  steps: Omit<ReleaseSteps, "copy" | "at">,
): Promise<void> {
  await pin(repository, [...steps.inUse, steps.digest]);
  await steps.configure();
}

async function pin(repository: ReleaseRepository, inUse: readonly string[]): Promise<void> {
  const changes = pinChanges(await repository.images(), inUse, await repository.releasesToKeep());
  for (const digest of changes.pin) await repository.addTag(digest, pinTag(digest));
}

async function unpin(repository: ReleaseRepository, inUse: readonly string[]): Promise<void> {
  const changes = pinChanges(await repository.images(), inUse, await repository.releasesToKeep());
  for (const tag of changes.unpin) await repository.removeTag(tag);
}
