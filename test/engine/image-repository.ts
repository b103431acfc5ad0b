import type { LifecycleRule } from "@koa-fargate/workbench/ecs/image-lifecycle.ts";
import {
  expiredImages,
  type PushedImage,
} from "../../packages/workbench/test/live/lifecycle-evaluator.ts";
import type { TaggedImage } from "@koa-fargate/workbench/live/release/pins.ts";
import type { ReleaseRepository } from "@koa-fargate/workbench/live/release/release.ts";

const HOUR = 60 * 60 * 1000;

/** ECR in memory, with the lifecycle policy that a stack's state holds. An hour passes with every push. */
export class ImageRepository implements ReleaseRepository {
  /** Milliseconds since 1970. */
  now = Date.parse("2026-01-01T00:00:00Z");
  private readonly rules: readonly LifecycleRule[];
  private readonly stored = new Map<string, { tags: Set<string>; pushedAt: number }>();

  /** @param policy - text of the policy, as ECR gets it */
  constructor(policy: string) {
    this.rules = (JSON.parse(policy) as { rules: LifecycleRule[] }).rules;
  }

  get digests(): string[] {
    return [...this.stored.keys()];
  }

  push(digest: string, ...tags: string[]): void {
    this.now += HOUR;
    this.stored.set(digest, { tags: new Set(tags), pushedAt: this.now });
  }

  /** Deletes what the policy expires. */
  expire(): void {
    const images = [...this.stored].map(([digest, { tags, pushedAt }]): PushedImage => {
      return { digest, tags: [...tags], pushedAt };
    });
    for (const digest of expiredImages(this.rules, images, this.now).keys())
      this.stored.delete(digest);
  }

  images(): Promise<TaggedImage[]> {
    return Promise.resolve(
      [...this.stored].map(([digest, { tags }]) => ({ digest, tags: [...tags] })),
    );
  }

  releasesToKeep(): Promise<number> {
    const kept = this.rules.find(({ selection }) => selection.tagPatternList?.[0] === "release-*");
    return Promise.resolve(kept?.selection.countNumber ?? 0);
  }

  addTag(digest: string, tag: string): Promise<void> {
    const image = this.stored.get(digest);
    if (image === undefined) return Promise.reject(new Error(`${digest} is gone`));
    image.tags.add(tag);
    return Promise.resolve();
  }

  removeTag(tag: string): Promise<void> {
    for (const { tags } of this.stored.values()) tags.delete(tag);
    return Promise.resolve();
  }
}
