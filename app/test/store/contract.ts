import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import fc from "fast-check";
import type { StoredEvent, UsageEvent } from "../../src/events/event.ts";
import type { AddResult, Store, StoreConfig } from "../../src/store/store.ts";
import { InvalidCursor, QueueFull, StoreUnavailable } from "../../src/store/store.ts";
import { BEGIN, DAY, deliveries, HOUR, SPAN_DAYS } from "./arbitraries.ts";
import { asSent, Model } from "./model.ts";

/** A store of its own for each test; it may be opened several times, also at the same time. */
export interface TestStore {
  open(config?: Partial<StoreConfig>): Promise<Store>;
  remove(): Promise<void>;
}

const FIRST_DAY = BEGIN / DAY;

/** What every store must do. `runs` bounds the property. */
export function itKeepsTheContract(newStore: () => Promise<TestStore>, runs: number): void {
  let test: TestStore;
  const opened: Store[] = [];
  const open = async (config?: Partial<StoreConfig>): Promise<Store> => {
    const store = await test.open(config);
    opened.push(store);
    return store;
  };

  beforeEach(async () => {
    test = await newStore();
  });

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((store) => store.close()));
    await test.remove();
  });

  it("accepts an id once, within a batch, across batches and whatever the event says", async () => {
    const store = await open();
    const [first, second] = [event({ id: "a", user: "one" }), event({ id: "b" })];

    expect(await store.add([first, second, { ...first, user: "two" }])).to.deep.equal({
      accepted: 2,
      duplicates: 1,
      statuses: ["accepted", "accepted", "duplicate"],
    });
    expect(await store.add([{ ...first, user: "three" }, event({ id: "c" })])).to.deep.equal({
      accepted: 1,
      duplicates: 1,
      statuses: ["duplicate", "accepted"],
    });
    expect((await store.event("a"))?.user).to.equal("one");
    expect(await store.add([])).to.deep.equal({ accepted: 0, duplicates: 0, statuses: [] });
  });

  it("accepts an id once that several requests send at the same time", async () => {
    const store = await open();
    const results = await Promise.all(
      Array.from({ length: 12 }, (_, at) =>
        store.add([event({ id: "same", user: `user-${String(at % 4)}` })]),
      ),
    );

    expect(results.filter(({ accepted }) => accepted === 1)).to.have.length(1);
    const day = FIRST_DAY + 5;
    const { totals } = await store.activity({ fromDay: day, toDay: day });
    expect(totals).to.deep.equal({ events: 1, activeUsers: 1, errors: 0 });
  });

  it("returns an event as it was sent, with the time of its receipt", async () => {
    const store = await open();
    const properties = { plan: "team", seats: 12.5, trial: false, note: null, text: "ü\u0000'\"" };
    const sent = event({ id: "x:1", user: "Zoë 'q' \u{1F600}", name: "error.timeout", properties });
    const before = Date.now();
    await store.add([sent, event({ id: "plain" })]);

    const { received = 0, ...rest } = (await store.event("x:1")) ?? {};
    expect(rest).to.deep.equal(sent);
    expect(received).to.be.within(before, Date.now());
    expect(await store.event("plain")).to.not.have.property("properties");
    expect(await store.event("unknown")).to.equal(undefined);
    expect(await store.event("")).to.equal(undefined);
  });

  it("pages through all events, newest commit first", async () => {
    const store = await open();
    for (let batch = 0; batch < 4; batch++) {
      const users = Array.from({ length: 30 }, (_, at) => String(at));
      await store.add(users.map((user) => event({ id: `${String(batch)}-${user}`, user })));
      // Receipts are told apart by the millisecond.
      await sleep(3);
    }
    const pages: (readonly StoredEvent[])[] = [];
    for await (const page of pagesOf(store, 35)) pages.push(page);

    expect(pages.map((page) => page.length)).to.deep.equal([35, 35, 35, 15]);
    const batches = pages.flat().map(({ id }) => Number(id.split("-")[0]));
    expect(batches).to.deep.equal([3, 2, 1, 0].flatMap((batch) => Array<number>(30).fill(batch)));
    expect(new Set(pages.flat().map(({ id }) => id)).size).to.equal(120);
  });

  it("ends a page that holds exactly the rest without a cursor, and refuses cursors of others", async () => {
    const store = await open();
    expect(await store.list({ limit: 5 })).to.deep.equal({ events: [] });
    await store.add([event({ id: "a" }), event({ id: "b" })]);

    expect(await store.list({ limit: 2 })).to.not.have.property("nextCursor");
    for (const cursor of ["", "nonsense", "-1", "1.5", "eyJ4IjoxfQ", "W10"])
      expect(await failure(store.list({ limit: 2, cursor }))).to.be.instanceOf(InvalidCursor);
    expect(store.stats().state).to.equal("ok");
  });

  it("reports as counting raw events does, in any order of arrival", async function () {
    this.timeout(120_000);
    const property = fc.asyncProperty(deliveries, async ({ events, batches }) => {
      const fresh = await newStore();
      const store = await fresh.open();
      try {
        for (const batch of batches) await store.add(batch);
        await expectReports(store, events);
      } finally {
        await store.close();
        await fresh.remove();
      }
    });
    await fc.assert(property, { numRuns: runs, seed: 4, endOnFailure: true });
  });

  it("adds up what two instances write at the same time for the same users", async function () {
    this.timeout(60_000);
    const stores = [await open(), await open()];
    const events = Array.from({ length: 400 }, (_, at) =>
      event({ id: `event-${String(at)}`, user: `user-${String(at % 9)}`, time: BEGIN + at * HOUR }),
    );
    const batches = Array.from({ length: 20 }, (_, number) =>
      events.filter((_event, at) => at % 20 === number),
    );
    const results: AddResult[] = await Promise.all(
      batches.flatMap((batch) => stores.map((store) => store.add(batch))),
    );

    expect(results.reduce((sum, { accepted }) => sum + accepted, 0)).to.equal(400);
    for (const store of stores) await expectReports(store, events);
  });

  it("keeps everything when it is opened again", async () => {
    const events = Array.from({ length: 40 }, (_, at) =>
      event({ id: `event-${String(at)}`, user: String(at % 3), time: BEGIN + at * HOUR }),
    );
    const first = await open();
    await first.add(events.slice(0, 20));
    await first.close();
    const second = await open();

    expect(await second.add(events.slice(0, 20))).to.include({ accepted: 0, duplicates: 20 });
    expect(await second.add(events.slice(20))).to.include({ accepted: 20, duplicates: 0 });
    await expectReports(second, events);
  });

  it("counts thousands of users exactly", async function () {
    this.timeout(60_000);
    const store = await open();
    const events = Array.from({ length: 5000 }, (_, at) =>
      event({
        id: `event-${String(at)}`,
        user: `user-${String(at % 4500)}`,
        feature: `feature-${String(at % 3)}`,
        time: BEGIN + (at % 3) * DAY,
      }),
    );
    await Promise.all(
      Array.from({ length: 10 }, (_, at) => store.add(events.slice(at * 500, at * 500 + 500))),
    );
    await expectReports(store, events);
  });

  it("refuses what its queue cannot hold, before it stores anything of it", async () => {
    const store = await open({ queueLimit: 10 });
    const six = (name: string): UsageEvent[] =>
      Array.from({ length: 6 }, (_, at) => event({ id: `${name}-${String(at)}` }));
    const small = store.add(six("small"));
    const refused = failure(store.add(six("large")));

    expect(store.stats()).to.include({ queueDepth: 6, queueLimit: 10, state: "ok" });
    expect(await refused).to.be.instanceOf(QueueFull);
    expect(await refused).to.include({
      message: "6 events wait for the store, at most 10 may.",
      retryAfterSeconds: 1,
    });
    expect(await small).to.include({ accepted: 6 });
    expect(await store.event("large-0")).to.equal(undefined);
    expect(store.stats()).to.include({ queueDepth: 0 });
  });

  it("commits what was added before it closes, and refuses what comes later", async () => {
    const store = await open();
    expect(await store.ready()).to.equal(true);
    const added = store.add([event({ id: "last" }), event({ id: "last" })]);
    const closed = store.close();

    expect(await failure(store.add([event({ id: "late" })]))).to.be.instanceOf(StoreUnavailable);
    expect(await failure(store.event("last"))).to.be.instanceOf(StoreUnavailable);
    expect(await store.ready()).to.equal(false);
    expect(await added).to.include({ accepted: 1, duplicates: 1 });
    await closed;
    const again = await open();
    expect((await again.event("last"))?.id).to.equal("last");
    expect(await again.event("late")).to.equal(undefined);
  });
}

/** An event in the midst of the tested days. */
export function event(values: Partial<UsageEvent> & { id: string }): UsageEvent {
  const time = BEGIN + 5 * DAY + 12 * HOUR;
  return { name: "opened", user: "user", feature: "search", time, ...values };
}

/** The error that a promise rejects with. */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.fail("It did not reject."),
    (error: unknown) => error,
  );
}

export async function* pagesOf(
  store: Store,
  limit: number,
): AsyncGenerator<readonly StoredEvent[]> {
  let cursor: string | undefined;
  do {
    const page = await store.list({ limit, cursor });
    yield page.events;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}

/** Compares all events and every report with what going through the raw events gives. */
export async function expectReports(store: Store, events: readonly UsageEvent[]): Promise<void> {
  const listed: StoredEvent[] = [];
  for await (const page of pagesOf(store, 500)) listed.push(...page);
  const stored = [...events].sort((a, b) => (a.id < b.id ? -1 : 1));
  expect(asSent(listed)).to.deep.equal(stored);

  const model = new Model(events);
  const [first, last] = [FIRST_DAY - 1, FIRST_DAY + SPAN_DAYS];
  expect(await store.activity({ fromDay: first, toDay: last })).to.deep.equal(
    model.activity(first, last),
  );
  const middle = FIRST_DAY + SPAN_DAYS / 2;
  expect(await store.features({ fromDay: middle, toDay: last, limit: 3 })).to.deep.equal(
    model.features(middle, last, 3),
  );
  // The windows of a month begin before the events, and the ones before that end among them.
  const day = FIRST_DAY + 35;
  expect(await store.kpis({ day })).to.deep.equal(model.kpis(day));
}

/** What a hook has started. */
export function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("It was not started.");
  return value;
}
