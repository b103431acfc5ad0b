import { expect } from "chai";
import { STARTED, stoppedTask, SUBJECT, taskDefinition, type World } from "./answers.ts";
import { OLD, run } from "./run.ts";

const minutes = (n: number): Date => new Date(STARTED.getTime() + n * 60_000);
const healthy = (...addresses: string[]): object[] =>
  addresses.map((Id) => ({ Target: { Id }, TargetHealth: { State: "healthy" } }));

describe("verify, whether what was deployed stays up", () => {
  it("looks once at a service on which nothing was deployed", async () => {
    const result = await run([
      { deployment: { status: "SUCCESSFUL", target: { revision: 43, running: 3 }, source: OLD } },
    ]);
    expect([result.message, result.seconds]).to.deep.equal([
      "revision 43 runs: 3 of 3 tasks, 3 healthy",
      0,
    ]);
  });

  it("goes on looking where such a service is short, until it was complete for a minute", async () => {
    const world = (running: number): World => ({
      running,
      deployment: { status: "SUCCESSFUL", target: { revision: 43, running: 3 }, source: OLD },
    });
    const result = await run([world(2), world(2), world(3)]);
    expect([result.message, result.seconds]).to.deep.equal([
      "revision 43 runs: 3 of 3 tasks, 3 healthy, stable for 60 s",
      10 + 60,
    ]);
  });

  it("watches a deployment that ended less than a minute ago", async () => {
    const result = await run([
      {
        deployment: {
          status: "SUCCESSFUL",
          finishedAt: new Date(minutes(30).getTime() - 59_000),
          target: { revision: 43, running: 3 },
          source: OLD,
        },
      },
    ]);
    expect([result.state, result.seconds]).to.deep.equal(["succeeded", 60]);
  });

  it("fails a first deployment that crashes again and again, though ECS calls it completed", async () => {
    const crash = (id: string, after: number): object =>
      stoppedTask(id, {
        revision: 1,
        exitCode: 1,
        lifetimeSeconds: 1.2,
        createdAt: minutes(after),
      });
    const crashes = [crash("aa11", 30), crash("bb22", 31), crash("cc33", 32)];
    const world = (failed: number): World => ({
      desired: 1,
      running: failed % 2,
      health: [],
      rollouts: [
        {
          id: "ecs-svc/4001",
          status: "PRIMARY",
          taskDefinition: taskDefinition(1),
          rolloutState: "COMPLETED",
          createdAt: minutes(29),
          updatedAt: minutes(30),
          desiredCount: 1,
          runningCount: failed % 2,
        },
      ],
      stopped: crashes.slice(0, failed),
      log: ["TABLE_NAME is not set"],
    });

    const result = await run(
      [world(0), world(1), world(1), world(2), world(3)],
      {},
      {
        ...SUBJECT,
        stack: "dev",
        taskDefinitionArn: taskDefinition(1),
      },
    );

    expect(result.state).to.equal("unstable");
    expect(result.ok).to.be.false;
    expect(result.seconds).to.equal(20);
    expect(result.message).to.equal(
      [
        "revision 1 does not stay up: ECS called its deployment done, but its tasks stop again. Now 1 of 1 task runs, 0 are healthy.",
        "  why     3 tasks of revision 1 stopped: essential container exited, exit code 1 (after 1.2 s, 1.2 s, 1.2 s)",
        '  cause   the app refused its configuration: "TABLE_NAME is not set" (last line of the log)',
        "  traffic no healthy target of revision 1, and no other revision",
        "  log     TABLE_NAME is not set",
        "  next    fix it and run `pulumi up` again",
        "  logs    npm run logs -- dev --task cc33 --tail 50",
      ].join("\n"),
    );
  });

  it("does not take the deployment before for the new one of the same task definition, which the list does not show yet", async () => {
    const before: World = {
      deployment: { status: "SUCCESSFUL", target: { revision: 43, running: 3 }, source: OLD },
    };
    const primary = {
      id: "ecs-svc/4044",
      status: "PRIMARY",
      createdAt: minutes(29),
      taskDefinition: taskDefinition(43),
      desiredCount: 3,
      runningCount: 0,
      rolloutState: "IN_PROGRESS",
    };
    const result = await run([
      { ...before, rollouts: [primary] },
      { ...before, rollouts: [primary] },
      { deployment: { status: "ROLLBACK_SUCCESSFUL", target: { revision: 43 }, source: OLD } },
    ]);
    expect([result.state, result.seconds, result.lines]).to.deep.equal([
      "rolled-back",
      10,
      ["waiting for ECS to show the deployment"],
    ]);
  });

  it("does not count the old revision's targets while both run in one target group", async () => {
    const both = (...addresses: string[]): World => ({
      deployment: { status: "IN_PROGRESS", target: { revision: 43, running: 3 }, source: OLD },
      rollouts: [
        { status: "PRIMARY", taskDefinition: taskDefinition(43), runningCount: 3, desiredCount: 3 },
        { status: "ACTIVE", taskDefinition: taskDefinition(42), runningCount: 3 },
      ],
      health: healthy("10.0.0.1", "10.0.0.2", "10.0.0.3", ...addresses),
    });
    const task = (revision: number, address: string): object => ({
      taskArn: `task/${address}`,
      taskDefinitionArn: taskDefinition(revision),
      attachments: [{ details: [{ name: "privateIPv4Address", value: address }] }],
    });
    const tasks = ["1", "2", "3"].flatMap((n) => [
      task(42, `10.0.0.${n}`),
      task(43, `10.0.1.${n}`),
    ]);
    const result = await run(
      [
        both(),
        both("10.0.1.1"),
        both("10.0.1.1", "10.0.1.2", "10.0.1.3"),
        { deployment: { status: "SUCCESSFUL", target: { revision: 43, running: 3 }, source: OLD } },
      ],
      {
        ListTasks: ({ desiredStatus }: { desiredStatus: string }) => ({
          taskArns: desiredStatus === "RUNNING" ? ["all"] : [],
        }),
        DescribeTasks: { tasks },
      },
    );
    expect(result.lines).to.deep.equal([
      "deploying: 3 of 3 tasks running, 0 healthy",
      "deploying: 3 of 3 tasks running, 1 healthy",
      "deploying: 3 of 3 tasks running, 3 healthy",
      "deployed, watching that it stays up: 3 of 3 tasks running, 3 healthy",
    ]);
    // From the first look that had everything, not from ECS's end of the deployment.
    expect(result.seconds).to.equal(10 + 60);
  });

  it("takes no offence at tasks that Spot or scale-in ended", async () => {
    const taken = [
      stoppedTask("a", { stopCode: "SpotInterruption", exitCode: 143 }),
      stoppedTask("b", {
        stopCode: "ServiceSchedulerInitiated",
        stoppedReason: "Scaling activity initiated by (deployment ecs-svc/4043)",
        exitCode: 143,
      }),
    ];
    const result = await run([
      {
        desired: 2,
        deployment: { status: "SUCCESSFUL", target: { revision: 43, running: 2 }, source: OLD },
        stopped: taken,
      },
    ]);
    expect([result.state, result.seconds]).to.deep.equal(["succeeded", 0]);
  });

  it("is undecided, with nothing stopped, about a service that stays short without a failure", async () => {
    const result = await run([
      {
        running: 2,
        health: healthy("10.0.1.1", "10.0.1.2"),
        deployment: { status: "SUCCESSFUL", target: { revision: 43, running: 2 }, source: OLD },
      },
    ]);
    expect(result.state).to.equal("undecided");
    expect(result.message.split("\n")[0]).to.equal(
      "undecided: revision 43 is deployed, but was not complete for long enough in 9 min. Now 2 of 3 tasks run, 2 are healthy.",
    );
    expect(result.calls.map(({ command }) => command)).not.to.include("StopServiceDeployment");
  });
});
