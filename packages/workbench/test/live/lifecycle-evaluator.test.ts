import { expect } from "chai";
import type { LifecycleRule } from "../../src/ecs/image-lifecycle.ts";
import { expiredImages, type PushedImage } from "./lifecycle-evaluator.ts";

const DAY = 24 * 60 * 60 * 1000;
const NOW = 100 * DAY;

const rule = (rulePriority: number, selection: LifecycleRule["selection"]): LifecycleRule => ({
  rulePriority,
  description: "",
  selection,
  action: { type: "expire" },
});
const newest = (tagPatternList: string[], countNumber: number): LifecycleRule["selection"] => ({
  tagStatus: "tagged",
  tagPatternList,
  countType: "imageCountMoreThan",
  countNumber,
});
const image = (digest: string, ageDays: number, ...tags: string[]): PushedImage => ({
  digest,
  tags,
  pushedAt: NOW - ageDays * DAY,
});
const expired = (rules: LifecycleRule[], images: PushedImage[]): [string, number][] =>
  [...expiredImages(rules, images, NOW)].sort();

describe("expiredImages", () => {
  it("expires the oldest pushes beyond a count", () => {
    const images = [image("a", 3, "v1"), image("b", 1, "v3"), image("c", 2, "v2")];
    expect(expired([rule(1, newest(["v*"], 2))], images)).to.deep.equal([["a", 1]]);
  });

  it("expires what is older than a number of days, not what is exactly as old", () => {
    const selection = {
      tagStatus: "untagged",
      countType: "sinceImagePushed",
      countUnit: "days",
      countNumber: 14,
    } as const;
    const images = [image("a", 14), image("b", 15), image("c", 15, "tagged")];
    expect(expired([rule(1, selection)], images)).to.deep.equal([["b", 1]]);
  });

  it("lets no rule of lower priority expire what one of higher priority selects", () => {
    const images = [image("a", 3, "keep", "v1"), image("b", 2, "v2"), image("c", 1, "v3")];
    const rules = [rule(20, newest(["v*"], 1)), rule(10, newest(["keep"], 1))];
    // The shielded image still counts.
    expect(expired(rules, images)).to.deep.equal([["b", 20]]);
  });

  it("counts images that a rule of higher priority expires", () => {
    const images = [
      image("a", 4, "old", "v1"),
      image("b", 3, "v2"),
      image("c", 2, "old", "v3"),
      image("d", 1, "old"),
    ];
    const rules = [rule(1, newest(["old"], 1)), rule(2, newest(["v*"], 2))];
    expect(expired(rules, images)).to.deep.equal([
      ["a", 1],
      ["c", 1],
    ]);
  });

  it("selects an image whose tags match all patterns, not some of them", () => {
    const images = [image("a", 2, "alpha-1", "x"), image("b", 1, "alpha-2", "beta-1")];
    expect(expired([rule(1, newest(["alpha-*", "beta-*"], 0))], images)).to.deep.equal([["b", 1]]);
  });

  it("takes everything but the star literally", () => {
    const images = [image("a", 1, "v1.2"), image("b", 1, "v1x2"), image("c", 1, "prefix-v1.2")];
    expect(expired([rule(1, newest(["v1.2"], 0))], images)).to.deep.equal([["a", 1]]);
    expect(expired([rule(1, newest(["*v1.2"], 0))], images)).to.deep.equal([
      ["a", 1],
      ["c", 1],
    ]);
  });

  it("keeps what a manifest list names as long as the list stays", () => {
    const selection = {
      tagStatus: "untagged",
      countType: "sinceImagePushed",
      countUnit: "days",
      countNumber: 1,
    } as const;
    const list = { ...image("list", 5, "v1"), lists: ["child"] };
    expect(expired([rule(1, selection)], [list, image("child", 5)])).to.deep.equal([]);
    expect(
      expired([rule(1, selection), rule(2, newest(["v*"], 0))], [list, image("child", 5)]),
    ).to.deep.equal([
      ["child", 1],
      ["list", 2],
    ]);
  });

  it("applies a rule for any image last, to what no other rule selects", () => {
    const any = { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 0 } as const;
    const images = [image("a", 2, "keep"), image("b", 1)];
    expect(expired([rule(9, any), rule(1, newest(["keep"], 5))], images)).to.deep.equal([["b", 9]]);
  });
});
