import { expect } from "chai";
import { answers, STARTED, taskArn, taskDefinition } from "./verification/answers.ts";
import { type Answers } from "./verification/stub.ts";
import {
  digest,
  FakePulumi,
  NOW,
  outputsOf,
  repositoryOf,
  runCommandLine,
  type Setting,
} from "./harness.ts";
import type { Update } from "../../src/live/stack-history.ts";
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

  it("says where the name leads, if not to the stack", async () => {
    const distributionDnsName = "d1.cloudfront.net";
    const pulumi = new FakePulumi({ prod: { ...outputsOf("prod"), distributionDnsName } });
    const asked = (...options: string[]) =>
      runCommandLine(["status", "prod", ...options], {
        pulumi,
        answers: { ...table, ...historyAnswers },
      });
    const [text, json] = [await asked(), await asked("--json")];
    const gap =
      "prod.example.com does not resolve, so callers do not reach the service yet. Set hostedZone, so that the stack makes the record, or make one that leads to d1.cloudfront.net: an alias in Route 53, a CNAME elsewhere.";

    expect(text.stdout.join("\n").split("\n")).to.include(`  name   ${gap}`);
    expect((JSON.parse(json.stdout.join("")) as { nameGap: string }).nameGap).to.equal(gap);
  });

  it("says how the stack is delivered, by its record", async () => {
    const pulumi = new FakePulumi({ prod: outputsOf("prod") });
    const update = (minutes: number, result: string): Update => ({
      ...{ kind: "update", result, environment: { "git.head": "abc" } },
      endTime: new Date(NOW.getTime() - minutes * 60_000).toISOString(),
    });
    pulumi.record = [update(10, "succeeded"), update(16, "failed")];
    const commits = { abc: NOW.getTime() - 24 * 60_000 };
    const setting = { pulumi, commits, answers: { ...table, ...historyAnswers } };
    const { stdout } = await runCommandLine(["status", "prod"], setting);
    expect(stdout.join("\n").split("\n")[4]).to.equal(
      "  record  2 deployments in 30 days, 1 failed; 14 min from commit to running; 6 min from failure to success",
    );
    const json = await runCommandLine(["status", "prod", "--json"], setting);
    expect((JSON.parse(json.stdout.join("")) as Record<string, unknown>)["delivery"]).to.deep.equal(
      {
        ...{ days: 30, deployments: 2, failed: 1, leadTimeSeconds: 840, restoreSeconds: 360 },
      },
    );
  });

  it("shows the rest where the record cannot be told: commits that git does not read, a folder below the project", async () => {
    const pulumi = new FakePulumi({ prod: outputsOf("prod") });
    const endTime = new Date(NOW.getTime() - 600_000).toISOString();
    pulumi.record = [
      { kind: "update", result: "succeeded", environment: { "git.head": "abc" }, endTime },
    ];
    const setting = { pulumi, answers: { ...table, ...historyAnswers } };
    const noGit = { ...setting, commitTime: () => Promise.reject(new Error("git is missing")) };
    const shown = async (it: Setting): Promise<[number, string | undefined]> => {
      const { code, stdout } = await runCommandLine(["status", "prod"], it);
      return [code, stdout.join("\n").split("\n")[4]];
    };
    expect(await shown(setting)).to.deep.equal([
      0,
      "  record  1 deployment in 30 days, none failed",
    ]);
    expect(await shown(noGit)).to.deep.equal([0, ""]);
    const root = process.cwd();
    process.chdir("docs");
    try {
      expect(await shown(setting)).to.deep.equal([0, ""]);
    } finally {
      process.chdir(root);
    }
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
