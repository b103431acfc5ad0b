import { expect } from "chai";
import {
  lifecycleRules,
  RELEASE_PREFIX,
  type LifecycleRule,
} from "../../src/ecs/image-lifecycle.ts";

interface Stored {
  tag?: string;
  /** Days since its push. */
  age: number;
}

/** What ECR does: each image belongs to the first rule that selects it, and expires if that rule says so. */
function survivors(rules: readonly LifecycleRule[], images: readonly Stored[]): Stored[] {
  const selects = ({ selection }: LifecycleRule, { tag }: Stored): boolean => {
    if (selection.tagStatus === "any") return true;
    if (selection.tagStatus === "untagged") return tag === undefined;
    return (selection.tagPatternList ?? []).some((pattern) =>
      new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(tag ?? ""),
    );
  };
  const expired = new Set<Stored>();
  for (const rule of [...rules].sort((a, b) => a.rulePriority - b.rulePriority)) {
    const selected = images.filter((image) => selects(rule, image)).sort((a, b) => a.age - b.age);
    const { countType, countNumber } = rule.selection;
    for (const [index, image] of selected.entries())
      if (countType === "imageCountMoreThan" ? index >= countNumber : image.age > countNumber)
        expired.add(image);
  }
  return images.filter((image) => !expired.has(image));
}

describe("lifecycleRules", () => {
  it("is four rules, in this order", () => {
    expect(lifecycleRules(30)).to.deep.equal([
      {
        rulePriority: 1,
        description: "Never expire what may run or be rolled back to",
        selection: {
          tagStatus: "tagged",
          tagPatternList: ["pinned-*"],
          countType: "imageCountMoreThan",
          countNumber: 10000,
        },
        action: { type: "expire" },
      },
      {
        rulePriority: 2,
        description: "Layers that no tag names are left-overs of interrupted pushes",
        selection: {
          tagStatus: "untagged",
          countType: "sinceImagePushed",
          countUnit: "days",
          countNumber: 14,
        },
        action: { type: "expire" },
      },
      {
        rulePriority: 3,
        description: "Keep the newest 30 releases",
        selection: {
          tagStatus: "tagged",
          tagPatternList: ["release-*"],
          countType: "imageCountMoreThan",
          countNumber: 30,
        },
        action: { type: "expire" },
      },
      {
        rulePriority: 4,
        description: "Keep the signatures and attestations of these releases",
        selection: {
          tagStatus: "tagged",
          tagPatternList: ["sha256-*"],
          countType: "imageCountMoreThan",
          countNumber: 180,
        },
        action: { type: "expire" },
      },
    ]);
  });

  it("a thousand newer pushes never expire an image that may run", () => {
    const pinned = { tag: "app-0123456789abcdef", age: 3000 };
    const images = [
      pinned,
      ...Array.from({ length: 1000 }, (_, age) => ({ tag: `app-${age}`, age })),
    ];

    expect(survivors(lifecycleRules(2), images)).to.deep.equal(images);
  });

  it("keeps the newest releases, and untagged layers for two weeks", () => {
    const releases = [1, 2, 3].map((age) => ({ tag: `${RELEASE_PREFIX}${age}`, age }));
    const untagged = [14, 15].map((age) => ({ age }));

    expect(survivors(lifecycleRules(2), [...releases, ...untagged])).to.deep.equal([
      releases[0],
      releases[1],
      untagged[0],
    ]);
  });
});
