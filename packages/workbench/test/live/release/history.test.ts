import { expect } from "chai";
import fc from "fast-check";
import { lifecycleRules, PIN_PREFIX } from "../../../src/ecs/image-lifecycle.ts";
import { newestReleases } from "../../../src/live/release/pins.ts";
import { goBack, release, type ReleaseRepository } from "../../../src/live/release/release.ts";
import { expiredImages } from "../lifecycle-evaluator.ts";

const HOUR = 60 * 60 * 1000;

/** A repository with its lifecycle policy, the stack that deploys from it, and a model of what must not be lost. */
class Registry implements ReleaseRepository {
  now = Date.parse("2026-01-01T00:00:00Z");
  readonly stored = new Map<string, { tags: Set<string>; pushedAt: number; lists: string[] }>();
  configured: string | undefined;
  running: string | undefined;
  /** Digests in the order of their last release, oldest first. */
  releases: string[] = [];
  /** Changes until a process dies. */
  life = Infinity;
  readonly keep: number;
  readonly retagRefreshes: boolean;
  readonly rules: ReturnType<typeof lifecycleRules>;

  constructor(keep: number, retagRefreshes: boolean, rules = lifecycleRules(keep)) {
    this.keep = keep;
    this.retagRefreshes = retagRefreshes;
    this.rules = rules;
  }

  images() {
    return Promise.resolve(
      [...this.stored].map(([digest, { tags }]) => ({ digest, tags: [...tags] })),
    );
  }

  releasesToKeep() {
    return Promise.resolve(this.keep);
  }

  addTag(digest: string, tag: string) {
    return this.change(() => {
      const image = this.stored.get(digest);
      expect(image, `${digest} is gone when it is to be tagged ${tag}`).not.to.equal(undefined);
      image?.tags.add(tag);
      if (image !== undefined && this.retagRefreshes) image.pushedAt = this.now;
      if (tag.startsWith("release-"))
        this.releases = [...this.releases.filter((other) => other !== digest), digest];
    });
  }

  removeTag(tag: string) {
    return this.change(() => {
      for (const [digest, { tags }] of this.stored) {
        if (!tags.delete(tag) || tags.size > 0) continue;
        this.stored.delete(digest);
      }
    });
  }

  push(digest: string, tag: string) {
    return this.change(() => {
      const image = this.stored.get(digest) ?? {
        tags: new Set<string>(),
        pushedAt: this.now,
        lists: [`child of ${digest}`],
      };
      if (!this.stored.has(digest))
        this.stored.set(`child of ${digest}`, {
          tags: new Set(),
          pushedAt: this.now,
          lists: [],
        });
      image.tags.add(tag);
      if (this.retagRefreshes) image.pushedAt = this.now;
      this.stored.set(digest, image);
    });
  }

  configure(digest: string) {
    return this.change(() => {
      this.configured = digest;
    });
  }

  /** Every change is a moment at which the process may die and at which ECR may apply the policy. */
  private change(apply: () => void): Promise<void> {
    if (this.life-- <= 0) return Promise.reject(new Error("died"));
    apply();
    this.now += HOUR;
    this.check();
    return Promise.resolve();
  }

  get inUse(): string[] {
    return [this.configured, this.running].flatMap((digest) => digest ?? []);
  }

  /** What may run or be rolled back to has to be there, and stay. */
  check(): void {
    const expired = this.expired();
    const needed = { inUse: this.inUse, releases: this.releases.slice(-this.keep) };
    for (const [why, digests] of Object.entries(needed)) {
      for (const digest of digests) {
        expect(this.stored.has(digest), `${why}: ${digest} is gone`).to.be.true;
        expect(expired.has(digest), `${why}: ${digest} expires`).to.be.false;
        expect(expired.has(`child of ${digest}`), `${why}: a child of ${digest} expires`).to.be
          .false;
      }
    }
  }

  expired() {
    const images = [...this.stored].map(([digest, { tags, pushedAt, lists }]) => ({
      digest,
      tags: [...tags],
      pushedAt,
      lists,
    }));
    return expiredImages(this.rules, images, this.now);
  }

  applyPolicy(): void {
    for (const digest of this.expired().keys()) this.stored.delete(digest);
  }
}

type Event =
  | { kind: "build" | "promote"; image: number; life: number }
  | { kind: "go back"; choice: number; life: number }
  | { kind: "deploy"; succeeds: boolean }
  | { kind: "policy"; days: number };

const life = fc.oneof({ weight: 4, arbitrary: fc.constant(1000) }, fc.integer({ min: 0, max: 8 }));
const image = fc.integer({ min: 0, max: 9 });
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("build" as const), image, life }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("promote" as const), image, life }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("go back" as const),
      choice: fc.nat({ max: 100 }),
      life,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("deploy" as const), succeeds: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("policy" as const),
      days: fc.integer({ min: 0, max: 40 }),
    }),
  },
);

async function happen(registry: Registry, what: Event): Promise<void> {
  switch (what.kind) {
    case "policy":
      registry.now += what.days * 24 * HOUR;
      registry.check();
      registry.applyPolicy();
      return;
    case "deploy":
      // A deployment that fails leaves what ran before running.
      if (what.succeeds) registry.running = registry.configured;
      return;
    case "build":
      registry.life = what.life;
      await registry.push(digestOf(what.image), `app-${what.image}`);
      return;
    case "promote": {
      registry.life = what.life;
      const digest = digestOf(what.image);
      await release(registry, {
        digest,
        at: new Date(registry.now),
        inUse: registry.inUse,
        copy: (tag) => registry.push(digest, tag),
        configure: () => registry.configure(digest),
      });
      return;
    }
    case "go back": {
      registry.life = what.life;
      const releases = newestReleases(await registry.images(), 1000);
      const digest = releases[what.choice % Math.max(1, releases.length)];
      if (digest === undefined) return;
      await goBack(registry, {
        digest,
        inUse: registry.inUse,
        configure: () => registry.configure(digest),
      });
      return;
    }
  }
}

const digestOf = (index: number): string => `sha256:${String(index).repeat(64)}`;

async function play(registry: Registry, events: readonly Event[]): Promise<void> {
  for (const what of events) {
    try {
      await happen(registry, what);
    } catch (error) {
      if (!(error instanceof Error && error.message === "died")) throw error;
    }
    registry.check();
  }
}

const history = fc.array(event, { maxLength: 50 });
const keep = fc.integer({ min: 1, max: 4 });
const shieldsPins = lifecycleRules(1).some(
  ({ selection }) => selection.tagPatternList?.join() === `${PIN_PREFIX}*`,
);

describe("the repository of releases, over any history of builds, promotions, rollbacks, failures and lifecycle runs", function () {
  it("never loses what is configured, what runs, or one of the newest releases", async function () {
    if (!shieldsPins) this.skip();
    await fc.assert(
      fc.asyncProperty(keep, fc.boolean(), history, async (count, retagRefreshes, events) => {
        await play(new Registry(count, retagRefreshes), events);
      }),
      { numRuns: 400 },
    );
  });

  it("loses what runs without the rule that shields pins", async () => {
    const unshielded = lifecycleRules(1).filter(
      ({ selection }) => selection.tagPatternList?.join() !== `${PIN_PREFIX}*`,
    );
    const registry = new Registry(1, false, unshielded);
    const promote = (index: number): Event => ({ kind: "promote", image: index, life: 1000 });

    const lost = await play(registry, [
      promote(1),
      { kind: "deploy", succeeds: true },
      // Promoted, but its deployment fails: the first image still runs, and is one release too many.
      promote(2),
    ]).catch((error: unknown) => error);

    expect((lost as Error).message).to.match(/^inUse: sha256:1+ expires/);
  });
});
