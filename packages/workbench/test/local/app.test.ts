import { expect } from "chai";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Example } from "../../src/project/app-examples.ts";
import { Session } from "../../src/local/session.ts";
import { send } from "../../src/local/rehearse/load.ts";
import { appExamples, dataIn, ROOT } from "../../../../test/helpers/app.ts";
import { until } from "./fixture/harness.ts";

interface Sent {
  answered: number;
  failures: string[];
}

/** Most requests that each client of a test sends, and its pause between two: a bounded load. */
const MOST = 2000;
const PAUSE_MS = 5;

describe("the app of this repository on this machine", function () {
  let session: Session;
  let data: string;
  let examples: Example[];

  before(async () => {
    data = await mkdtemp(join(tmpdir(), "local-app-"));
    const options = { stack: "dev", docker: false, port: 0, tasks: 2, watch: false };
    session = await Session.open({ ...options, config: {}, environment: await dataIn(data) }, ROOT);
    examples = await appExamples(session.spec.targetGroups[0].healthCheck.path);
    const outcome = await session.start();
    expect(outcome.status, outcome.lastLines.join("\n")).to.equal("completed");
  });
  after(async () => {
    await session.run.stop();
    await rm(data, { recursive: true });
  });

  /** Sends an example: its status, or that its connection broke. */
  async function call(url: URL, number: number): Promise<string> {
    const example = examples[number % examples.length];
    if (example === undefined) throw new Error("there is always an example");
    const { authorization } = session.local;
    const headers =
      authorization === undefined ? {} : { [authorization.header]: authorization.value };
    return String((await send(url, undefined, example, headers)) ?? "broken");
  }

  async function callUntil(stop: AbortSignal, clients: number): Promise<Sent> {
    const result: Sent = { answered: 0, failures: [] };
    const client = async (_: unknown, first: number): Promise<void> => {
      for (let n = first; n < MOST && !stop.aborted; n += 1) {
        const status = await call(session.run.url, n);
        if (/^[23]\d\d$/.test(status)) result.answered += 1;
        else result.failures.push(status);
        await wait(PAUSE_MS);
      }
    };
    await Promise.all(Array.from({ length: clients }, client));
    return result;
  }

  it("answers its own examples, whichever task is asked", async () => {
    for (const { running } of session.run.service.tasks)
      for (const number of examples.keys())
        expect(await call(new URL(`http://127.0.0.1:${running.port}`), number)).to.match(
          /^[23]\d\d$/,
        );
  });

  it("replaces its tasks under load without losing a request", async () => {
    const stop = new AbortController();
    const running = callUntil(stop.signal, 6);

    const outcome = await session.replace();
    stop.abort();
    const { answered, failures } = await running;

    expect(outcome.status).to.equal("completed");
    expect(failures).to.deep.equal([]);
    // Some callers more than once: how often, the machine decides.
    expect(answered).to.be.above(6);
    expect(session.run.service.tasks.map((task) => task.id)).to.deep.equal([3, 4]);
  });

  it("loses at most the requests of a killed task", async () => {
    const { service, group, balancer } = session.run;
    const victim = service.tasks[0];
    let inFlight = 0;
    let avoided = true;
    balancer.on("connectionError", ({ target }) => {
      // One that the group let go of already gets nothing in any case.
      avoided &&= !group.targets.includes(target) || target.asideUntil > performance.now();
      inFlight = Math.max(inFlight, target.inFlight);
    });
    const stop = new AbortController();
    const running = callUntil(stop.signal, 8);
    // Stopped first, so that requests are under way when it ends, however fast it answers.
    const pid = victim?.running.pid ?? 0;
    process.kill(pid, "SIGSTOP");
    await until(() => (victim?.target.inFlight ?? 0) >= 2, "requests in flight");

    process.kill(pid, "SIGKILL");
    await until(() => service.tasks.every((task) => task !== victim), "task gone");
    await until(
      () => group.targets.filter((target) => target.state === "healthy").length === 2,
      "another task",
    );
    stop.abort();
    const { failures } = await running;

    expect(avoided).to.equal(true);
    expect(failures.length).to.be.within(1, inFlight);
    expect(new Set(failures)).to.deep.equal(new Set(["502"]));
  });
});
