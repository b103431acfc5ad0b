/** Which images the registry keeps. ECR counts pushes, not deployments, so only images that nothing can run may expire. */

/** A rule of an ECR lifecycle policy. Source: AWS, "Lifecycle policy properties", Amazon ECR User Guide. */
export interface LifecycleRule {
  rulePriority: number;
  description: string;
  selection: {
    tagStatus: "tagged" | "untagged" | "any";
    tagPatternList?: string[];
    countType: "imageCountMoreThan" | "sinceImagePushed";
    countUnit?: "days";
    countNumber: number;
  };
  action: { type: "expire" };
}

/** Tags of promoted releases begin with it. */
export const RELEASE_PREFIX = "release-";

/**
 * Tags of images that are configured, running or may be rolled back to; promotions and rollbacks set and remove them. An
 * image that a rule selects is out of reach of the rules after it, so a rule that never expires anything is a shield.
 */
export const PIN_PREFIX = "pinned-";

/** More than a repository can hold of pinned images. */
const UNREACHABLE = 10_000;

/** Signatures and attestations that tools store beside an image are tagged with its digest. */
const SIGNATURE_PATTERN = "sha256-*";

/**
 * Built images (`app-*`) never expire: they share the layers of their base, so a thousand of them cost cents, and each
 * may be what a rollback needs.
 * @param releasesToKeep - promoted releases that stay, newest first
 */
export function lifecycleRules(releasesToKeep: number): LifecycleRule[] {
  const rules: Pick<LifecycleRule, "description" | "selection">[] = [
    {
      description: "Never expire what may run or be rolled back to",
      selection: newest(`${PIN_PREFIX}*`, UNREACHABLE),
    },
    {
      description: "Layers that no tag names are left-overs of interrupted pushes",
      selection: {
        tagStatus: "untagged",
        countType: "sinceImagePushed",
        countUnit: "days",
        countNumber: 14,
      },
    },
    {
      description: `Keep the newest ${releasesToKeep} releases`,
      selection: newest(`${RELEASE_PREFIX}*`, releasesToKeep),
    },
    {
      description: "Keep the signatures and attestations of these releases",
      // A signature, a software bill of materials and a provenance statement each, and as many again for images on their way.
      selection: newest(SIGNATURE_PATTERN, releasesToKeep * 6),
    },
  ];
  return rules.map((rule, index) => ({
    rulePriority: index + 1,
    ...rule,
    action: { type: "expire" },
  }));
}

const newest = (pattern: string, countNumber: number): LifecycleRule["selection"] => ({
  tagStatus: "tagged",
  tagPatternList: [pattern],
  countType: "imageCountMoreThan",
  countNumber,
});
