import { expect } from "chai";
import {
  impossible,
  verify,
  type VerificationResult,
} from "../../../components/verification/verification.ts";
import {
  ACCOUNT,
  answers,
  deploymentArn,
  STARTED,
  stoppedTask,
  SUBJECT,
  taskDefinition,
  type World,
} from "./answers.ts";
import { awsError, FakeClock, stubClients, type Answers, type Call } from "./stub.ts";

interface Run extends VerificationResult {
  seconds: number;
  lines: string[];
  calls: Call[];
}

/** Verifies while the world goes through its states, a poll each; the last one stays. */
async function run(worlds: readonly World[], extra: Answers = {}, subject = SUBJECT): Promise<Run> {
  const clock = new FakeClock();
  const lines: string[] = [];
  // The first question is for the settings, each later one begins an observation.
  let polls = -2;
  const current = (): World => worlds[Math.min(Math.max(polls, 0), worlds.length - 1)] ?? {};
  const { clients, calls } = stubClients(() => ({ ...answers(current()), ...extra }));
  const send = clients.ecs.send.bind(clients.ecs) as (command: object) => Promise<object>;
  clients.ecs.send = ((command: object) => {
    if (command.constructor.name === "DescribeServicesCommand") polls += 1;
    return send(command);
  }) as typeof clients.ecs.send;
  const result = await verify(clients, subject, {
    clock,
    report: (_, text) => lines.push(text),
  });
  return { ...result, seconds: clock.seconds, lines, calls };
}

const old = { revision: 42, running: 3 };
const crash = (id: string, lifetimeSeconds: number) =>
  stoppedTask(id, { exitCode: 1, lifetimeSeconds });
const CRASHES = [crash("1f0c2d4e", 2.1), crash("2a1b3c4d", 2), crash("3b2c4d5e", 2.2)];

describe("verify", () => {
  it("waits for a rolling deployment and reports its progress when it changes", async () => {
    const going = (running: number): World => ({
      primary: 43,
      deployment: { status: "IN_PROGRESS", target: { revision: 43, running }, source: old },
      health: Array.from({ length: running }, () => ({ TargetHealth: { State: "healthy" } })),
    });

    const result = await run([
      going(0),
      going(0),
      going(2),
      { deployment: { status: "SUCCESSFUL", target: { revision: 43, running: 3 }, source: old } },
    ]);

    expect(result.state).to.equal("succeeded");
    expect(result.ok).to.be.true;
    expect(result.message).to.equal("revision 43 runs: 3 of 3 tasks, 1 healthy");
    expect(result.lines).to.deep.equal([
      "deploying: 0 of 3 tasks running, 0 healthy",
      "deploying: 2 of 3 tasks running, 2 healthy",
    ]);
    expect(result.seconds).to.equal(15);
  });

  it("tells that a deployment was rolled back, why, and what to do", async () => {
    const result = await run([
      {
        primary: 42,
        deployment: {
          status: "ROLLBACK_SUCCESSFUL",
          reason:
            "Service deployment rolled back because the circuit breaker threshold was exceeded.",
          target: { revision: 43 },
          source: old,
        },
        stopped: CRASHES,
        log: [
          '{"level":30,"msg":"starting"}',
          '{"level":60,"err":{"type":"Error","message":"EVENTS_TABLE is not set"},"msg":"refused"}',
        ],
      },
    ]);

    expect(result.ok).to.be.false;
    expect(result.state).to.equal("rolled-back");
    expect(result.message).to.equal(
      [
        "the deployment was rolled back: revision 43 is not running, revision 42 is.",
        "  why     3 tasks of revision 43 stopped: essential container exited, exit code 1 (after 2.2 s, 2.1 s, 2.0 s)",
        '  cause   the app refused its configuration: "refused: EVENTS_TABLE is not set" (last line of the log)',
        "  traffic revision 42 serves with 3 tasks",
        "  log     starting",
        "  log     refused: EVENTS_TABLE is not set",
        "  next    mend it and run `pulumi up` again, or `npm run rollback -- prod` to make the state agree with revision 42",
        "  logs    npm run logs -- prod --task 3b2c4d --tail 50",
      ].join("\n"),
    );
  });

  it("fails an `up` without changes after a rollback, though the stack remembers the revision that runs", async () => {
    const result = await run(
      [
        {
          primary: 42,
          deployment: { status: "ROLLBACK_SUCCESSFUL", target: { revision: 43 }, source: old },
        },
      ],
      {},
      { ...SUBJECT, taskDefinitionArn: taskDefinition(42) },
    );

    expect(result.state).to.equal("rolled-back");
    expect(result.message.split("\n")[0]).to.equal(
      "the deployment was rolled back: revision 43 is not running, revision 42 is.",
    );
  });

  it("tells a forced new deployment that was rolled back from the one before it", async () => {
    const result = await run([
      {
        primary: 43,
        deployment: {
          status: "ROLLBACK_SUCCESSFUL",
          reason: "Circuit breaker threshold exceeded.",
          target: { revision: 43 },
          source: { revision: 43, running: 3 },
        },
      },
    ]);

    expect(result.state).to.equal("rolled-back");
    expect(result.message).to.equal(
      [
        "the new deployment of revision 43 was rolled back: its new tasks are gone, the ones from before run.",
        "  why     Circuit breaker threshold exceeded.",
        "  cause   unknown: no task failed, no target is unhealthy, and the log says nothing",
        "  traffic revision 43 serves with 3 tasks",
        "  next    mend it and run `pulumi up` again, or `npm run rollback -- prod` to make the state agree with revision 43",
        "  logs    npm run logs -- prod --since 15m",
      ].join("\n"),
    );
  });

  it("waits for a rollback under way and reports it", async () => {
    const rolling = (status: string): World => ({
      primary: 42,
      deployment: { status, target: { revision: 43 }, source: old },
    });

    const result = await run([rolling("ROLLBACK_IN_PROGRESS"), rolling("ROLLBACK_SUCCESSFUL")]);

    expect(result.state).to.equal("rolled-back");
    expect(result.lines).to.deep.equal(["rolling back: 0 of 3 tasks running, 1 healthy"]);
  });

  it("tells a failed rollback", async () => {
    const result = await run([
      {
        primary: 42,
        deployment: {
          status: "ROLLBACK_FAILED",
          target: { revision: 43, running: 1 },
          source: { revision: 42, running: 2 },
        },
        stopped: [
          stoppedTask("aa11bb22", {
            stopCode: "TaskFailedToStart",
            stoppedReason:
              "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref 123456789012.dkr.ecr.eu-west-1.amazonaws.com/registry@sha256:aaaa: not found",
          }),
        ],
        health: [],
      },
    ]);

    expect(result.message).to.equal(
      [
        "the deployment of revision 43 failed, and so did the rollback to revision 42.",
        "  why     1 task of revision 43 stopped: CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref 123456789012.dkr.ecr.eu-west-1.amazonaws.com/registry@sha256:aaaa: not found",
        "  cause   the image is not in the registry any more: deploy again to build it, or `npm run promote` it again",
        "  traffic revision 42 has 2 running tasks, revision 43 no healthy target",
        "  next    `npm run rollback -- prod` deploys the last revision that worked; then mend it and run `pulumi up` again",
        "  logs    npm run logs -- prod --task aa11bb --tail 50",
      ].join("\n"),
    );
  });

  it("tells a first deployment that never became healthy", async () => {
    const result = await run(
      [
        {
          primary: 1,
          running: 0,
          deployment: { status: "STOPPED", target: { revision: 1 } },
          stopped: [
            stoppedTask("cc33dd44", {
              revision: 1,
              stopCode: "ServiceSchedulerInitiated",
              stoppedReason:
                "Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/load-balancer-blue-1a2b/6d0ecf831eec9f09)",
              exitCode: 143,
              lifetimeSeconds: 61,
            }),
          ],
          health: [
            {
              TargetHealth: {
                State: "unhealthy",
                Reason: "Target.ResponseCodeMismatch",
                Description: "Health checks failed with these codes: [404]",
              },
            },
          ],
        },
      ],
      {},
      { ...SUBJECT, taskDefinitionArn: taskDefinition(1) },
    );

    expect(result.state).to.equal("first-failed");
    expect(result.message).to.equal(
      [
        "the first deployment never became healthy: revision 1 does not run, and there is none before it to go back to.",
        "  why     1 task of revision 1 stopped: Task failed ELB health checks in the target group (after 61.0 s)",
        "  why     1 target of revision 1 is unhealthy: Health checks failed with these codes: [404] (Target.ResponseCodeMismatch)",
        "  cause   the app has no /readyz: it answers 404. Serve it, or set healthPath",
        "  traffic nothing serves",
        "  next    mend it and run `pulumi up` again",
        "  logs    npm run logs -- prod --task cc33dd --tail 50",
      ].join("\n"),
    );
  });

  it("gives an unfinished rolling deployment up at the deadline of its own settings", async () => {
    const result = await run([
      {
        primary: 43,
        deployment: { status: "IN_PROGRESS", target: { revision: 43, running: 1 }, source: old },
        health: [{ TargetHealth: { State: "unhealthy", Reason: "Target.Timeout" } }],
      },
    ]);

    expect(result.state).to.equal("timed-out");
    // (120 start + 30 grace + 2 x 10 checks + 30 deregistration + 45 stop + 60 control) x 1.5, at the next poll.
    expect(result.seconds).to.equal(465);
    expect(result.message).to.equal(
      [
        "the deployment did not finish in 8 min: 1 of 3 tasks of revision 43 run.",
        "  why     1 target of revision 43 is unhealthy: Target.Timeout",
        "  cause   /readyz does not answer within 5 s: the app is too slow to start, listens on 127.0.0.1 alone, or its port 8080 is closed",
        "  traffic revision 42 has 3 running tasks, revision 43 no healthy target",
        "  next    ECS goes on trying: `npm run verify -- prod` goes on waiting, `npm run rollback -- prod` goes back",
        "  logs    npm run logs -- prod --since 15m",
      ].join("\n"),
    );
    expect(result.calls.map(({ command }) => command)).not.to.include("StopServiceDeployment");
  });

  it("stops a canary whose tasks fail, because ECS has no circuit breaker for it", async () => {
    const canary = (status: string, stopped: object[] = []): World => ({
      strategy: "CANARY",
      primary: status === "ROLLBACK_SUCCESSFUL" ? 42 : 43,
      deployment: {
        status,
        stage: "SCALE_UP",
        target: { revision: 43, running: 1, weight: 0 },
        source: { ...old, weight: 100 },
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
        "  next    mend it and run `pulumi up` again, or `npm run rollback -- prod` to make the state agree with revision 42",
        "  logs    npm run logs -- prod --task 3b2c4d --tail 50",
      ].join("\n"),
    );
  });

  it("does not mind that a deployment ended by itself just before it was stopped", async () => {
    const canary = (status: string): World => ({
      strategy: "CANARY",
      primary: status === "IN_PROGRESS" ? 43 : 42,
      deployment: { status, target: { revision: 43, running: 1 }, source: old },
      stopped: CRASHES,
    });
    const result = await run([canary("IN_PROGRESS"), canary("ROLLBACK_SUCCESSFUL")], {
      StopServiceDeployment: awsError("ConflictException", "The deployment is not in progress."),
    });
    expect(result.state).to.equal("rolled-back");
  });

  it("reads the end of the failed task's own log", async () => {
    const { calls } = await run([
      {
        primary: 42,
        deployment: { status: "ROLLBACK_SUCCESSFUL", target: { revision: 43 }, source: old },
        stopped: CRASHES,
      },
    ]);
    expect(calls.find(({ command }) => command === "GetLogEvents")?.input).to.deep.equal({
      logGroupName: "api-9d8c",
      logStreamName: "app/app/3b2c4d5e",
      startFromHead: false,
      limit: 50,
    });
  });

  it("stops a canary that hangs at the deadline, after its bake times", async () => {
    const hanging: World = {
      strategy: "CANARY",
      primary: 43,
      deployment: {
        status: "IN_PROGRESS",
        stage: "PRODUCTION_TRAFFIC_SHIFT",
        target: { revision: 43, running: 3 },
        source: old,
      },
    };

    const result = await run([hanging]);

    expect(result.state).to.equal("timed-out");
    // (120 + 30 + 20 + 30 + 45 + 60) x 1.5 + 10 minutes of baking, then as long again without the baking.
    expect(
      result.calls.filter(({ command }) => command === "StopServiceDeployment"),
    ).to.have.length(1);
    expect(result.lines).to.deep.equal([
      // ECS says no weight here, so the rule's does.
      "shifting traffic: 3 of 3 tasks running, 1 healthy, 10 % of traffic",
      "rolling back: 3 of 3 tasks running, 1 healthy, 10 % of traffic",
    ]);
    expect(result.message.split("\n").slice(0, 3)).to.deep.equal([
      "the rollback of revision 43 did not finish in 26 min.",
      "  why     the deadline passed, so the verification asked for the rollback",
      "  cause   unknown: no task failed, no target is unhealthy, and the log says nothing",
    ]);
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
          source: { ...old, weight: 0 },
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
        deployment: { status: "SUCCESSFUL", target: { revision: 43, running: 3 }, source: old },
      },
    ]);

    expect(result.state).to.equal("succeeded");
    expect(result.lines).to.deep.equal([
      "baking: 3 of 3 tasks running, 1 healthy, 100 % of traffic",
    ]);
  });

  it("names the alarm that rolled a deployment back", async () => {
    const result = await run([
      {
        primary: 42,
        deployment: {
          status: "ROLLBACK_SUCCESSFUL",
          target: { revision: 43 },
          source: old,
          alarms: ["deployment-errors-1a2b"],
        },
      },
    ]);

    expect(result.message.split("\n").slice(1, 3)).to.deep.equal([
      "  why     alarm deployment-errors-1a2b went off",
      "  cause   the new revision raised deployment-errors-1a2b: look at its errors and latency in the dashboard",
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
          source: { ...old, weight: 100 },
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

  it("calls a service without tasks asleep, not verified", async () => {
    const result = await run([
      {
        desired: 0,
        running: 0,
        deployment: { status: "SUCCESSFUL", target: { revision: 43, requested: 0 }, source: old },
      },
    ]);

    expect(result.ok).to.be.true;
    expect(result.state).to.equal("asleep");
    expect(result.message).to.equal(
      "asleep: revision 43 is deployed, but the service has no tasks to verify it with. It starts with the next awake hours, or with `npm run scale -- prod 1 1 --now`.",
    );
  });

  it("does not call a deployment verified that succeeded once and has no running task now", async () => {
    const result = await run([
      {
        running: 0,
        deployment: { status: "SUCCESSFUL", target: { revision: 43 }, source: old },
        stopped: [
          stoppedTask("ee55ff66", {
            exitCode: 137,
            reason: "OutOfMemoryError: Container killed due to memory usage",
            lifetimeSeconds: 600,
          }),
        ],
      },
    ]);

    expect(result.state).to.equal("timed-out");
    expect(result.message.split("\n").slice(0, 3)).to.deep.equal([
      "revision 43 was deployed, but none of its 3 tasks runs after 8 min.",
      "  why     1 task of revision 43 stopped: essential container exited, exit code 137, OutOfMemoryError: Container killed due to memory usage (after 600.0 s)",
      "  cause   the task used more than 1024 MiB and was killed: raise taskMemoryMiB or look for a leak",
    ]);
  });

  it("gives a deployment a minute to become visible, then tells that another one is there", async () => {
    const result = await run([
      {
        primary: 44,
        deployment: { status: "SUCCESSFUL", target: { revision: 44, running: 3 }, source: old },
      },
    ]);

    expect(result.seconds).to.equal(60);
    expect(result.lines).to.deep.equal(["waiting for ECS: 3 of 3 tasks running, 1 healthy"]);
    expect(result.message).to.equal(
      [
        "the service is not on what was asked for: revision 43 was, but its newest deployment is of revision 44.",
        "  cause   somebody or something else deployed to the service meanwhile",
        "  next    `npm run status -- prod` shows what runs; `pulumi up --refresh` deploys what the stack asks for",
        "  logs    npm run logs -- prod --since 15m",
      ].join("\n"),
    );
  });

  it("tells that the service is gone", async () => {
    const result = await run([{ status: "INACTIVE" }]);

    expect(result.state).to.equal("missing");
    expect(result.message.split("\n")[0]).to.equal(
      "the service api-5f2e does not exist, or was deleted.",
    );
  });

  it("verifies nothing with credentials of another account", async () => {
    const result = await run([{}], { GetCallerIdentity: { Account: "999999999999" } });

    expect(result.state).to.equal("wrong-account");
    expect(result.message).to.equal(
      "the credentials are for account 999999999999, but stack prod is in account 123456789012: nothing was verified. Switch the credentials (AWS_PROFILE) and run `npm run verify -- prod`.",
    );
    expect(result.calls.map(({ command }) => command)).to.deep.equal(["GetCallerIdentity"]);
  });

  describe("by the service's own rollouts, where it has no deployment on record", () => {
    const rollout = (status: string, revision: number, rolloutState: string) => ({
      status,
      taskDefinition: taskDefinition(revision),
      rolloutState,
      desiredCount: 3,
      runningCount: rolloutState === "IN_PROGRESS" ? 1 : 3,
      failedTasks: rolloutState === "FAILED" ? 3 : 0,
    });

    it("accepts a completed one", async () => {
      const result = await run([{ rollouts: [rollout("PRIMARY", 43, "COMPLETED")] }]);
      expect(result.state).to.equal("succeeded");
    });

    it("waits for one under way", async () => {
      const result = await run([
        { rollouts: [rollout("PRIMARY", 43, "IN_PROGRESS"), rollout("ACTIVE", 42, "COMPLETED")] },
        { rollouts: [rollout("PRIMARY", 43, "COMPLETED")] },
      ]);
      expect([result.state, result.seconds, result.lines]).to.deep.equal([
        "succeeded",
        5,
        ["deploying: 1 of 3 tasks running, 1 healthy"],
      ]);
    });

    it("tells a rollback", async () => {
      const result = await run([
        {
          primary: 42,
          rollouts: [rollout("PRIMARY", 42, "COMPLETED"), rollout("ACTIVE", 43, "FAILED")],
        },
      ]);
      expect(result.message.split("\n")[0]).to.equal(
        "the deployment was rolled back: revision 43 is not running, revision 42 is.",
      );
    });

    it("tells a first deployment that failed", async () => {
      const result = await run([{ rollouts: [rollout("PRIMARY", 43, "FAILED")], running: 0 }]);
      expect(result.state).to.equal("first-failed");
    });
  });

  describe("when AWS does not answer", () => {
    const throttled = awsError("ThrottlingException", "Rate exceeded");
    const finished: World = {
      deployment: { status: "SUCCESSFUL", target: { revision: 43, running: 3 }, source: old },
    };

    it("backs off while ECS throttles", async () => {
      const result = await run([finished], {
        DescribeTasks: {},
        ListTasks: (_: never, call: number) => (call < 3 ? throttled : { taskArns: [] }),
      });

      expect(result.state).to.equal("succeeded");
      expect(result.seconds).to.equal(5 + 10 + 20);
    });

    it("gives up at the deadline and says that nothing is known", async () => {
      const result = await run([finished], { ListTasks: throttled });

      expect(result.ok).to.be.false;
      expect(result.state).to.equal("unanswered");
      expect(result.message).to.equal(
        "ECS gave no answer, so nothing can be said about the deployment: ThrottlingException: Rate exceeded. `npm run verify -- prod` asks again.",
      );
      expect(result.seconds).to.equal(915);
    });

    it("forgives four errors of the service in a row, not five", async () => {
      const broken = awsError("ServerException", "Service Unavailable", 503);
      const failing = (times: number): Answers => ({
        ListTasks: (_: never, call: number) => (call < times ? broken : { taskArns: [] }),
      });

      expect((await run([finished], failing(4))).state).to.equal("succeeded");
      expect((await run([finished], failing(5))).state).to.equal("unanswered");
    });

    it("explains a missing permission", async () => {
      const denied = awsError(
        "AccessDeniedException",
        "User: arn:aws:iam::123456789012:user/ci is not authorized to perform: ecs:ListTasks",
      );
      const error = await run([finished], { ListTasks: denied }).catch((thrown: unknown) => thrown);

      expect(impossible(error, "prod")).to.equal(
        "the deployment could not be verified, because the credentials may not ask for it: AccessDeniedException: User: arn:aws:iam::123456789012:user/ci is not authorized to perform: ecs:ListTasks. Allow ecs:DescribeServices, ecs:ListServiceDeployments, ecs:DescribeServiceDeployments, ecs:DescribeServiceRevisions, ecs:ListTasks, ecs:DescribeTasks, ecs:DescribeTaskDefinition, ecs:StopServiceDeployment, elasticloadbalancing:DescribeTargetHealth, elasticloadbalancing:DescribeTargetGroups, elasticloadbalancing:DescribeTargetGroupAttributes, elasticloadbalancing:DescribeRules, logs:GetLogEvents, then run `npm run verify -- prod`.",
      );
    });

    it("still tells a failure whose explanation it may not read", async () => {
      const result = await run(
        [
          {
            primary: 42,
            deployment: { status: "ROLLBACK_SUCCESSFUL", target: { revision: 43 }, source: old },
            stopped: CRASHES,
          },
        ],
        {
          GetLogEvents: awsError("AccessDeniedException", "no logs:GetLogEvents"),
          DescribeTargetHealth: awsError("AccessDeniedException", "no DescribeTargetHealth"),
        },
      );

      expect(result.message).to.equal(
        [
          "the deployment was rolled back: revision 43 is not running, revision 42 is.",
          "  why     3 tasks of revision 43 stopped: essential container exited, exit code 1 (after 2.2 s, 2.1 s, 2.0 s)",
          "  cause   the app ended with exit code 1: it logged nothing",
          "  traffic revision 42 serves with 3 tasks",
          "  gap     the target health could not be read: AccessDeniedException: no DescribeTargetHealth",
          "  gap     the log of the failed task could not be read: AccessDeniedException: no logs:GetLogEvents",
          "  next    mend it and run `pulumi up` again, or `npm run rollback -- prod` to make the state agree with revision 42",
          "  logs    npm run logs -- prod --task 3b2c4d --tail 50",
        ].join("\n"),
      );
    });
  });

  it("asks for the account first", async () => {
    const { calls } = await run([
      { deployment: { status: "SUCCESSFUL", target: { revision: 43, running: 3 }, source: old } },
    ]);
    expect(calls[0]).to.deep.equal({ command: "GetCallerIdentity", input: {} });
    expect(ACCOUNT).to.equal(SUBJECT.accountId);
  });
});
