import { expect } from "chai";
import fc from "fast-check";
import type {
  EventsService,
  EventsServiceOptions,
  StoredEvent,
  UsageEvent,
} from "../../../app/src/events/service.ts";
import {
  InvalidCursorError,
  StoreBusyError,
  StoreUnavailableError,
} from "../../../app/src/events/service.ts";
import { BEGIN, DAY, deliveries, HOUR, SPAN_DAYS, ZONES } from "./arbitraries.ts";
import type { Counted } from "./model.ts";
import * as model from "./model.ts";

export type OpenOptions = Partial<Omit<EventsServiceOptions, "store">>;

/** A store of its own for each test; it may be opened several times, also at the same time. */
export interface TestStore {
  open(options?: OpenOptions): Promise<EventsService>;
  remove(): Promise<void>;
}

const FIRST_DAY = BEGIN / DAY;
/** Some zones begin a day earlier, some end a day later. */
const RANGE = { fromDay: FIRST_DAY - 1, toDay: FIRST_DAY + SPAN_DAYS };

/** What every store must do. `runs` bounds each property. */
export function itKeepsTheContract(newStore: () => Promise<TestStore>, runs: number): void {
  let store: TestStore;
  const opened: EventsService[] = [];
  const open = async (options?: OpenOptions): Promise<EventsService> => {
    const service = await store.open(options);
    opened.push(service);
    return service;
  };

  beforeEach(async () => {
    store = await newStore();
  });

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((service) => service.close()));
    await store.remove();
  });

  it("accepts an id once, within a batch, across batches and whatever the body", async () => {
    const service = await open();
    const [first, second] = [event({ id: "a", user: "one" }), event({ id: "b" })];

    expect(await service.submit([first, second, { ...first, user: "two" }])).to.deep.equal([
      "accepted",
      "accepted",
      "duplicate",
    ]);
    expect(await service.submit([{ ...first, user: "three" }, event({ id: "c" })])).to.deep.equal([
      "duplicate",
      "accepted",
    ]);
    expect((await service.event("a"))?.user).to.equal("one");
    expect(await service.submit([])).to.deep.equal([]);
  });

  it("returns an event as it was sent, with the time of its receipt", async () => {
    const service = await open();
    const properties = { plan: "team", seats: 12.5, trial: false, note: null, text: "ü\u0000'\"" };
    const sent = event({ id: "x:1", user: "Zoë 'q' \u{1F600}", name: "error.timeout", properties });
    const before = Date.now();
    await service.submit([sent, event({ id: "plain" })]);

    const found = await service.event("x:1");
    const { received = 0, ...rest } = found ?? {};
    expect(rest).to.deep.equal(sent);
    expect(received).to.be.within(before, Date.now());
    expect(await service.event("plain")).to.not.have.property("properties");
    expect(await service.event("unknown")).to.equal(undefined);
  });

  it("pages through all events, newest commit first", async () => {
    const service = await open();
    for (let batch = 0; batch < 4; batch++) {
      await service.submit(
        Array.from({ length: 30 }, (_, index) =>
          event({ id: `${String(batch)}-${String(index)}`, user: String(index) }),
        ),
      );
      // Receipts are told apart by the millisecond.
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    const pages: (readonly StoredEvent[])[] = [];
    let cursor: string | undefined;
    do {
      const page = await service.list(cursor === undefined ? { limit: 35 } : { limit: 35, cursor });
      pages.push(page.events);
      cursor = page.nextCursor;
    } while (cursor !== undefined);

    expect(pages.map((page) => page.length)).to.deep.equal([35, 35, 35, 15]);
    const batches = pages.flat().map(({ id }) => Number(id.split("-")[0]));
    expect(batches).to.deep.equal([3, 2, 1, 0].flatMap((batch) => Array<number>(30).fill(batch)));
    expect(new Set(pages.flat().map(({ id }) => id)).size).to.equal(120);
  });

  it("ends a page that holds exactly the rest without a cursor, and refuses cursors of others", async () => {
    const service = await open();
    expect(await service.list({ limit: 5 })).to.deep.equal({ events: [] });
    await service.submit([event({ id: "a" }), event({ id: "b" })]);

    expect(await service.list({ limit: 2 })).to.not.have.property("nextCursor");
    for (const cursor of ["", "nonsense", "eyJ4IjoxfQ", "W10"]) {
      expect(await failure(service.list({ limit: 2, cursor }))).to.be.instanceOf(
        InvalidCursorError,
      );
    }
    expect(service.status().state).to.equal("ok");
  });

  it("reports activity, features and KPIs as counting raw events does, in any order of arrival", async function () {
    this.timeout(60_000);
    const property = fc.asyncProperty(
      deliveries,
      fc.constantFrom(...ZONES),
      async ({ events, batches }, timeZone) => {
        const fresh = await newStore();
        const service = await fresh.open();
        try {
          for (const batch of batches) await service.submit(batch);
          await expectReports(service, events, timeZone);
        } finally {
          await service.close();
          await fresh.remove();
        }
      },
    );
    await fc.assert(property, { numRuns: runs, seed: 4, endOnFailure: true });
  });

  it("adds up what two instances write at the same time for the same users", async function () {
    this.timeout(60_000);
    const services = [await open(), await open()];
    const events = Array.from({ length: 400 }, (_, index) =>
      event({
        id: `event-${String(index)}`,
        user: `user-${String(index % 9)}`,
        time: BEGIN + 10 * HOUR + index * 97_000,
      }),
    );
    const batches = Array.from({ length: 20 }, (_, index) =>
      events.filter((_event, at) => at % 20 === index),
    );
    const statuses = await Promise.all(
      batches.flatMap((batch) => services.map((service) => service.submit(batch))),
    );

    const accepted = statuses.flat().filter((status) => status === "accepted");
    expect(accepted).to.have.length(400);
    for (const service of services) await expectReports(service, events, "Europe/Berlin");
  });

  it("keeps everything when it is opened again, and goes on with sessions that had begun", async () => {
    const events = Array.from({ length: 40 }, (_, index) =>
      event({
        id: `event-${String(index)}`,
        user: String(index % 3),
        time: BEGIN + 5 * DAY + index * 60_000,
      }),
    );
    const first = await open();
    await first.submit(events.slice(0, 20));
    await first.close();
    const second = await open();

    expect(await second.submit(events.slice(0, 20))).to.deep.equal(Array(20).fill("duplicate"));
    expect(await second.submit(events.slice(20))).to.deep.equal(Array(20).fill("accepted"));
    await expectReports(second, events, "UTC");
  });

  it("estimates beyond its exact size, and says so", async function () {
    this.timeout(60_000);
    const service = await open();
    const events = Array.from({ length: 3000 }, (_, index) =>
      event({
        id: `event-${String(index)}`,
        user: `user-${String(index)}`,
        time: BEGIN + 9 * HOUR + (index % 600) * 1000,
      }),
    );
    await Promise.all(
      Array.from({ length: 6 }, (_, at) => service.submit(events.slice(at * 500, at * 500 + 500))),
    );
    const report = await service.activity({ ...RANGE, timeZone: "UTC", interval: "day" });

    expect(report.precision).to.deep.equal({ exact: false, standardError: 0.016 });
    expect(report.totals).to.include({ events: 3000, sessions: 3000 });
    // Three standard errors.
    expect(report.totals.activeUsers).to.be.within(2856, 3144);
  });

  it("refuses what its queue cannot hold, before it stores anything of it", async () => {
    const service = await open({ queueLimit: 10 });
    const small = service.submit(
      Array.from({ length: 6 }, (_, index) => event({ id: `small-${String(index)}` })),
    );
    const large = failure(
      service.submit(
        Array.from({ length: 6 }, (_, index) => event({ id: `large-${String(index)}` })),
      ),
    );

    expect(service.status()).to.include({ queueDepth: 6, queueLimit: 10, state: "ok" });
    const refusal = await large;
    expect(refusal).to.be.instanceOf(StoreBusyError);
    expect(refusal).to.include({
      message: "6 events wait for the store, at most 10 may.",
      retryAfterSeconds: 1,
    });
    expect(await small).to.deep.equal(Array(6).fill("accepted"));
    expect(await service.event("large-0")).to.equal(undefined);
    expect(service.status()).to.include({ queueDepth: 0 });
  });

  it("commits what was submitted before it closes, and refuses what comes later", async () => {
    const accepted: string[] = [];
    const service = await open({
      onAccepted: (events) => accepted.push(...events.map(({ id }) => id)),
    });
    const submitted = service.submit([event({ id: "last" }), event({ id: "last" })]);
    const closed = service.close();

    expect(await failure(service.submit([event({ id: "late" })]))).to.be.instanceOf(
      StoreUnavailableError,
    );
    expect(await failure(service.event("last"))).to.be.instanceOf(StoreUnavailableError);
    expect(await submitted).to.deep.equal(["accepted", "duplicate"]);
    await closed;
    expect(accepted).to.deep.equal(["last"]);
    const again = await open();
    expect((await again.event("last"))?.id).to.equal("last");
    expect(await again.event("late")).to.equal(undefined);
  });
}

/** An event in the midst of the tested days. */
export function event(values: Partial<UsageEvent> & { id: string }): UsageEvent {
  return {
    name: "opened",
    user: "user",
    feature: "search",
    time: BEGIN + 5 * DAY + 12 * HOUR,
    ...values,
  };
}

/** The error that a promise rejects with. */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.fail("It did not reject."),
    (error: unknown) => error,
  );
}

/** Compares every report with what going through the raw events gives. */
export async function expectReports(
  service: EventsService,
  events: readonly UsageEvent[],
  timeZone: string,
): Promise<void> {
  const days = await service.activity({ ...RANGE, timeZone, interval: "day" });
  expect(happened(days.points, 10)).to.deep.equal(
    sorted(model.activity(events, (time) => model.dayLabel(time, timeZone))),
  );
  const hours = await service.activity({ ...RANGE, timeZone, interval: "hour" });
  expect(happened(hours.points, 13)).to.deep.equal(
    sorted(model.activity(events, (time) => model.hourLabel(time, timeZone))),
  );
  const totals = model.activity(events, () => "all").get("all");
  expect(days.totals).to.deep.equal(totals);
  expect(hours.totals).to.deep.equal(totals);
  expect(days.precision).to.deep.equal({ exact: true, standardError: 0 });

  const middle = FIRST_DAY + 5;
  const report = await service.features({
    fromDay: middle,
    toDay: RANGE.toDay,
    timeZone,
    limit: 10,
  });
  const length = RANGE.toDay - middle + 1;
  const labelled = (from: number, to: number): UsageEvent[] =>
    events.filter(({ time }) => {
      const label = model.dayLabel(time, timeZone);
      return label >= model.dateOf(from) && label <= model.dateOf(to);
    });
  const [now, before] = [
    model.features(labelled(middle, RANGE.toDay)),
    model.features(labelled(middle - length, middle - 1)),
  ];
  const none = { events: 0, activeUsers: 0 };
  expect(
    Object.fromEntries(
      report.features.map(({ feature, events: count, activeUsers, previous }) => [
        feature,
        { events: count, activeUsers, previous },
      ]),
    ),
  ).to.deep.equal(
    Object.fromEntries(
      [...new Set([...now.keys(), ...before.keys()])].map((feature) => [
        feature,
        { ...(now.get(feature) ?? none), previous: before.get(feature) ?? none },
      ]),
    ),
  );

  const day = FIRST_DAY + 7;
  expect(await service.kpis({ day, timeZone })).to.deep.include(model.kpis(events, day, timeZone));
}

/** Points in which something happened, by the first characters of their begin and their offset. */
function happened(
  points: readonly ({ start: string } & Counted)[],
  length: number,
): Record<string, Counted> {
  const found = new Map<string, Counted>();
  for (const { start, ...counted } of points) {
    if (counted.events + counted.sessions === 0) continue;
    const offset = length === 10 ? "" : start.slice(19);
    found.set(start.slice(0, length) + offset, counted);
  }
  return sorted(found);
}

function sorted(counted: ReadonlyMap<string, Counted>): Record<string, Counted> {
  return Object.fromEntries([...counted].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What a hook has started. */
export function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("It was not started.");
  return value;
}
