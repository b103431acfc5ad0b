import { expect } from "chai";
import type { UsageEvent } from "../../src/events/event.ts";
import { BatchQueue } from "../../src/store/queue.ts";
import { QueueFull } from "../../src/store/store.ts";
import { event, failure } from "./contract.ts";

interface Write {
  readonly ids: string[];
  readonly lane: number;
  readonly finish: (isNew?: boolean[]) => Promise<void>;
  readonly fail: (error: Error) => Promise<void>;
}

/** A queue whose writes end when the test says so. The lane of an event is the number that its user is. */
function newQueue(options: { limit?: number; batchSize?: number; lanes?: number } = {}): {
  queue: BatchQueue;
  writes: Write[];
} {
  const writes: Write[] = [];
  const queue = new BatchQueue({
    limit: 100,
    batchSize: 3,
    lanes: 1,
    ...options,
    laneOf: ({ user }) => Number(user),
    write: (events, lane) => {
      const { promise, resolve, reject } = Promise.withResolvers<boolean[]>();
      writes.push({
        ids: events.map(({ id }) => id),
        lane,
        finish: (isNew = events.map(() => true)) => {
          resolve(isNew);
          return turn();
        },
        fail: (error) => {
          reject(error);
          return turn();
        },
      });
      return promise;
    },
  });
  return { queue, writes };
}

const events = (...ids: string[]): UsageEvent[] => ids.map((id) => event({ id, user: "0" }));
/** Time for what is ready to go on. */
async function turn(): Promise<void> {
  for (let times = 0; times < 4; times++) await new Promise((resolve) => setImmediate(resolve));
}
const idsOf = (writes: Write[]): string[][] => writes.map(({ ids }) => ids);

describe("BatchQueue", () => {
  it("writes together what came together, and then what came while it wrote", async () => {
    const { queue, writes } = newQueue();
    const [one, two] = [queue.add(events("a")), queue.add(events("b"))];
    await turn();
    const three = queue.add(events("c"));
    await turn();
    expect(idsOf(writes)).to.deep.equal([["a", "b"]]);
    await writes[0]?.finish([true, false]);

    expect(await one).to.deep.equal({ accepted: 1, duplicates: 0, statuses: ["accepted"] });
    expect(await two).to.deep.equal({ accepted: 0, duplicates: 1, statuses: ["duplicate"] });
    expect(idsOf(writes)).to.deep.equal([["a", "b"], ["c"]]);
    await writes[1]?.finish();
    expect(await three).to.include({ accepted: 1 });
  });

  it("cuts what is more than a batch, and answers when the last part is stored", async () => {
    const { queue, writes } = newQueue();
    let answered = false;
    const added = queue.add(events("a", "b", "c", "d")).finally(() => (answered = true));
    await turn();
    await writes[0]?.finish();
    expect([answered, queue.depth]).to.deep.equal([false, 1]);
    await writes[1]?.finish([false]);

    expect((await added).statuses).to.deep.equal(["accepted", "accepted", "accepted", "duplicate"]);
  });

  it("writes lanes side by side, each one batch after the other", async () => {
    const { queue, writes } = newQueue({ lanes: 2, batchSize: 1 });
    const added = queue.add([
      event({ id: "a", user: "0" }),
      event({ id: "b", user: "1" }),
      event({ id: "c", user: "0" }),
    ]);
    await turn();
    expect(writes.map(({ ids, lane }) => [ids, lane])).to.deep.equal([
      [["a"], 0],
      [["b"], 1],
    ]);
    await writes[0]?.finish();
    expect(idsOf(writes)).to.deep.equal([["a"], ["b"], ["c"]]);
    await writes[2]?.finish();
    await writes[1]?.finish();
    expect(await added).to.include({ accepted: 3 });
  });

  it("writes an id of a request once, and never twice in one batch", async () => {
    const { queue, writes } = newQueue();
    const [one, two] = [queue.add(events("a", "b", "a")), queue.add(events("a", "c"))];
    await turn();
    await writes[0]?.finish();
    await writes[1]?.finish([false, true]);

    expect(idsOf(writes)).to.deep.equal([
      ["a", "b"],
      ["a", "c"],
    ]);
    expect((await one).statuses).to.deep.equal(["accepted", "accepted", "duplicate"]);
    expect((await two).statuses).to.deep.equal(["duplicate", "accepted"]);
  });

  it("fails a batch and what waits behind it in its lane, and goes on", async () => {
    const { queue, writes } = newQueue({ lanes: 2 });
    const bad = failure(queue.add(events("a", "b", "c", "d")));
    const behind = failure(queue.add(events("e")));
    const beside = queue.add([event({ id: "f", user: "1" })]);
    await turn();
    const error = new Error("no disk");
    await writes[0]?.fail(error);

    expect([await bad, await behind]).to.deep.equal([error, error]);
    expect(queue.depth).to.equal(1);
    await writes[1]?.finish();
    expect(await beside).to.include({ accepted: 1 });
    const after = queue.add(events("g"));
    await turn();
    await writes[2]?.finish();
    expect(await after).to.include({ accepted: 1 });
    expect(idsOf(writes)).to.deep.equal([["a", "b", "c"], ["f"], ["g"]]);
  });

  it("takes up to its limit, then says when to come back", async () => {
    const { queue, writes } = newQueue({ limit: 4 });
    const added = queue.add(events("a", "b", "c"));
    const refused = await failure(queue.add(events("d", "e")));
    expect(refused).to.be.instanceOf(QueueFull);
    expect(refused).to.include({
      message: "3 events wait for the store, at most 4 may.",
      retryAfterSeconds: 1,
    });
    const last = queue.add(events("d"));
    expect(queue.depth).to.equal(4);
    await turn();
    await writes[0]?.finish();
    await writes[1]?.finish();
    expect([await added, await last].map(({ accepted }) => accepted)).to.deep.equal([3, 1]);
    expect(queue.depth).to.equal(0);
  });

  it("tells a full queue's time by the rate of its commits, at most 30 s", async () => {
    const { queue, writes } = newQueue({ limit: 100_000, batchSize: 10 });
    const many = Array.from({ length: 60_000 }, (_, at) => String(at));
    const added = failure(queue.add(events(...many)));
    const refused = await failure(queue.add(events(...many)));
    expect(refused).to.include({ retryAfterSeconds: 30 });
    await turn();
    await writes[0]?.fail(new Error("over"));
    await added;
  });

  it("drains when nothing waits any more", async () => {
    const { queue, writes } = newQueue();
    await queue.drained();
    const added = queue.add(events("a", "b", "c", "d"));
    let drained = false;
    const draining = queue.drained().then(() => (drained = true));
    await turn();
    await writes[0]?.finish();
    expect(drained).to.equal(false);
    await writes[1]?.finish();
    await draining;
    expect(await added).to.include({ accepted: 4 });
  });
});
