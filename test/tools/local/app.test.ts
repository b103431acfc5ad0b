import { expect } from "chai";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { ROOT, Session } from "../../../tools/local/session.ts";
import { until } from "./fixture/harness.ts";

interface Sent {
  accepted: number;
  failures: string[];
}

/** Most events that each client of a test sends, and its pause between two: a bounded load. */
const MOST = 2000;
const PAUSE_MS = 5;

describe("the real app on this machine", function () {
  this.timeout(60_000);
  let session: Session;
  let data: string;
  let url: string;
  let sent: number;

  before(async () => {
    data = await mkdtemp(join(tmpdir(), "local-app-"));
    const options = { help: false, stack: "dev", docker: false, port: 0, tasks: 2, watch: false };
    const environment = { DATA_DIR: data, LOG_LEVEL: "warn" };
    session = await Session.open({ ...options, config: {}, environment }, ROOT);
    url = session.run.url.origin;
    sent = 0;
    const outcome = await session.start();
    expect(outcome.status, outcome.lastLines.join("\n")).to.equal("completed");
  });
  after(async () => {
    await session.run.stop();
    await rm(data, { recursive: true });
  });

  /** Posts one event with an id of its own. */
  async function post(): Promise<Response> {
    sent += 1;
    const event = {
      id: `e${String(sent)}`,
      name: "opened",
      user: `u${String(sent)}`,
      feature: "search",
    };
    return fetch(`${url}/v1/events`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...event, time: new Date().toISOString() }),
    });
  }

  async function postUntil(stop: AbortSignal, clients: number): Promise<Sent> {
    const result: Sent = { accepted: 0, failures: [] };
    const client = async (): Promise<void> => {
      for (let n = 0; n < MOST && !stop.aborted; n += 1) {
        try {
          const response = await post();
          await response.arrayBuffer();
          if (response.ok) result.accepted += 1;
          else result.failures.push(String(response.status));
        } catch (error) {
          result.failures.push(String((error as Error).cause ?? error));
        }
        await wait(PAUSE_MS);
      }
    };
    await Promise.all(Array.from({ length: clients }, client));
    return result;
  }

  /** Events of this month, as each task answers by itself. */
  async function eventsByTask(): Promise<number[]> {
    const answers = session.run.service.tasks.map(async ({ running }) => {
      const response = await fetch(`http://127.0.0.1:${String(running.port)}/v1/kpis`);
      const report = (await response.json()) as { monthlyEvents: number };
      return report.monthlyEvents;
    });
    return Promise.all(answers);
  }

  it("takes an event and reports it, whichever task is asked", async () => {
    const response = await post();

    expect(response.status).to.be.within(200, 202);
    expect(await eventsByTask()).to.deep.equal([1, 1]);
    const report = await fetch(`${url}/v1/kpis`);
    expect(report.status).to.equal(200);
  });

  it("replaces its tasks under load without losing a request or an event", async () => {
    const [before] = await eventsByTask();
    const stop = new AbortController();
    const running = postUntil(stop.signal, 6);

    const outcome = await session.replace();
    stop.abort();
    const { accepted, failures } = await running;

    expect(outcome.status).to.equal("completed");
    expect(failures).to.deep.equal([]);
    expect(accepted).to.be.above(50);
    const events = (before ?? 0) + accepted;
    expect(await eventsByTask()).to.deep.equal([events, events]);
    expect(session.run.service.tasks.map((task) => task.id)).to.deep.equal([3, 4]);
  });

  it("loses at most the requests of a killed task, and no accepted event", async () => {
    const [before] = await eventsByTask();
    const { service, group, balancer } = session.run;
    const victim = service.tasks[0];
    let inFlight = 0;
    let avoided = true;
    balancer.on("connectionError", ({ target }) => {
      avoided &&= target.asideUntil > performance.now();
      inFlight = Math.max(inFlight, target.inFlight);
    });
    const stop = new AbortController();
    const running = postUntil(stop.signal, 8);
    await until(() => (victim?.target.inFlight ?? 0) >= 2, "requests in flight");

    process.kill(victim?.running.pid ?? 0, "SIGKILL");
    await until(() => service.tasks.every((task) => task !== victim), "task gone");
    await until(
      () => group.targets.filter((target) => target.state === "healthy").length === 2,
      "another task",
    );
    stop.abort();
    const { accepted, failures } = await running;

    expect(avoided).to.equal(true);
    expect(failures.length).to.be.within(1, inFlight);
    expect(new Set(failures)).to.deep.equal(new Set(["502"]));
    const [events, again] = await eventsByTask();
    expect(again).to.equal(events);
    // An event may be stored although its answer was lost.
    expect(events).to.be.within(
      (before ?? 0) + accepted,
      (before ?? 0) + accepted + failures.length,
    );
  });
});
