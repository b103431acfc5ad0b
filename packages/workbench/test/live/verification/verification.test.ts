import { expect } from "chai";
import { stoppedTask, taskDefinition } from "./answers.ts";
import { CRASHES, OLD, run } from "./run.ts";

describe("verify", () => {
  it("reads the end of the failed task's own log", async () => {
    const { calls } = await run([
      {
        primary: 42,
        deployment: { status: "ROLLBACK_SUCCESSFUL", target: { revision: 43 }, source: OLD },
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

  it("calls a service without tasks asleep, not verified", async () => {
    const result = await run([
      {
        desired: 0,
        running: 0,
        deployment: { status: "SUCCESSFUL", target: { revision: 43, requested: 0 }, source: OLD },
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
        deployment: { status: "SUCCESSFUL", target: { revision: 43 }, source: OLD },
        stopped: [
          stoppedTask("ee55ff66", {
            exitCode: 137,
            reason: "OutOfMemoryError: Container killed due to memory usage",
            lifetimeSeconds: 600,
          }),
        ],
      },
    ]);

    expect(result.state).to.equal("unstable");
    expect(result.message.split("\n").slice(0, 3)).to.deep.equal([
      "revision 43 does not stay up: ECS called its deployment done, but its tasks stop again. Now 0 of 3 tasks run, 3 are healthy.",
      "  why     1 task of revision 43 stopped: essential container exited, exit code 137, OutOfMemoryError: Container killed due to memory usage (after 600.0 s)",
      "  cause   the task used more than 1024 MiB and was killed: raise taskMemoryMiB or look for a leak",
    ]);
  });

  it("gives a deployment a minute to become visible, then tells that another one is there", async () => {
    const result = await run([
      {
        primary: 44,
        deployment: { status: "SUCCESSFUL", target: { revision: 44, running: 3 }, source: OLD },
      },
    ]);

    expect(result.seconds).to.equal(60);
    expect(result.lines).to.deep.equal(["waiting for ECS to show the deployment"]);
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

  it("asks for the account first", async () => {
    const { calls } = await run([
      { deployment: { status: "SUCCESSFUL", target: { revision: 43, running: 3 }, source: OLD } },
    ]);
    expect(calls[0]).to.deep.equal({ command: "GetCallerIdentity", input: {} });
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
        5 + 60,
        [
          "deploying: 1 of 3 tasks running, 0 healthy",
          "deployed, watching that it stays up: 3 of 3 tasks running, 3 healthy",
        ],
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
});
