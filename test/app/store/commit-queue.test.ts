import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import { expect } from "chai";
import type { SubmitStatus, UsageEvent } from "../../../app/src/events/service.ts";
import { CommitQueue } from "../../../app/src/store/commit-queue.ts";
import { event, failure } from "./contract.ts";

interface Group {
  readonly ids: string;
  readonly slot: number;
  finish(statuses?: SubmitStatus[]): Promise<void>;
  fail(message: string): Promise<void>;
}

/** A queue whose groups wait to be finished by the test. */
function make(
  groupSize: number,
  parallel: number,
  limit = 100,
  patience = 60_000,
): { queue: CommitQueue; groups: Group[] } {
  const groups: Group[] = [];
  const write = (events: readonly UsageEvent[], slot: number): Promise<SubmitStatus[]> =>
    new Promise((resolve, reject) => {
      groups.push({
        ids: events.map(({ id }) => id).join(" "),
        slot,
        finish: (statuses = events.map(() => "accepted")) => {
          resolve(statuses);
          return turn();
        },
        fail: (message) => {
          reject(new Error(message));
          return turn();
        },
      });
    });
  return { queue: new CommitQueue({ groupSize, parallel, limit, patience, write }), groups };
}

/** Events by id and user, e.g. `a1` is event a1 of user a. */
function events(text: string): UsageEvent[] {
  return text.split(" ").map((id) => event({ id, user: id.slice(0, 1) }));
}

describe("CommitQueue", () => {
  it("writes together what came together, and then what came while it wrote", async () => {
    const { queue, groups } = make(10, 1);
    const first = [queue.submit(events("a1 a2")), queue.submit(events("b1"))];
    await turn();
    const second = [queue.submit(events("a3")), queue.submit(events("c1"))];
    await turn();
    expect(groups.map(({ ids }) => ids)).to.deep.equal(["a1 a2 b1"]);
    await groups[0]?.finish(["accepted", "duplicate", "accepted"]);
    expect(groups.map(({ ids }) => ids)).to.deep.equal(["a1 a2 b1", "a3 c1"]);
    expect(await Promise.all(first)).to.deep.equal([["accepted", "duplicate"], ["accepted"]]);
    await groups[1]?.finish();
    expect(await Promise.all(second)).to.deep.equal([["accepted"], ["accepted"]]);
    expect(queue.depth).to.equal(0);
  });

  it("cuts what is more than a group, and answers when the last part is stored", async () => {
    const { queue, groups } = make(2, 1);
    const submitted = queue.submit(events("a1 a2 a3"));
    let answered = false;
    void submitted.then(() => (answered = true));
    await turn();
    await groups[0]?.finish();
    expect([groups.map(({ ids }) => ids), answered, queue.depth]).to.deep.equal([
      ["a1 a2", "a3"],
      false,
      1,
    ]);
    await groups[1]?.finish();
    expect(await submitted).to.deep.equal(["accepted", "accepted", "accepted"]);
  });

  it("writes full groups side by side, in slots of their own, but never one user twice", async () => {
    const { queue, groups } = make(2, 3);
    const submitted = queue.submit(events("a1 b1 a2 b2 c1 d1 a3 e1 f1 g1"));
    await turn();
    expect(groups.map(({ ids, slot }) => [ids, slot])).to.deep.equal([
      ["a1 b1", 0],
      ["c1 d1", 1],
      ["e1 f1", 2],
    ]);
    await groups[1]?.finish();
    // g1 waits alone: with a and b busy it would be half a group.
    expect(groups.slice(3).map(({ ids, slot }) => [ids, slot])).to.deep.equal([["g1", 1]]);
    await groups[0]?.finish();
    expect(groups.slice(4).map(({ ids, slot }) => [ids, slot])).to.deep.equal([["a2 b2", 0]]);
    for (const group of groups.slice(2)) await group.finish();
    await groups[5]?.finish();
    expect(groups.map(({ ids }) => ids)).to.deep.equal([
      "a1 b1",
      "c1 d1",
      "e1 f1",
      "g1",
      "a2 b2",
      "a3",
    ]);
    expect(await submitted).to.deep.equal(Array(10).fill("accepted"));
  });

  it("lets a small group wait for the one that is written", async () => {
    const { queue, groups } = make(2, 3);
    const submitted = [queue.submit(events("a1"))];
    await turn();
    submitted.push(queue.submit(events("b1")));
    await turn();
    expect(groups.map(({ ids }) => ids)).to.deep.equal(["a1"]);
    await groups[0]?.finish();
    await groups[1]?.finish();
    expect(await Promise.all(submitted)).to.deep.equal([["accepted"], ["accepted"]]);
  });

  it("writes an id of a request once, and calls the others duplicates", async () => {
    const { queue, groups } = make(10, 2);
    const submitted = queue.submit([
      ...events("a1 b1"),
      { ...event({ id: "a1" }), user: "z" },
      ...events("b1"),
    ]);
    await turn();
    expect(groups.map(({ ids }) => ids)).to.deep.equal(["a1 b1"]);
    await groups[0]?.finish();
    expect(await submitted).to.deep.equal(["accepted", "accepted", "duplicate", "duplicate"]);
    expect(queue.depth).to.equal(0);
  });

  it("fails the requests of a group that failed, and goes on", async () => {
    const { queue, groups } = make(2, 1);
    const both = failure(queue.submit(events("a1 a2 a3")));
    const later = queue.submit(events("b1"));
    await turn();
    await groups[0]?.fail("gone");
    expect(groups[1]?.ids).to.equal("a3 b1");
    await groups[1]?.finish();
    expect(await both).to.include({ message: "gone" });
    expect(await later).to.deep.equal(["accepted"]);
    expect(queue.depth).to.equal(0);
  });

  it("takes up to its limit, then says when to come back", async () => {
    const { queue, groups } = make(2, 1, 4);
    const taken = queue.submit(events("a1 a2 a3"));
    const refused = await failure(queue.submit(events("b1 b2")));
    expect(refused).to.include({
      name: "StoreBusyError",
      retryAfterSeconds: 1,
      message: "3 events wait for the store, at most 4 may.",
    });
    const fits = queue.submit(events("c1"));
    await turn();
    await groups[0]?.finish();
    await groups[1]?.finish();
    expect(await Promise.all([taken, fits])).to.deep.equal([
      ["accepted", "accepted", "accepted"],
      ["accepted"],
    ]);
  });

  it("drops what waits when told so, but not what is being written", async () => {
    const { queue, groups } = make(1, 1);
    const first = queue.submit(events("a1"));
    const second = failure(queue.submit(events("b1")));
    await turn();
    queue.rejectWaiting(new Error("down"));
    expect(await second).to.include({ message: "down" });
    const drained = queue.drained();
    await groups[0]?.finish();
    await drained;
    expect(await first).to.deep.equal(["accepted"]);
    expect(groups).to.have.length(1);
  });

  it("takes out what has waited too long before it is written, and says when to come back", async () => {
    const { queue, groups } = make(10, 1, 100, 20);
    const first = queue.submit(events("a1"));
    await turn();
    const late = failure(queue.submit(events("b1 b2")));
    expect(await late).to.include({
      name: "StoreBusyError",
      message: "Events have waited for the store for 20 ms.",
      retryAfterSeconds: 1,
    });
    expect(queue.depth).to.equal(1);
    const next = queue.submit(events("c1"));
    await groups[0]?.finish();
    await groups[1]?.finish();
    expect(await Promise.all([first, next])).to.deep.equal([["accepted"], ["accepted"]]);
    expect(groups.map(({ ids }) => ids)).to.deep.equal(["a1", "c1"]);
  });

  it("does not call it untouched when a part of it was on its way", async () => {
    const { queue, groups } = make(2, 1, 100, 20);
    const late = failure(queue.submit(events("a1 a2 a3")));
    await turn();
    while (queue.depth === 3) await sleep(1);
    await groups[0]?.finish();
    expect(await late).to.include({
      name: "StoreUnavailableError",
      message: "Events have waited for the store for 20 ms.",
    });
    expect([groups.length, queue.depth]).to.deep.equal([1, 0]);
  });

  it("has no time limit for a group that is being written", async () => {
    const { queue, groups } = make(2, 1, 100, 5);
    const slow = queue.submit(events("a1"));
    await turn();
    await sleep(20);
    await groups[0]?.finish();
    expect(await slow).to.deep.equal(["accepted"]);
  });
});
