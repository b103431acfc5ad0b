import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { EventsService, UsageEvent } from "../../../app/src/events/service.ts";
import type { CompactionScheduleOptions } from "../../../app/src/store/dynamodb/compaction-schedule.ts";
import { BEGIN, DAY, HOUR } from "./arbitraries.ts";
import { faultyTable } from "./faulty-table.ts";
import { event, expectReports } from "./contract.ts";
import type { Call } from "./fault-proxy.ts";
import { SERVER_ERROR } from "./fault-proxy.ts";

const DELTAS = "0#";
const CONSTANTLY: CompactionScheduleOptions = { commits: 2, interval: 20 };
const NEVER: CompactionScheduleOptions = { commits: Infinity, interval: 2 ** 31 - 1 };
const RANGE = { fromDay: BEGIN / DAY, toDay: BEGIN / DAY + 6, timeZone: "UTC" };

describe("Compaction of the DynamoDB store", function () {
  this.timeout(60_000);
  const table = faultyTable();

  const open = (compaction: CompactionScheduleOptions): Promise<EventsService> =>
    table.open({ compaction, table: { callTimeout: 5000, deadline: 300 } });
  const deltas = (): Promise<number> => table.count(DELTAS);
  const noDeltas = async (): Promise<void> => {
    const deadline = Date.now() + 8000;
    while ((await deltas()) > 0 && Date.now() < deadline) await sleep(30);
    expect(await deltas()).to.equal(0);
  };

  it("folds every delta, once, also with two tasks at it", async () => {
    const services = [await open(CONSTANTLY), await open(CONSTANTLY)];
    const events = spread(180);
    const batches = Array.from({ length: 30 }, (_, at) => events.slice(at * 6, at * 6 + 6));
    for (let at = 0; at < 30; at += 6) {
      await Promise.all(
        services.flatMap((service, index) =>
          batches.slice(at + index * 3, at + index * 3 + 3).map((batch) => service.submit(batch)),
        ),
      );
    }

    await noDeltas();
    for (const service of services) await expectReports(service, events, "Europe/Berlin");
  });

  it("never shows in a report that is read meanwhile", async () => {
    const service = await open(CONSTANTLY);
    const reader = await open(NEVER);
    const events = spread(160);
    let [submitted, accepted, reports, writing] = [0, 0, 0, true];
    const write = async (): Promise<void> => {
      for (let at = 0; at < events.length; at += 8) {
        submitted += 8;
        await service.submit(events.slice(at, at + 8));
        accepted += 8;
      }
      writing = false;
    };
    const read = async (): Promise<void> => {
      while (writing) {
        const least = accepted;
        const { totals, points } = await reader.activity({ ...RANGE, interval: "day" });
        expect(totals.events).to.be.within(least, submitted);
        expect(points.reduce((sum, point) => sum + point.events, 0)).to.equal(totals.events);
        reports++;
      }
    };
    await Promise.all([write(), read()]);

    expect(reports).to.be.greaterThan(5);
    await expectReports(reader, events, "UTC");
  });

  it("loses and doubles nothing when it breaks off at any of its writes", async () => {
    const writer = await open(NEVER);
    const events = spread(60);
    for (let at = 0; at < 60; at += 10) await writer.submit(events.slice(at, at + 10));
    const failing = await open({ ...CONSTANTLY, abandonedAfter: -1 });
    let left = 0;
    const breakAfter = (writes: number): void => {
      left = writes;
      table.proxy.rule = (call) => (isCompaction(call) && --left < 0 ? SERVER_ERROR : undefined);
    };
    for (const writes of [0, 1, 7, 20]) {
      breakAfter(writes);
      // A report finds the deltas, and begins to fold them.
      expect((await failing.activity({ ...RANGE, interval: "day" })).totals).to.include({
        events: 60,
        activeUsers: 12,
      });
      await sleep(50);
    }
    expect(await deltas()).to.be.greaterThan(0);
    table.proxy.rule = () => undefined;
    await failing.activity({ ...RANGE, interval: "day" });

    await noDeltas();
    await expectReports(failing, events, "UTC");
  });

  it("counts once when the answer to its transaction is lost", async () => {
    const service = await open(CONSTANTLY);
    let lost = 0;
    table.proxy.rule = (call) => {
      if (!deletes(call) || lost >= 3) return undefined;
      lost++;
      return { kind: "lose-answer" };
    };
    const events = spread(60);
    for (let at = 0; at < 60; at += 10) await service.submit(events.slice(at, at + 10));

    await noDeltas();
    expect(lost).to.be.greaterThan(0);
    await expectReports(service, events, "UTC");
  });

  it("stops between two calls when the service closes, and another task folds", async () => {
    let release = (): void => undefined;
    const until = new Promise<void>((resolve) => (release = resolve));
    let folding = 0;
    table.proxy.rule = ({ operation }) => {
      if (operation !== "PutItem") return undefined;
      folding++;
      return { kind: "delay", until };
    };
    const service = await open(CONSTANTLY);
    const events = spread(20);
    await service.submit(events.slice(0, 10));
    await service.submit(events.slice(10));
    while (folding === 0) await sleep(10);
    const closed = service.close();
    release();
    await closed;

    expect(table.proxy.calls.filter(deletes)).to.deep.equal([]);
    const next = await open({ ...CONSTANTLY, abandonedAfter: -1 });
    await next.activity({ ...RANGE, interval: "day" });
    await noDeltas();
    await expectReports(next, events, "UTC");
  });

  it("does not hold up the end of a service whose table hangs", async () => {
    let hanging = 0;
    table.proxy.rule = (call) => {
      if (!isCompaction(call)) return undefined;
      hanging++;
      return { kind: "hang" };
    };
    const service = await table.open({
      compaction: CONSTANTLY,
      table: { callTimeout: 2000, deadline: 15_000 },
    });
    const events = spread(20);
    await service.submit(events.slice(0, 10));
    await service.submit(events.slice(10));
    while (hanging === 0) await sleep(10);
    const before = performance.now();
    await service.close();
    expect(performance.now() - before).to.be.below(5000);
  });
});

/** Events of twelve users around two midnights, in no order. */
function spread(count: number): UsageEvent[] {
  return Array.from({ length: count }, (_, index) =>
    event({
      id: `event-${String(index)}`,
      user: `user-${String((index * 7) % 12)}`,
      feature: ["search", "export", "billing"][index % 3] ?? "",
      time: BEGIN + (4 + (index % 2)) * DAY - HOUR / 2 + ((index * 791_000) % HOUR),
    }),
  );
}

function isCompaction(call: Call): boolean {
  return call.operation === "PutItem" || deletes(call);
}

function deletes({ operation, body }: Call): boolean {
  return (
    operation === "TransactWriteItems" &&
    (body["TransactItems"] as object[]).some((action) => "Delete" in action)
  );
}
