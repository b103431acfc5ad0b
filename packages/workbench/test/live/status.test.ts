import { expect } from "chai";
import { answers, STARTED, taskArn, taskDefinition } from "./verification/answers.ts";
import { type Answers } from "./verification/stub.ts";
import { digest, FakePulumi, outputsOf, repositoryOf, runCommandLine } from "./harness.ts";
import { GOOD, historyAnswers, PAUSED } from "./past.ts";

describe("npm run status", () => {
  const table: Answers = {
    ...answers(GOOD),
    ListTasks: { taskArns: [taskArn("1f0c2d4e5a6b")] },
    DescribeTasks: {
      tasks: [
        {
          taskArn: taskArn("1f0c2d4e5a6b"),
          taskDefinitionArn: taskDefinition(43),
          lastStatus: "RUNNING",
          healthStatus: "HEALTHY",
          availabilityZone: "eu-west-1a",
          capacityProviderName: "FARGATE_SPOT",
          startedAt: STARTED,
        },
      ],
    },
    DescribeTaskDefinition: {
      taskDefinition: {
        containerDefinitions: [{ image: `${repositoryOf("prod")}@${digest("a")}` }],
      },
    },
  };

  it("shows what runs, its tasks and the last deployments", async () => {
    const { code, stdout } = await runCommandLine(["status", "prod"], {
      answers: { ...table, ...historyAnswers },
    });
    expect(code).to.equal(0);
    expect(stdout.join("\n")).to.equal(
      [
        "prod   https://prod.example.com   eu-west-1   account 123456789012",
        "",
        "  runs   revision 43: 3 of 3 tasks, 3 healthy",
        "  image  registry-prod@aaaaaaaaaaaa",
        "",
        "  tasks",
        "     1f0c2d4e  revision 43  running  healthy  eu-west-1a  fargate spot  since 2026-03-01 12:00 UTC",
        "",
        "  deployments",
        "     revision 43  successful           2026-03-01 12:04 UTC  registry-prod@aaaaaaaaaaaa",
        "     revision 42  rollback successful  2026-03-01 12:03 UTC  registry-prod@bbbbbbbbbbbb",
        "     revision 41  successful           2026-03-01 12:02 UTC  registry-prod@aaaaaaaaaaaa",
        "     revision 40  successful           2026-03-01 12:01 UTC  registry-prod@cccccccccccc",
      ].join("\n"),
    );
  });

  it("tells that what was asked for does not run, and that somebody has to approve", async () => {
    const { stdout } = await runCommandLine(["status", "prod"], {
      pulumi: new FakePulumi({ prod: outputsOf("prod", 44) }),
      answers: {
        ...answers(PAUSED),
        ListTasks: {},
        DescribeTaskDefinition: { taskDefinition: {} },
      },
    });
    expect(stdout.join("\n").split("\n").slice(2, 5)).to.deep.equal([
      "  runs    revision 43: 3 of 3 tasks, 3 healthy",
      "  asked   revision 44, which does not run: npm run verify -- prod says why",
      "  awaits  npm run approve -- prod, or reject",
    ]);
  });

  it("speaks JSON", async () => {
    const { stdout } = await runCommandLine(["status", "prod", "--json"], { answers: table });
    const status = JSON.parse(stdout.join("")) as Record<string, unknown>;
    expect(Object.keys(status)).to.deep.equal([
      "stack",
      "url",
      "asked",
      "running",
      "image",
      "desired",
      "runningTasks",
      "healthyTargets",
      "awaitingApproval",
      "tasks",
      "deployments",
    ]);
    expect([status["asked"], status["running"], status["runningTasks"]]).to.deep.equal([
      "43",
      "43",
      3,
    ]);
  });
});
