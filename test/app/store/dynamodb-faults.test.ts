import { expect } from "chai";
import type { EventsService, UsageEvent } from "../../../app/src/events/service.ts";
import { StoreUnavailableError } from "../../../app/src/events/service.ts";
import { openEventsService } from "../../../app/src/store/open.ts";
import type { DynamoDbTuning } from "../../../app/src/store/dynamodb/service.ts";
import { BEGIN, DAY, HOUR } from "./arbitraries.ts";
import { faultyTable } from "./faulty-table.ts";
import { event, expectReports, failure } from "./contract.ts";
import type { Call, Fault } from "./fault-proxy.ts";
import { conflict, SERVER_ERROR, THROTTLED } from "./fault-proxy.ts";

/** No call that is let through ever takes so long, on a busy machine either: repetitions are those of the faults. */
const PATIENT = { callTimeout: 15_000, deadline: 15_000 };
/** For a table that fails until it is given up. */
const SHORT_OF_TIME: DynamoDbTuning = { table: { ...PATIENT, deadline: 500 } };
/** For a table that hangs: a call is given up after this, in ms. */
const HANGS_FOR = 1000;
const HANGING: DynamoDbTuning = { table: { callTimeout: HANGS_FOR, deadline: 900 } };

describe("DynamoDB store with a table that fails", function () {
  this.timeout(60_000);
  const table = faultyTable();

  const open = (tuning: DynamoDbTuning = { table: PATIENT }): Promise<EventsService> =>
    table.open(tuning);
  /** Spoils the first calls of an operation. */
  const spoil = (
    operation: string,
    times: number,
    fault: Fault | ((call: Call) => Fault),
  ): void => {
    let left = times;
    table.proxy.rule = (call) => {
      if (call.operation !== operation || left === 0) return undefined;
      left--;
      return typeof fault === "function" ? fault(call) : fault;
    };
  };
  const transactions = (): Call[] =>
    table.proxy.calls.filter(({ operation }) => operation === "TransactWriteItems");

  it("sends a transaction whose answer was lost again by its token: accepted, and counted once", async () => {
    const service = await open();
    spoil("TransactWriteItems", 1, { kind: "lose-answer" });

    expect(await service.submit(ofOneUser(5))).to.deep.equal(Array(5).fill("accepted"));
    const tokens = transactions().map(({ body }) => body["ClientRequestToken"]);
    expect(tokens).to.have.length(2);
    expect(tokens[1]).to.equal(tokens[0]);
    await expectReports(service, ofOneUser(5), "UTC");
  });

  it("counts once, too, when the table has forgotten the token", async () => {
    const service = await open();
    spoil("TransactWriteItems", 1, ({ body }) => ({
      kind: "lose-answer",
      body: { ...body, ClientRequestToken: "another" },
    }));

    expect(await service.submit(ofOneUser(5))).to.deep.equal(Array(5).fill("duplicate"));
    await expectReports(service, ofOneUser(5), "UTC");
  });

  it("counts once when a transaction that was given up is carried out after all", async () => {
    const service = await open(SHORT_OF_TIME);
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    table.proxy.rule = ({ operation }) =>
      operation === "TransactWriteItems" ? { kind: "late", release: released } : undefined;
    expect(await failure(service.submit(ofOneUser(5)))).to.be.instanceOf(StoreUnavailableError);

    table.proxy.rule = () => undefined;
    const again = service.submit(ofOneUser(5));
    release();
    expect(await again).to.have.length(5);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await expectReports(service, ofOneUser(5), "UTC");
  });

  it("goes on after throttling, failures of the server and conflicts between transactions", async () => {
    const service = await open();
    const faults = [THROTTLED, SERVER_ERROR, THROTTLED];
    spoil("TransactWriteItems", 3, () => faults.shift() ?? THROTTLED);
    expect(await service.submit([event({ id: "a" })])).to.deep.equal(["accepted"]);
    spoil("TransactWriteItems", 3, ({ body }) =>
      conflict((body["TransactItems"] as unknown[]).length),
    );
    expect(await service.submit([event({ id: "b" })])).to.deep.equal(["accepted"]);
    spoil("BatchGetItem", 2, THROTTLED);
    expect(await service.submit([event({ id: "c" })])).to.deep.equal(["accepted"]);
    spoil("Query", 5, THROTTLED);

    await expectReports(
      service,
      ["a", "b", "c"].map((id) => event({ id })),
      "UTC",
    );
    expect(service.status()).to.include({ state: "ok" });
  });

  it("reads the keys that a batch left out", async () => {
    const service = await open();
    const events = some(40);
    await service.submit(events);
    spoil("BatchGetItem", 8, ({ body }) => halve(body));
    const page = await service.list({ limit: 100 });

    expect(page.events.map(({ id }) => id).sort()).to.deep.equal(events.map(({ id }) => id).sort());
  });

  it("begins again when another task changed what a transaction relies on", async () => {
    const [one, two] = [await open(), await open()];
    const midnight = BEGIN + 5 * DAY;
    // Sessions of one user on both sides of midnight, which are one.
    const events = [
      event({ id: "before", time: midnight - 10 * 60_000 }),
      event({ id: "after", time: midnight + 5 * 60_000 }),
      event({ id: "later", time: midnight + 7 * 60_000 }),
    ];
    let release = (): void => undefined;
    const until = new Promise<void>((resolve) => {
      release = resolve;
    });
    spoil("TransactWriteItems", 1, { kind: "delay", until });
    const first = one.submit(events.slice(0, 1));
    while (transactions().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await two.submit(events.slice(1, 2))).to.deep.equal(["accepted"]);
    release();
    expect(await first).to.deep.equal(["accepted"]);
    expect(transactions()).to.have.length(3);
    await two.submit(events.slice(2));

    await expectReports(one, events, "UTC");
  });

  it("fits every transaction into 100 actions, around midnight too", async () => {
    const service = await open();
    const events = Array.from({ length: 500 }, (_, index) =>
      event({
        id: `event-${String(index)}`,
        user: `user-${String(index)}`,
        time: BEGIN + DAY + (index - 250) * 6000,
      }),
    );

    expect(await service.submit(events)).to.deep.equal(Array(500).fill("accepted"));
    const sizes = transactions().map(({ body }) => (body["TransactItems"] as unknown[]).length);
    expect(Math.max(...sizes)).to.be.at.most(100);
    expect(Math.min(...sizes.slice(0, 4))).to.be.at.least(60);
    await expectReports(service, events, "UTC");
  });

  it("drops ids that are known from a transaction and stores the rest", async () => {
    const service = await open();
    await service.submit(some(10));
    const before = transactions().length;
    const statuses = await service.submit(some(20));

    expect(statuses).to.deep.equal([
      ...Array<string>(10).fill("duplicate"),
      ...Array<string>(10).fill("accepted"),
    ]);
    // At most one more for each of the eight lanes.
    expect(transactions().length - before).to.be.at.most(16);
    await expectReports(service, some(20), "UTC");
  });

  it("refuses at once while the table hangs, and takes events within 5 s after it is back", async () => {
    const service = await open(HANGING);
    table.proxy.rule = () => ({ kind: "hang" });
    expect(await failure(service.submit([event({ id: "one" })]))).to.be.instanceOf(
      StoreUnavailableError,
    );
    expect(service.status()).to.include({ state: "degraded" });
    await failure(service.submit([event({ id: "two" })]));
    expect(service.status()).to.include({ state: "down" });

    const begin = performance.now();
    const refusal = await failure(service.submit([event({ id: "three" })]));
    expect(performance.now() - begin).to.be.below(HANGS_FOR / 2);
    expect(refusal).to.be.instanceOf(StoreUnavailableError);
    expect(refusal).to.include({ retryAfterSeconds: 1 });

    table.proxy.rule = () => undefined;
    const back = performance.now();
    while (service.status().state === "down")
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(performance.now() - back).to.be.below(5000);
    expect(await service.submit([event({ id: "one" }), event({ id: "four" })])).to.deep.equal([
      "accepted",
      "accepted",
    ]);
    expect(service.status()).to.not.have.property("reason");
  });

  it("gives a report up that takes too long as a whole, asks no further, and is not down", async () => {
    const limits = { readLimit: 700 };
    const service = await open({ table: PATIENT, limits });
    table.proxy.rule = ({ operation }) =>
      operation === "Query"
        ? { kind: "delay", until: new Promise((resolve) => setTimeout(resolve, 250)) }
        : undefined;
    const begin = performance.now();
    const errors = await Promise.all(
      [1, 2, 3].map((day) => failure(service.kpis({ day: BEGIN / DAY + day, timeZone: "UTC" }))),
    );
    for (const error of errors) expect(error).to.be.instanceOf(StoreUnavailableError);
    // All 240 queries of a report would take 2 s, of the three together 4 s.
    expect(performance.now() - begin).to.be.below(PATIENT.deadline);
    // Without the limit there would be 32 more every 250 ms; some may have been on their way.
    const asked = table.proxy.calls.length;
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(table.proxy.calls.length - asked).to.be.below(32);
    expect(service.status().state).to.equal("degraded");
  });

  it("says at the start which table is missing", async () => {
    const { endpoint } = table.proxy;
    const store = { kind: "dynamodb", tableName: "missing", endpoint } as const;
    const error = await failure(openEventsService({ store }));
    expect(String(error)).to.match(
      /^Error: The table missing cannot be used: ResourceNotFoundException: /,
    );
  });

  it("starts without an answer in the state down, and is ready within 5 s after the table is there", async () => {
    table.proxy.rule = () => ({ kind: "hang" });
    const service = await open(HANGING);
    expect(service.status()).to.include({ state: "down" });
    expect(await failure(service.submit([event({ id: "a" })]))).to.be.instanceOf(
      StoreUnavailableError,
    );

    table.proxy.rule = () => undefined;
    const back = performance.now();
    while (service.status().state === "down")
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(performance.now() - back).to.be.below(5000);
    expect(await service.submit([event({ id: "a" })])).to.deep.equal(["accepted"]);
  });
});

/** Events of one user, which one transaction holds. */
function ofOneUser(count: number): UsageEvent[] {
  return some(count).map((one) => ({ ...one, user: "user" }));
}

/** Events of different users a second apart. */
function some(count: number, at = 12 * HOUR): UsageEvent[] {
  return Array.from({ length: count }, (_, index) =>
    event({
      id: `event-${String(index)}`,
      user: `user-${String(index)}`,
      time: BEGIN + 5 * DAY + at + index * 1000,
    }),
  );
}

/** Reads half of the keys, and says that the other half was not processed. */
function halve(body: Record<string, unknown>): Fault {
  const [table, request] = Object.entries(
    body["RequestItems"] as Record<string, { Keys: object[] }>,
  )[0] ?? ["", { Keys: [] }];
  const middle = Math.floor(request.Keys.length / 2);
  const part = (keys: object[]): object => ({ [table]: { ...request, Keys: keys } });
  if (middle === 0) return { kind: "change", body };
  return {
    kind: "change",
    body: { ...body, RequestItems: part(request.Keys.slice(0, middle)) },
    answer: (answer) => ({ ...answer, UnprocessedKeys: part(request.Keys.slice(middle)) }),
  };
}
