import { expect } from "chai";
import { delivery } from "../../src/live/delivery.ts";
import type { Update } from "../../src/live/stack-history.ts";

const KEY = "koa-fargate:image";
const NOW = new Date("2026-11-30T12:00:00Z");

/** An update that ended so many minutes before now. */
const update = (
  ago: number,
  commit: string,
  image: string,
  rest: Partial<Update> = {},
): Update => ({
  ...{ kind: "update", result: "succeeded", environment: { "git.head": commit } },
  config: { [KEY]: { value: `r@sha256:${image}` } },
  endTime: new Date(NOW.getTime() - ago * 60_000).toISOString(),
  resourceChanges: { update: 1, same: 90 },
  ...rest,
});
/** Commits are made an hour before now, unless they are told otherwise. */
const of = (history: Update[], times: Record<string, number> = {}) =>
  delivery(history, {
    key: KEY,
    now: NOW,
    commitTime: (commit) => Promise.resolve(NOW.getTime() - (times[commit] ?? 60) * 60_000),
  });

describe("delivery", () => {
  it("counts the deployments of 30 days, and the median from a commit to its first one", async () => {
    const history = [
      update(10, "c", "3"),
      update(20, "b", "2"),
      // Once more: its lead time was that of the first.
      update(25, "a", "1"),
      update(50, "a", "1"),
      update(31 * 24 * 60, "z", "0"),
    ];
    expect(await of(history, { a: 60, b: 120, c: 12 })).to.deep.equal({
      days: 30,
      deployments: 4,
      failed: 0,
      // 10, 100 and 2 minutes.
      leadTimeSeconds: 600,
    });
  });

  it("one that was taken back is a failure, and the way back is what mends it", async () => {
    const history = [update(10, "b", "1"), update(16, "b", "2"), update(60, "a", "1")];
    expect(await of(history)).to.deep.equal({
      days: 30,
      deployments: 2,
      failed: 1,
      leadTimeSeconds: 0,
      restoreSeconds: 360,
    });
  });

  it("one that failed lasts until the next that does not", async () => {
    const failed = (ago: number) => update(ago, "b", "2", { result: "failed" });
    const history = [update(10, "c", "3"), failed(20), failed(40), update(60, "a", "1")];
    const { deployments, failed: count, restoreSeconds } = await of(history);
    expect([deployments, count, restoreSeconds]).to.deep.equal([4, 2, 1200]);
    expect(await of([failed(5)])).to.deep.equal({ days: 30, deployments: 1, failed: 1 });
  });

  it("leaves out what changed nothing, what goes on, and what was destroyed since", async () => {
    const { endTime, ...open } = update(0, "d", "4", { result: "in-progress" });
    expect(endTime).to.be.a("string");
    const history = [
      open,
      update(5, "c", "3", { resourceChanges: { same: 90 } }),
      update(10, "c", "3", { kind: "refresh" }),
      update(15, "b", "2"),
      update(20, "b", "2", { kind: "destroy" }),
      update(25, "a", "1"),
    ];
    expect((await of(history)).deployments).to.equal(1);
    expect(await of([])).to.deep.equal({ days: 30, deployments: 0, failed: 0 });
  });
});
