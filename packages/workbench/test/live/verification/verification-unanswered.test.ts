import { expect } from "chai";
import { impossible } from "../../../src/live/verification/verification.ts";
import { type World } from "./answers.ts";
import { CRASHES, OLD, run } from "./run.ts";
import { awsError, type Answers } from "./stub.ts";

describe("verify", () => {
  describe("when AWS does not answer", () => {
    const throttled = awsError("ThrottlingException", "Rate exceeded");
    const finished: World = {
      deployment: { status: "SUCCESSFUL", target: { revision: 43, running: 3 }, source: OLD },
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
      expect(result.seconds).to.equal(975);
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
            deployment: { status: "ROLLBACK_SUCCESSFUL", target: { revision: 43 }, source: OLD },
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
          "  next    fix it and run `pulumi up` again, or `npm run rollback -- prod` to make the state agree with revision 42",
          "  logs    npm run logs -- prod --task 3b2c4d --tail 50",
        ].join("\n"),
      );
    });
  });
});
