import { expect } from "chai";
import { deploymentArn, STARTED, stoppedTask, type World } from "./answers.ts";
import { CRASHES, OLD, run } from "./run.ts";
import { awsError } from "./stub.ts";

describe("verify, a deployment that shifts traffic", () => {
  it("stops a canary whose tasks fail, because ECS has no circuit breaker for it", async () => {
    const canary = (status: string, stopped: object[] = []): World => ({
      strategy: "CANARY",
      primary: status === "ROLLBACK_SUCCESSFUL" ? 42 : 43,
      deployment: {
        status,
        stage: "SCALE_UP",
        target: { revision: 43, running: 1, weight: 0 },
        source: { ...OLD, weight: 100 },
      },
      stopped,
      health: [],
    });

    const result = await run([
      canary("IN_PROGRESS"),
      canary("IN_PROGRESS", CRASHES.slice(0, 2)),
      canary("IN_PROGRESS", CRASHES),
      canary("ROLLBACK_IN_PROGRESS", CRASHES),
      canary("ROLLBACK_SUCCESSFUL", CRASHES),
    ]);

    expect(result.lines).to.deep.equal([
      "starting tasks: 1 of 3 tasks running, 0 healthy, 0 % of traffic",
      "starting tasks: 1 of 3 tasks running, 0 healthy, 0 % of traffic, 2 failed",
      "rolling back: 1 of 3 tasks running, 0 healthy, 0 % of traffic, 3 failed",
    ]);
    expect(result.calls.filter(({ command }) => command === "StopServiceDeployment")).to.deep.equal(
      [
        {
          command: "StopServiceDeployment",
          input: { serviceDeploymentArn: deploymentArn(43), stopType: "ROLLBACK" },
        },
      ],
    );
    expect(result.message).to.equal(
      [
        "the deployment was rolled back: revision 43 is not running, revision 42 is.",
        "  why     3 tasks of revision 43 stopped: essential container exited, exit code 1 (after 2.2 s, 2.1 s, 2.0 s)",
        "  why     ECS has no circuit breaker for this strategy, so the verification asked for the rollback",
        "  cause   the app ended with exit code 1: it logged nothing",
        "  traffic revision 42 serves with 3 tasks",
        "  next    fix it and run `pulumi up` again, or `npm run rollback -- prod` to make the state agree with revision 42",
        "  logs    npm run logs -- prod --task 3b2c4d --tail 50",
      ].join("\n"),
    );
  });

  it("does not mind that a deployment ended by itself just before it was stopped", async () => {
    const canary = (status: string): World => ({
      strategy: "CANARY",
      primary: status === "IN_PROGRESS" ? 43 : 42,
      deployment: { status, stage: "SCALE_UP", target: { revision: 43, running: 1 }, source: OLD },
      stopped: CRASHES,
    });
    const result = await run([canary("IN_PROGRESS"), canary("ROLLBACK_SUCCESSFUL")], {
      StopServiceDeployment: awsError("ConflictException", "The deployment is not in progress."),
    });
    expect(result.state).to.equal("rolled-back");
  });

  it("leaves a canary that hangs undecided at the deadline, after its bake times, and stops nothing", async () => {
    const hanging: World = {
      strategy: "CANARY",
      primary: 43,
      deployment: {
        status: "IN_PROGRESS",
        stage: "PRODUCTION_TRAFFIC_SHIFT",
        target: { revision: 43, running: 3 },
        source: OLD,
      },
    };

    const result = await run([hanging]);

    expect(result.state).to.equal("undecided");
    // (120 + 30 + 20 + 30 + 45 + 60) x 1.5, 10 minutes of baking and a minute of watching, at the next poll.
    expect(result.seconds).to.equal(1125);
    expect(result.calls.map(({ command }) => command)).not.to.include("StopServiceDeployment");
    expect(result.lines).to.deep.equal([
      // ECS says no weight here, so the rule's does.
      "shifting traffic: 3 of 3 tasks running, 3 healthy, 10 % of traffic",
    ]);
    expect(result.message).to.equal(
      [
        "undecided: the deployment did not finish in 19 min: 3 of 3 tasks of revision 43 run. It was not stopped.",
        "  cause   unknown: no task failed, no target is unhealthy, and the log says nothing",
        "  traffic revision 42 has 3 running tasks, revision 43 3 healthy targets and 10 % of the traffic",
        "  next    ECS goes on trying: `npm run verify -- prod` goes on waiting, `npm run rollback -- prod` goes back",
        "  logs    npm run logs -- prod --since 15m",
      ].join("\n"),
    );
  });

  for (const stage of [
    "PRODUCTION_TRAFFIC_SHIFT",
    "POST_PRODUCTION_TRAFFIC_SHIFT",
    "BAKE_TIME",
    "CLEAN_UP",
  ])
    it(`stops nothing for failed tasks at ${stage}, where traffic has moved`, async () => {
      const result = await run([
        {
          strategy: "CANARY",
          primary: 43,
          deployment: { status: "IN_PROGRESS", stage, target: { revision: 43 }, source: OLD },
          stopped: CRASHES,
        },
      ]);
      expect(result.state).to.equal("undecided");
      expect(result.calls.map(({ command }) => command)).not.to.include("StopServiceDeployment");
      expect(result.message.split("\n")[1]).to.equal(
        "  why     3 tasks of revision 43 stopped: essential container exited, exit code 1 (after 2.2 s, 2.1 s, 2.0 s)",
      );
    });

  it("does not count tasks of another revision, of an older deployment, or that Spot took", async () => {
    const result = await run([
      {
        strategy: "BLUE_GREEN",
        primary: 43,
        deployment: {
          status: "IN_PROGRESS",
          stage: "BAKE_TIME",
          target: { revision: 43, running: 3, weight: 100 },
          source: { ...OLD, weight: 0 },
        },
        stopped: [
          stoppedTask("a", { revision: 42, exitCode: 1 }),
          stoppedTask("b", { exitCode: 1, createdAt: new Date(STARTED.getTime() - 1000) }),
          stoppedTask("c", { stopCode: "SpotInterruption" }),
          stoppedTask("d", {
            stopCode: "ServiceSchedulerInitiated",
            stoppedReason: "Scaling activity initiated by deployment ecs-svc/123",
          }),
        ],
      },
      {
        strategy: "BLUE_GREEN",
        deployment: { status: "SUCCESSFUL", target: { revision: 43, running: 3 }, source: OLD },
      },
    ]);

    expect(result.state).to.equal("succeeded");
    expect(result.lines).to.deep.equal([
      "baking: 3 of 3 tasks running, 3 healthy, 100 % of traffic",
    ]);
  });

  it("returns at once from a deployment that waits for approval", async () => {
    const result = await run([
      {
        strategy: "BLUE_GREEN",
        primary: 43,
        deployment: {
          status: "IN_PROGRESS",
          stage: "POST_SCALE_UP",
          target: { revision: 43, running: 3, weight: 0 },
          source: { ...OLD, weight: 100 },
          hooks: [
            {
              hookId: "ecs-pause-e7tK9G",
              targetType: "PAUSE",
              status: "AWAITING_ACTION",
              expiresAt: new Date("2026-03-01T14:00:00Z"),
              timeoutAction: "ROLLBACK",
            },
          ],
        },
      },
    ]);

    expect(result.ok).to.be.true;
    expect(result.seconds).to.equal(0);
    expect(result.message).to.equal(
      "awaiting approval: revision 43 waits for `npm run approve -- prod` or `npm run reject -- prod`; without a decision it is rolled back at 2026-03-01 14:00 UTC",
    );
  });
});
