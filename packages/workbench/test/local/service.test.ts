import { expect } from "chai";
import { LOOPBACK, TASK_HOST } from "../../src/local/task-address.ts";
import { Balancer } from "../../src/local/balancer/balancer.ts";
import type { TargetGroup } from "../../src/local/balancer/target-group.ts";
import { LocalService } from "../../src/local/service.ts";
import type { ServiceOptions, TaskEvent } from "../../src/local/service-types.ts";
import { fixtureRevision, load, targetGroupSpec, until } from "./fixture/harness.ts";

describe("LocalService", function () {
  let balancer: Balancer;
  let group: TargetGroup;
  let service: LocalService;
  let url: string;
  let events: TaskEvent[];

  async function start(
    deployment: Partial<ServiceOptions["deployment"]> = {},
    options: Partial<ServiceOptions> = {},
    { intervalSeconds = 1 } = {},
  ) {
    balancer = new Balancer({ idleTimeoutSeconds: 60 });
    // How long a process takes to start is the machine's business: nothing is unhealthy for that.
    group = balancer.addGroup(targetGroupSpec({ intervalSeconds }), {
      initialIntervalSeconds: 0.02,
      checkOnceListening: true,
    });
    balancer.on("connectionError", ({ target }) => {
      group.setAside(target, 10_000);
    });
    url = (await balancer.listen(0)).origin;
    service = new LocalService({
      group,
      clock: balancer.clock,
      stopTimeoutSeconds: 60,
      batch: 1,
      deployment: {
        desiredCount: 2,
        minimumHealthyPercent: 100,
        maximumPercent: 200,
        healthCheckGraceSeconds: 5,
        ...deployment,
      },
      ...options,
    });
    events = [];
    service.on("task", (event) => events.push(event));
  }

  const revisions = () => service.tasks.map((task) => task.revision.name);
  const kinds = () =>
    events.map((event) =>
      event.kind === "delayed" ? event.kind : `${event.kind} ${String(event.task.id)}`,
    );

  afterEach(async () => {
    service.kill();
    await Promise.all(service.tasks.map((task) => task.gone));
    balancer.destroy();
  });

  it("starts the desired number of tasks and reports when all are healthy", async () => {
    await start();

    const outcome = await service.deploy(fixtureRevision("one"));

    expect(outcome).to.deep.equal({
      status: "completed",
      revision: "one",
      failedTasks: 0,
      lastLines: [],
    });
    expect(kinds().sort()).to.deep.equal(["healthy 1", "healthy 2", "started 1", "started 2"]);
    expect(group.targets.map((target) => target.state)).to.deep.equal(["healthy", "healthy"]);
    const ports = service.tasks.map((task) => task.running.port);
    expect(new Set(ports).size).to.equal(2);
  });

  it("passes each line of output on with the number of its task", async () => {
    await start({ desiredCount: 1 });
    const lines: string[] = [];
    service.on("line", ({ task, line, stream }) => lines.push(`${String(task)} ${stream} ${line}`));

    await service.deploy(fixtureRevision("one"));
    const pid = String(service.tasks[0]?.running.pid);
    await service.stop();

    expect(lines[0]).to.equal(`1 stdout listening, pid ${pid}`);
    expect(lines[1]).to.match(/^1 stdout SIGTERM after \d+ ms$/);
    expect(lines).to.have.length(2);
  });

  it("replaces all tasks under load without losing a request", async () => {
    await start();
    await service.deploy(fixtureRevision("one"));
    const stop = new AbortController();
    const running = load(`${url}/slow?ms=5`, 10, stop.signal);

    const outcome = await service.deploy(fixtureRevision("two"));
    stop.abort();
    const result = await running;

    expect(outcome.status).to.equal("completed");
    expect(revisions()).to.deep.equal(["two", "two"]);
    expect(result.failures).to.deep.equal([]);
    expect(result.answered).to.be.above(10);
    const stopped = events.filter((event) => event.kind === "stopped");
    expect(stopped.map((event) => [event.task.id, event.reason, event.wanted])).to.deep.equal([
      [1, "exit code 0", true],
      [2, "exit code 0", true],
    ]);
  });

  it("loses at most the requests in flight when a task is killed, and starts another", async () => {
    await start();
    await service.deploy(fixtureRevision("one"));
    const stop = new AbortController();
    const running = load(`${url}/slow?ms=40`, 12, stop.signal);
    const victim = service.tasks[0];
    await until(() => (victim?.target.inFlight ?? 0) >= 4, "requests in flight");

    // What the task is serving when its end shows: later requests have to go elsewhere.
    let inFlight = 0;
    balancer.on("connectionError", ({ target }) => {
      inFlight = Math.max(inFlight, target.inFlight);
    });
    process.kill(victim?.running.pid ?? 0, "SIGKILL");
    await until(() => service.tasks.every((task) => task !== victim), "task gone");
    expect(group.targets.map((target) => target.label)).not.to.include("task 1");
    await until(() => group.targets.filter((t) => t.state === "healthy").length === 2, "restart");
    stop.abort();
    const result = await running;

    expect(result.failures.length).to.be.within(1, inFlight);
    expect(new Set(result.failures)).to.deep.equal(new Set(["502"]));
    expect(service.tasks.map((task) => task.id)).to.deep.equal([2, 3]);
    expect(events.find((event) => event.kind === "stopped")).to.deep.include({
      reason: "ended by SIGKILL",
      wanted: false,
    });
  });

  it("replaces a task that turns unhealthy, and stops it only then", async () => {
    await start({ healthCheckGraceSeconds: 0.5 }, {}, { intervalSeconds: 0.2 });
    await service.deploy(fixtureRevision("one"));
    const sick = service.tasks[0];

    await fetch(`http://127.0.0.1:${String(sick?.running.port)}/unready`);
    await until(() => service.tasks.length === 2 && !service.tasks.includes(sick as never), "swap");

    expect(kinds().slice(4)).to.deep.equal([
      "unhealthy 1",
      "failed 1",
      "started 3",
      "healthy 3",
      "draining 1",
      "stopped 1",
    ]);
  });

  it("goes back to the tasks before when it is told to, and only while it deploys", async () => {
    await start();
    await service.deploy(fixtureRevision("one"));
    const before = service.tasks.map(({ id }) => id);
    expect(service.rollBack("nothing to give up")).to.equal(false);

    const deploying = service.deploy(fixtureRevision("two"));
    await until(() => revisions().includes("two"), "a task of the new revision");
    expect(service.rollBack("an alarm fired")).to.equal(true);
    const outcome = await deploying;

    expect(outcome).to.deep.equal({
      status: "rolled-back",
      revision: "two",
      failedTasks: 0,
      reason: "an alarm fired",
      lastLines: [],
    });
    await until(() => !revisions().includes("two"), "the end of the new tasks");
    expect(service.tasks.map(({ id }) => id)).to.deep.equal(before);
  });

  it("gives a first deployment up with the reason and the last lines of the task", async () => {
    await start();

    const outcome = await service.deploy(fixtureRevision("bad", { FIXTURE_CRASH: "yes" }), {
      failureThreshold: 1,
    });

    expect(outcome.status).to.equal("failed");
    expect(outcome.failedTasks).to.equal(1);
    expect(outcome.reason).to.match(/^task [12] ended with exit code 3$/);
    expect(outcome.lastLines).to.have.members(["starting", "the fixture refuses to start"]);
    await until(() => service.tasks.length === 0, "everything stopped");
  });

  it("gives an app up that listens on 127.0.0.1 alone, as Fargate would, and says so", async function () {
    if (TASK_HOST === LOOPBACK) this.skip();
    await start({ desiredCount: 1, healthCheckGraceSeconds: 1 }, {}, { intervalSeconds: 0.1 });

    const outcome = await service.deploy(fixtureRevision("bad", { FIXTURE_HOST: "127.0.0.1" }), {
      failureThreshold: 1,
    });

    expect([outcome.status, outcome.reason]).to.deep.equal([
      "failed",
      "task 1 is not healthy: GET /readyz reached nobody: the app listens on 127.0.0.1 alone, which only its own task reaches; let it listen on 0.0.0.0",
    ]);
  });

  it("gives a deployment up that never gets healthy, after the grace period", async () => {
    // Long enough for a busy machine to start it.
    await start({ desiredCount: 1, healthCheckGraceSeconds: 3 }, {}, { intervalSeconds: 0.2 });

    const startedAt = performance.now();
    const outcome = await service.deploy(fixtureRevision("bad", { FIXTURE_NEVER_READY: "yes" }), {
      failureThreshold: 1,
    });

    expect(outcome.reason).to.equal("task 1 is not healthy: GET /readyz answered 503");
    expect(performance.now() - startedAt).to.be.at.least(3000);
  });

  it("goes back to the tasks before when a new revision crashes, as often as ECS would try", async () => {
    await start({ desiredCount: 1 });
    await service.deploy(fixtureRevision("good"));
    const [before] = service.tasks;

    const outcome = await service.deploy(fixtureRevision("bad", { FIXTURE_CRASH: "yes" }));

    expect(outcome.status).to.equal("rolled-back");
    expect(outcome.failedTasks).to.equal(3);
    expect(service.revision?.name).to.equal("good");
    expect(service.tasks).to.deep.equal([before]);
    expect(events.filter((event) => event.kind === "delayed")).to.deep.include.members([]);
    expect((await fetch(url + "/whoami")).status).to.equal(200);
  });

  it("waits longer before each start of a task that keeps crashing", async () => {
    await start({ desiredCount: 1 }, {});
    await service.deploy(fixtureRevision("one"));

    for (let crash = 1; crash <= 2; crash += 1) {
      await fetch(`${url}/crash`);
      await until(
        () => events.filter((event) => event.kind === "stopped").length === crash,
        "crash",
      );
      if (crash === 1) await until(() => service.tasks[0]?.condition === "healthy", "restart");
    }
    await until(() => events.some((event) => event.kind === "delayed"), "delay");

    const delayed = events.find((event) => event.kind === "delayed");
    expect(delayed?.failedStarts).to.equal(2);
    expect(delayed?.seconds).to.be.within(0.9, 1);
  });

  it("lets a newer deployment take over one in progress", async () => {
    await start({ desiredCount: 1 });
    await service.deploy(fixtureRevision("one"));

    const second = service.deploy(fixtureRevision("two", { FIXTURE_START_MS: "60000" }));
    await until(() => service.tasks.length === 2, "second started");
    const third = service.deploy(fixtureRevision("three"));

    expect((await second).status).to.equal("superseded");
    expect((await third).status).to.equal("completed");
    expect(revisions()).to.deep.equal(["three"]);
  });

  it("kills a task that ignores SIGTERM when the stop timeout is over", async () => {
    await start({ desiredCount: 1 }, { stopTimeoutSeconds: 0.3 });
    await service.deploy(fixtureRevision("deaf", { FIXTURE_IGNORE_SIGTERM: "yes" }));

    await service.stop();

    const stopped = events.filter((event) => event.kind === "stopped");
    expect(stopped.map((event) => [event.reason, event.wanted])).to.deep.equal([
      ["ended by SIGKILL", true],
    ]);
  });

  it("finishes requests in progress when it stops", async () => {
    await start();
    await service.deploy(fixtureRevision("one"));
    const inFlight = fetch(`${url}/slow?ms=300`);
    await until(() => service.tasks.some((task) => task.target.inFlight === 1), "in flight");

    await service.stop();

    expect(await (await inFlight).text()).to.equal("slow");
    expect(service.tasks).to.deep.equal([]);
  });
});
