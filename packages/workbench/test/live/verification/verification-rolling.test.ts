import { expect } from "chai";
import { stoppedTask, SUBJECT, taskDefinition, type World } from "./answers.ts";
import { CRASHES, OLD, run } from "./run.ts";

describe("verify, a rolling deployment", () => {
  it("waits for a rolling deployment, watches that it stays up, and reports progress when it changes", async () => {
    const going = (running: number): World => ({
      primary: 43,
      running,
      deployment: { status: "IN_PROGRESS", target: { revision: 43, running }, source: OLD },
      health: Array.from({ length: running }, () => ({ TargetHealth: { State: "healthy" } })),
    });

    const result = await run([
      going(0),
      going(0),
      going(2),
      { deployment: { status: "SUCCESSFUL", target: { revision: 43, running: 3 }, source: OLD } },
    ]);

    expect(result.state).to.equal("succeeded");
    expect(result.ok).to.be.true;
    expect(result.message).to.equal("revision 43 runs: 3 of 3 tasks, 3 healthy, stable for 60 s");
    expect(result.lines).to.deep.equal([
      "deploying: 0 of 3 tasks running, 0 healthy",
      "deploying: 2 of 3 tasks running, 2 healthy",
      "deployed, watching that it stays up: 3 of 3 tasks running, 3 healthy",
    ]);
    expect(result.seconds).to.equal(15 + 60);
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
          source: OLD,
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
        "  next    fix it and run `pulumi up` again, or `npm run rollback -- prod` to make the state agree with revision 42",
        "  logs    npm run logs -- prod --task 3b2c4d --tail 50",
      ].join("\n"),
    );
  });

  it("fails an `up` without changes after a rollback, though the stack remembers the revision that runs", async () => {
    const result = await run(
      [
        {
          primary: 42,
          deployment: { status: "ROLLBACK_SUCCESSFUL", target: { revision: 43 }, source: OLD },
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
        "  next    fix it and run `pulumi up` again, or `npm run rollback -- prod` to make the state agree with revision 43",
        "  logs    npm run logs -- prod --since 15m",
      ].join("\n"),
    );
  });

  it("waits for a rollback under way and reports it", async () => {
    const rolling = (status: string): World => ({
      primary: 42,
      deployment: { status, target: { revision: 43 }, source: OLD },
    });

    const result = await run([rolling("ROLLBACK_IN_PROGRESS"), rolling("ROLLBACK_SUCCESSFUL")]);

    expect(result.state).to.equal("rolled-back");
    expect(result.lines).to.deep.equal(["rolling back: 0 of 3 tasks running, 0 healthy"]);
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
        "  next    `npm run rollback -- prod` deploys the last revision that worked; then fix it and run `pulumi up` again",
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
        "  next    fix it and run `pulumi up` again",
        "  logs    npm run logs -- prod --task cc33dd --tail 50",
      ].join("\n"),
    );
  });

  it("gives an unfinished rolling deployment up at the deadline of its own settings", async () => {
    const result = await run([
      {
        primary: 43,
        deployment: { status: "IN_PROGRESS", target: { revision: 43, running: 1 }, source: OLD },
        health: [{ TargetHealth: { State: "unhealthy", Reason: "Target.Timeout" } }],
      },
    ]);

    expect(result.state).to.equal("undecided");
    // (120 start + 30 grace + 2 x 10 checks + 30 deregistration + 45 stop + 60 control) x 1.5 and a minute, at the next poll.
    expect(result.seconds).to.equal(525);
    expect(result.message).to.equal(
      [
        "undecided: the deployment did not finish in 9 min: 1 of 3 tasks of revision 43 run. It was not stopped.",
        "  why     1 target of revision 43 is unhealthy: Target.Timeout",
        "  cause   /readyz does not answer within 5 s: the app is too slow to start, listens on 127.0.0.1 alone, or its port 8080 is closed",
        "  traffic revision 42 has 3 running tasks, revision 43 no healthy target",
        "  next    ECS goes on trying: `npm run verify -- prod` goes on waiting, `npm run rollback -- prod` goes back",
        "  logs    npm run logs -- prod --since 15m",
      ].join("\n"),
    );
    expect(result.calls.map(({ command }) => command)).not.to.include("StopServiceDeployment");
  });

  it("names the alarm that rolled a deployment back", async () => {
    const result = await run([
      {
        primary: 42,
        deployment: {
          status: "ROLLBACK_SUCCESSFUL",
          target: { revision: 43 },
          source: OLD,
          alarms: ["deployment-errors-1a2b"],
        },
      },
    ]);

    expect(result.message.split("\n").slice(1, 3)).to.deep.equal([
      "  why     alarm deployment-errors-1a2b went off",
      "  cause   the new revision raised deployment-errors-1a2b: look at its errors and latency in the dashboard",
    ]);
  });
});
