import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { UsageEvent } from "../../src/events/event.ts";
import type { Store, StoreConfig } from "../../src/store/store.ts";
import { openStore } from "../../src/store/open.ts";
import { StoreUnavailable } from "../../src/store/store.ts";
import { BEGIN, DAY } from "./arbitraries.ts";
import { event, expectReports, failure, present } from "./contract.ts";
import { emulatorConfig, startEmulator, type Emulator } from "./dynamodb-emulator.ts";
import type { Call, Fault, FaultProxy } from "./fault-proxy.ts";
import { canceled, halve, SERVER_ERROR, startFaultProxy, THROTTLED } from "./fault-proxy.ts";

describe("DynamoDB store with a table that fails", function () {
  let emulator: Emulator | undefined;
  let tableName = "";
  let running: FaultProxy | undefined;
  const opened: Store[] = [];

  before(async function () {
    emulator = await startEmulator();
    if (emulator === undefined) this.skip();
  });

  after(() => emulator?.stop());

  beforeEach(async () => {
    tableName = await present(emulator).createTable();
    running = await startFaultProxy(present(emulator).endpoint);
  });

  afterEach(async () => {
    present(running).rule = () => undefined;
    await Promise.all(opened.splice(0).map((store) => store.close()));
    await running?.close();
  });

  const proxy = (): FaultProxy => present(running);
  const open = async (config: Partial<StoreConfig> = {}): Promise<Store> => {
    const store = await openStore({ ...emulatorConfig(proxy().endpoint, tableName), ...config });
    opened.push(store);
    return store;
  };
  /** Spoils the first calls of an operation. */
  const spoil = (operation: string, times: number, fault: (call: Call) => Fault): void => {
    let left = times;
    proxy().rule = (call) => (call.operation === operation && left-- > 0 ? fault(call) : undefined);
  };
  const transactions = (): Call[] =>
    proxy().calls.filter(({ operation }) => operation === "TransactWriteItems");

  it("sends a transaction whose answer was lost again by its token: accepted, and counted once", async () => {
    const store = await open();
    spoil("TransactWriteItems", 1, () => ({ kind: "lose-answer" }));

    expect(await store.add(ofOneUser(5))).to.include({ accepted: 5, duplicates: 0 });
    const tokens = transactions().map(({ body }) => body["ClientRequestToken"]);
    expect(tokens).to.have.length(2);
    expect(tokens[0]).to.be.a("string");
    expect(tokens[1]).to.equal(tokens[0]);
    await expectReports(store, ofOneUser(5));
  });

  it("repeats within its time a call that is never answered", async () => {
    const store = await open({ storeTimeoutSeconds: 9 });
    for (const operation of ["TransactWriteItems", "GetItem"]) {
      spoil(operation, 1, () => ({ kind: "hang" }));
      await store.add([event({ id: "a" })]);
      expect((await store.event("a"))?.id).to.equal("a");
    }
    await expectReports(store, [event({ id: "a" })]);
  });

  it("counts once, too, when the table has forgotten the token", async () => {
    const store = await open();
    spoil("TransactWriteItems", 1, ({ body }) => ({
      kind: "lose-answer",
      body: { ...body, ClientRequestToken: "another" },
    }));

    expect(await store.add(ofOneUser(5))).to.include({ accepted: 0, duplicates: 5 });
    await expectReports(store, ofOneUser(5));
  });

  it("counts once when a transaction that was given up is carried out after all", async () => {
    const store = await open();
    const { promise: released, resolve: release } = Promise.withResolvers<undefined>();
    spoil("TransactWriteItems", Infinity, () => ({ kind: "late", release: released }));
    expect(await failure(store.add(ofOneUser(5)))).to.be.instanceOf(StoreUnavailable);
    expect(store.stats().state).to.equal("down");

    proxy().rule = () => undefined;
    const again = store.add(ofOneUser(5));
    release(undefined);
    expect((await again).statuses).to.have.length(5);
    await proxy().settled();
    await expectReports(store, ofOneUser(5));
    expect(store.stats()).to.not.have.property("reason");
  });

  it("goes on after throttling, failures of the server and conflicts between transactions", async () => {
    const store = await open();
    const faults = [THROTTLED, SERVER_ERROR, THROTTLED];
    spoil("TransactWriteItems", 3, () => faults.shift() ?? THROTTLED);
    expect(await store.add([event({ id: "a" })])).to.include({ accepted: 1 });
    for (const [id, code] of [
      ["b", "TransactionConflict"],
      ["c", "ThrottlingError"],
      ["d", "ProvisionedThroughputExceeded"],
    ] as const) {
      spoil("TransactWriteItems", 3, (call) => canceled(call, { 1: code }));
      expect(await store.add([event({ id })])).to.include({ accepted: 1 });
    }
    spoil("Query", 3, () => THROTTLED);
    await expectReports(
      store,
      ["a", "b", "c", "d"].map((id) => event({ id })),
    );
    expect(store.stats()).to.include({ state: "ok" });
    expect(transactions()).to.have.length(16);
  });

  it("does not try again what never succeeds", async () => {
    const store = await open();
    spoil("TransactWriteItems", 1, (call) => canceled(call, { 1: "ValidationError" }));

    expect(await failure(store.add([event({ id: "a" })]))).to.be.instanceOf(StoreUnavailable);
    expect(transactions()).to.have.length(1);
    expect(await store.event("a")).to.equal(undefined);
  });

  it("drops known ids from a transaction that met another one as well, and stores the rest once", async () => {
    const store = await open();
    await store.add(ofOneUser(3));
    // The known ids and a conflict in one answer.
    spoil("TransactWriteItems", 1, (call) =>
      canceled(call, {
        0: "ConditionalCheckFailed",
        1: "ConditionalCheckFailed",
        2: "ConditionalCheckFailed",
        10: "TransactionConflict",
      }),
    );
    const { statuses } = await store.add(ofOneUser(10));

    expect(statuses).to.deep.equal([
      ...Array<string>(3).fill("duplicate"),
      ...Array<string>(7).fill("accepted"),
    ]);
    expect(transactions()).to.have.length(3);
    await expectReports(store, ofOneUser(10));
  });

  it("reads the keys that a batch left out", async () => {
    const store = await open();
    const events = some(150);
    await store.add(events);
    spoil("BatchGetItem", 8, halve);
    const { events: found } = await store.list({ limit: 200 });

    const ids = (of: readonly UsageEvent[]): string[] => of.map(({ id }) => id).sort();
    expect(ids(found)).to.deep.equal(ids(events));
    const batches = proxy().calls.filter(({ operation }) => operation === "BatchGetItem");
    expect(batches.length).to.be.greaterThan(8);
  });

  it("reads every page of what the table cuts into pages", async () => {
    const store = await open();
    const events = some(30).map((one, at) => ({ ...one, time: BEGIN + (at % 3) * DAY }));
    for (let at = 0; at < events.length; at += 3) await store.add(events.slice(at, at + 3));
    proxy().rule = ({ operation, body }) =>
      operation === "Query" ? { kind: "change", body: { ...body, Limit: 2 } } : undefined;

    await expectReports(store, events);
    const queries = proxy().calls.filter(({ operation }) => operation === "Query");
    const further = queries.filter(({ body }) => body["ExclusiveStartKey"] !== undefined);
    expect(further.length).to.be.greaterThan(20);
  });

  it("fits transactions into 100 actions, and makes use of them", async () => {
    const store = await open();
    // Every event has a counter and a member of its own.
    const events = some(200).map((one, at) => ({
      ...one,
      feature: `feature-${String(at)}`,
      time: BEGIN + (at % 10) * DAY,
    }));
    expect(await store.add(events)).to.include({ accepted: 200 });

    const sizes = transactions().map(({ body }) => (body["TransactItems"] as unknown[]).length);
    expect(Math.max(...sizes)).to.equal(100);
    await expectReports(store, events);
  });

  it("writes events and log to expire after 91 days, what they counted to stay, below a prefix of their own", async () => {
    const store = await open();
    const { time } = event({ id: "a" });
    await store.add([event({ id: "a", name: "error" }), event({ id: "b" })]);
    const items = await present(emulator).items(tableName);

    const received = (await store.event("a"))?.received ?? 0;
    const expiry = (of: number): string => String(Math.ceil(of / 1000) + 91 * 86_400);
    const found = items.map(({ pk, expires }) => [pk?.S?.replace(/#\d$/, ""), expires?.N]);
    expect(found.sort()).to.deep.equal([
      ["v2#day#2026-10-28", undefined],
      ["v2#day#2026-10-28", undefined],
      ["v2#event#a", expiry(time)],
      ["v2#event#b", expiry(time)],
      ["v2#log", expiry(received)],
    ]);
    const [counter] = items.filter(({ events: counted }) => counted !== undefined);
    expect(counter).to.deep.include({ events: { N: "2" }, errors: { N: "1" } });
  });

  it("answers in time while the table hangs, is not ready, and is again when the table is back", async () => {
    const store = await open({ storeTimeoutSeconds: 1 });
    proxy().rule = () => ({ kind: "hang" });
    const begin = performance.now();
    const errors = await Promise.all([
      failure(store.add([event({ id: "one" })])),
      failure(store.event("one")),
      failure(store.kpis({ day: BEGIN / DAY })),
    ]);
    expect(performance.now() - begin).to.be.below(5000);
    for (const error of errors) {
      expect(error).to.be.instanceOf(StoreUnavailable);
      expect(error).to.include({ retryAfterSeconds: 1 });
      expect(String(error)).to.match(/did not answer within 1000 ms|exceeded the configured/);
    }
    expect(store.stats()).to.include({ state: "down", queueDepth: 0 });
    await sleep(1000);
    expect(await store.ready()).to.equal(false);

    proxy().rule = () => undefined;
    await sleep(1000);
    while (!(await store.ready())) await sleep(100);
    expect(store.stats()).to.include({ state: "ok" });
  });

  it("gives a report up that takes too long as a whole, asks no further, and is not down", async () => {
    const store = await open({ storeTimeoutSeconds: 1 });
    const { promise: until, resolve: release } = Promise.withResolvers<undefined>();
    spoil("Query", Infinity, () => ({ kind: "delay", until }));
    expect(await failure(store.kpis({ day: BEGIN / DAY }))).to.be.instanceOf(StoreUnavailable);
    release(undefined);
    proxy().rule = () => undefined;
    await proxy().settled();
    const asked = proxy().calls.length;
    await sleep(300);
    expect(proxy().calls.length).to.equal(asked);
    expect(store.stats().state).to.equal("ok");
  });

  it("says at the start which table is missing", async () => {
    const error = await failure(openStore(emulatorConfig(proxy().endpoint, "missing")));
    expect(String(error)).to.match(
      /^Error: The table missing cannot be used: ResourceNotFoundException: ./,
    );
  });

  it("starts without an answer, tells that it is down, and is ready when the table is there", async () => {
    proxy().rule = () => ({ kind: "hang" });
    const store = await open({ storeTimeoutSeconds: 1 });
    expect(store.stats().state).to.equal("down");
    expect(store.stats().reason).to.match(/./);

    proxy().rule = () => undefined;
    await sleep(1000);
    while (!(await store.ready())) await sleep(100);
    expect(store.stats().state).to.equal("ok");
    expect(store.stats()).to.not.have.property("reason");
  });
});

/** Events of one user, which one transaction holds. */
function ofOneUser(count: number): UsageEvent[] {
  return some(count).map((one) => ({ ...one, user: "user" }));
}

/** Events of different users a second apart. */
function some(count: number): UsageEvent[] {
  return Array.from({ length: count }, (_, at) =>
    event({
      id: `event-${String(at)}`,
      user: `user-${String(at)}`,
      time: BEGIN + 5 * DAY + at * 1000,
    }),
  );
}
