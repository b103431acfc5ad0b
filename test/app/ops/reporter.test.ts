import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mock } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { expect } from "chai";
import type { EventsService } from "../../../app/src/events/service.ts";
import { InFlight } from "../../../app/src/http/in-flight.ts";
import { Metrics } from "../../../app/src/ops/metrics.ts";
import { Reporter } from "../../../app/src/ops/reporter.ts";
import { openEventsService } from "../../../app/src/store/open.ts";
import { captureLog } from "../helpers/server.ts";

const MIDNIGHT = Date.UTC(2026, 10, 22);

describe("Reporter", () => {
  let directory = "";
  let events: EventsService;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "store-"));
    events = await openEventsService({ store: { kind: "sqlite", directory } });
    mock.timers.enable({ apis: ["setInterval", "Date"], now: MIDNIGHT - 90_000 });
  });

  afterEach(async () => {
    mock.timers.reset();
    await events.close();
    await rm(directory, { recursive: true });
  });

  it("tells once a minute how many users were active today, in UTC", async () => {
    const { log, logLines } = captureLog();
    const metrics = new Metrics({ namespace: "n", service: "s", worker: 0 });
    const inFlight = new InFlight(1024);
    const reporter = new Reporter({ log, metrics, events, inFlight, reportsActiveUsers: true });
    const active = (): unknown[] =>
      logLines().flatMap((line) => ("ActiveUsers" in line ? [line["ActiveUsers"]] : []));
    await events.submit(
      [
        { id: "a", user: "one", time: MIDNIGHT - 86_400_001 },
        { id: "b", user: "two", time: MIDNIGHT - 1 },
        { id: "c", user: "three", time: MIDNIGHT - 1 },
        { id: "d", user: "two", time: MIDNIGHT - 5000 },
        { id: "e", user: "two", time: MIDNIGHT },
      ].map((event) => ({ name: "opened", feature: "search", ...event })),
    );
    reporter.start();
    expect(active()).to.deep.equal([]);
    mock.timers.tick(60_000);
    while (active().length < 1) await turn();
    mock.timers.tick(60_000);
    while (active().length < 2) await turn();
    reporter.stop();

    expect(active()).to.deep.equal([2, 1]);
  });
});
