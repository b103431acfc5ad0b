import { PIN_PREFIX, RELEASE_PREFIX } from "../../ecs/image-lifecycle.ts";

/**
 * ECR counts pushes, not deployments: an image that was pushed long ago and is deployed again is the oldest of all, and
 * its lifecycle policy would expire it. So what may run is pinned: it carries a tag that a rule of the highest priority
 * selects and never expires. The commands move the pins before they change what is deployed.
 */

/** Characters of a digest that tags and messages show. */
const SHORT = 12;

export interface TaggedImage {
  digest: string;
  tags: readonly string[];
}

export interface PinChanges {
  /** Digests to pin. */
  pin: string[];
  /** Pin tags to take away. */
  unpin: string[];
}

/** `abcdef123456` of `sha256:abcdef1234567890...`. */
export function shortDigest(digest: string): string {
  return digest.slice(digest.indexOf(":") + 1).slice(0, SHORT);
}

/** `sha256:abcdef1234567890...` of an image by digest. */
export const digestOfImage = (image: string): string => image.slice(image.indexOf("@") + 1);

export const pinTag = (digest: string): string => `${PIN_PREFIX}${shortDigest(digest)}`;

/** `release-20260301T120000Z-abcdef123456`: sorts by time, and the same digest may be released again. */
export function releaseTag(digest: string, at: Date): string {
  const time = at.toISOString().replaceAll(/[-:]/g, "").replace(/\.\d+/, "");
  return `${RELEASE_PREFIX}${time}-${shortDigest(digest)}`;
}

/** The digests of the newest releases by the time of their last release, newest first. */
export function newestReleases(images: readonly TaggedImage[], count: number): string[] {
  return images
    .flatMap(({ digest, tags }) => {
      const last = tags
        .filter((tag) => tag.startsWith(RELEASE_PREFIX))
        .sort()
        .at(-1);
      return last === undefined ? [] : [{ digest, last }];
    })
    .sort((a, b) => (a.last < b.last ? 1 : -1))
    .slice(0, count)
    .map(({ digest }) => digest);
}

/**
 * Which pins to set and to take away.
 * @param inUse - digests that are configured, that run, or that a deployment in progress starts from or goes to
 * @param releasesToKeep - newest releases that stay
 */
export function pinChanges(
  images: readonly TaggedImage[],
  inUse: readonly string[],
  releasesToKeep: number,
): PinChanges {
  const wanted = new Set([...inUse, ...newestReleases(images, releasesToKeep)]);
  const pinned = (image: TaggedImage): boolean => image.tags.includes(pinTag(image.digest));
  return {
    pin: images
      .filter((image) => wanted.has(image.digest) && !pinned(image))
      .map(({ digest }) => digest),
    unpin: images
      // Taking the last tag away would delete the image.
      .filter((image) => !wanted.has(image.digest) && pinned(image) && image.tags.length > 1)
      .map(({ digest }) => pinTag(digest)),
  };
}
