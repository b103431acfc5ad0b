import type { LifecycleRule } from "../../src/ecs/image-lifecycle.ts";

/** An image of a repository, as its lifecycle policy sees it. */
export interface PushedImage {
  digest: string;
  tags: readonly string[];
  /** Milliseconds since 1970. A new tag on an image that is there leaves it as it is (aws/containers-roadmap#2746). */
  pushedAt: number;
  /** Digests of the images that this one lists, where it is a manifest list. */
  lists?: readonly string[];
}

const DAY = 24 * 60 * 60 * 1000;

/**
 * The images that a lifecycle policy expires at a moment, by digest, each with the priority of the rule that does it.
 * Pure. By the evaluation rules in AWS, "Automate the cleanup of images by using lifecycle policies", Amazon ECR User Guide:
 * all rules select their images at the same time, and are then applied by priority, the lowest number first; an image
 * that meets the tagging requirement of a rule cannot be expired by one of lower priority; counts include images that
 * another rule expires or shields; an image that a manifest list names does not expire before the list does.
 * @param now - milliseconds since 1970
 */
export function expiredImages(
  rules: readonly LifecycleRule[],
  images: readonly PushedImage[],
  now: number,
): Map<string, number> {
  const expired = new Map<string, number>();
  const decided = new Set<string>();
  for (const rule of rules.toSorted((a, b) => a.rulePriority - b.rulePriority)) {
    const matching = images.filter((image) => matches(rule, image));
    for (const image of beyond(rule, matching, now))
      if (!decided.has(image.digest)) expired.set(image.digest, rule.rulePriority);
    for (const image of matching) decided.add(image.digest);
  }
  const listed = new Set(
    images.filter(({ digest }) => !expired.has(digest)).flatMap(({ lists = [] }) => lists),
  );
  for (const digest of listed) expired.delete(digest);
  return expired;
}

/** Whether an image meets the tagging requirement of a rule: every pattern has to match one of its tags. */
function matches({ selection }: LifecycleRule, { tags }: PushedImage): boolean {
  switch (selection.tagStatus) {
    case "any":
      return true;
    case "untagged":
      return tags.length === 0;
    case "tagged":
      return (selection.tagPatternList ?? []).every((pattern) =>
        tags.some((tag) => wildcard(pattern).test(tag)),
      );
  }
}

function wildcard(pattern: string): RegExp {
  const parts = pattern
    .split("*")
    .map((part) => part.replaceAll(/[$()+.?[\\\]^{|}]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join(".*")}$`);
}

/** The matching images that are too many or too old. */
function beyond(
  { selection }: LifecycleRule,
  matching: readonly PushedImage[],
  now: number,
): readonly PushedImage[] {
  if (selection.countType === "sinceImagePushed")
    return matching.filter(({ pushedAt }) => now - pushedAt > selection.countNumber * DAY);
  return matching.toSorted((a, b) => b.pushedAt - a.pushedAt).slice(selection.countNumber);
}
