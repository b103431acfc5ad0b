import { expect } from "chai";
import {
  newestReleases,
  pinChanges,
  pinTag,
  releaseTag,
  type TaggedImage,
} from "../../../src/live/release/pins.ts";
import { goBack, release, type ReleaseRepository } from "../../../src/live/release/release.ts";

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const image = (letter: string, ...tags: string[]): TaggedImage => ({
  digest: digest(letter),
  tags,
});

describe("releaseTag", () => {
  it("names the moment and the digest, and sorts by time", () => {
    expect(releaseTag(digest("a"), new Date("2026-03-01T12:00:00.123Z"))).to.equal(
      "release-20260301T120000Z-aaaaaaaaaaaa",
    );
  });
});

describe("newestReleases", () => {
  it("counts an image by its last release, not by its first", () => {
    const images = [
      image("a", "release-20260101T000000Z-aaaaaaaaaaaa", "release-20260401T000000Z-aaaaaaaaaaaa"),
      image("b", "release-20260201T000000Z-bbbbbbbbbbbb"),
      image("c", "release-20260301T000000Z-cccccccccccc"),
      image("d", "app-1"),
    ];
    expect(newestReleases(images, 2)).to.deep.equal([digest("a"), digest("c")]);
  });
});

describe("pinChanges", () => {
  const images = [
    image("a", "release-20260101T000000Z-aaaaaaaaaaaa", pinTag(digest("a"))),
    image("b", "release-20260201T000000Z-bbbbbbbbbbbb", pinTag(digest("b"))),
    image("c", "release-20260301T000000Z-cccccccccccc"),
    image("d", pinTag(digest("d"))),
  ];

  it("pins what is in use and the newest releases, and unpins the rest", () => {
    expect(pinChanges(images, [digest("a")], 1)).to.deep.equal({
      pin: [digest("c")],
      // The last one has no other tag: without its pin it would be deleted.
      unpin: [pinTag(digest("b"))],
    });
  });

  it("ignores digests that the repository does not have", () => {
    expect(pinChanges([], [digest("x")], 3)).to.deep.equal({ pin: [], unpin: [] });
  });
});

describe("release", () => {
  /** Writes down what is done, in order. */
  function recorder(images: TaggedImage[]) {
    const done: string[] = [];
    const tags = new Map(images.map(({ digest: key, tags: own }) => [key, [...own]]));
    const repository: ReleaseRepository = {
      images: () =>
        Promise.resolve([...tags].map(([key, own]) => ({ digest: key, tags: [...own] }))),
      releasesToKeep: () => Promise.resolve(1),
      addTag: (key, tag) => {
        done.push(`tag ${tag}`);
        tags.get(key)?.push(tag);
        return Promise.resolve();
      },
      removeTag: (tag) => {
        done.push(`untag ${tag}`);
        return Promise.resolve();
      },
    };
    return { done, tags, repository };
  }

  const OLD = image("a", "release-20260101T000000Z-aaaaaaaaaaaa");
  const LAST = image("b", "release-20260201T000000Z-bbbbbbbbbbbb", pinTag(digest("b")));

  it("pins what runs before it copies, and unpins what nothing needs once all is configured", async () => {
    const { done, tags, repository } = recorder([OLD, LAST]);
    const tag = await release(repository, {
      digest: digest("c"),
      at: new Date("2026-03-01T00:00:00Z"),
      inUse: [digest("a")],
      copy: (pin) => {
        done.push(`copy as ${pin}`);
        tags.set(digest("c"), [pin]);
        return Promise.resolve();
      },
      configure: () => {
        done.push("configure");
        return Promise.resolve();
      },
    });

    expect(tag).to.equal("release-20260301T000000Z-cccccccccccc");
    expect(done).to.deep.equal([
      "tag pinned-aaaaaaaaaaaa",
      "copy as pinned-cccccccccccc",
      "tag release-20260301T000000Z-cccccccccccc",
      "configure",
      "untag pinned-bbbbbbbbbbbb",
    ]);
  });

  it("pins an image before it goes back to it", async () => {
    const { done, repository } = recorder([OLD, LAST]);
    await goBack(repository, {
      digest: digest("a"),
      inUse: [digest("b")],
      configure: () => {
        done.push("configure");
        return Promise.resolve();
      },
    });
    expect(done).to.deep.equal(["tag pinned-aaaaaaaaaaaa", "configure"]);
  });
});
