import { expect } from "chai";
import { answers, taskArn, taskDefinition } from "./verification/answers.ts";
import { awsError, type Answers } from "./verification/stub.ts";
import { commands, runCommandLine } from "./harness.ts";
import { GOOD } from "./past.ts";

describe("npm run run-task", () => {
  const NETWORK = { awsvpcConfiguration: { subnets: ["subnet-1"], securityGroups: ["sg-1"] } };

  function task(exitCode: number | undefined, reason?: string): Answers {
    const world = answers(GOOD);
    return {
      ...world,
      DescribeServices: {
        services: [
          {
            status: "ACTIVE",
            networkConfiguration: NETWORK,
            capacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT", weight: 100 }],
          },
        ],
      },
      RunTask: { tasks: [{ taskArn: taskArn("1f0c2d4e5a6b") }] },
      DescribeTasks: (_: unknown, call: number) => ({
        tasks: [
          call < 2
            ? { taskArn: taskArn("1f0c2d4e5a6b"), lastStatus: "RUNNING" }
            : {
                taskArn: taskArn("1f0c2d4e5a6b"),
                lastStatus: "STOPPED",
                stoppedReason: reason,
                containers: [{ exitCode }],
              },
        ],
      }),
      GetLogEvents: (input: { nextToken?: string }, call: number) => {
        if (call === 0) return awsError("ResourceNotFoundException", "no stream yet");
        const lines: Record<string, string[]> = { start: ["one", "two"], t1: ["three"], t2: [] };
        const page = input.nextToken ?? "start";
        const next: Record<string, string> = { start: "t1", t1: "t2", t2: "t2" };
        return {
          events: (lines[page] ?? []).map((message) => ({ message })),
          nextForwardToken: next[page],
        };
      },
    };
  }

  it("runs in the service's network, on demand, shows the log and ends with the command's exit code", async () => {
    const ran = await runCommandLine(
      ["run-task", "prod", "--", "dist/migrate.js", "--to", "latest"],
      {
        answers: task(3, "Essential container in task exited"),
      },
    );
    expect([ran.code, ran.stdout]).to.deep.equal([3, ["one", "two", "three"]]);
    expect(ran.stderr).to.deep.equal([
      "task 1f0c2d4e5a6b is on its way",
      "task 1f0c2d4e ended with exit code 3: Essential container in task exited",
    ]);
    expect(commands(ran, "RunTask")[0]?.input).to.deep.equal({
      cluster: "api-c1",
      taskDefinition: taskDefinition(43),
      count: 1,
      launchType: "FARGATE",
      networkConfiguration: NETWORK,
      overrides: {
        containerOverrides: [{ name: "app", command: ["dist/migrate.js", "--to", "latest"] }],
      },
      enableECSManagedTags: true,
      propagateTags: "TASK_DEFINITION",
      startedBy: "koa-fargate/run-task",
    });
  });

  it("takes a leading node for the entry point where that is node, and not elsewhere", async () => {
    const sent = async (entryPoint: string[] | undefined, ...command: string[]) => {
      const ran = await runCommandLine(["run-task", "prod", "--", ...command], {
        answers: {
          ...task(0),
          DescribeTaskDefinition: {
            taskDefinition: { containerDefinitions: [{ name: "app", entryPoint }] },
          },
        },
      });
      const { overrides } = commands(ran, "RunTask")[0]?.input as {
        overrides: { containerOverrides: { command: string[] }[] };
      };
      return overrides.containerOverrides[0]?.command;
    };
    expect(await sent(["node"], "node", "-e", "1")).to.deep.equal(["-e", "1"]);
    expect(await sent(["/usr/bin/node"], "node", "x.js")).to.deep.equal(["x.js"]);
    expect(await sent(["node"], "dist/node", "x")).to.deep.equal(["dist/node", "x"]);
    expect(await sent(["node"], "node")).to.deep.equal(["node"]);
    expect(await sent(["/entry.sh"], "node", "x.js")).to.deep.equal(["node", "x.js"]);
    expect(await sent(undefined, "node", "x.js")).to.deep.equal(["node", "x.js"]);
  });

  it("runs another revision when asked", async () => {
    const ran = await runCommandLine(
      ["run-task", "prod", "--revision", "42", "--json", "--", "x.js"],
      {
        answers: task(0),
      },
    );
    expect([ran.code, ran.stdout]).to.deep.equal([
      0,
      ['{"stack":"prod","taskId":"1f0c2d4e5a6b","exitCode":0,"reason":""}'],
    ]);
    expect(commands(ran, "RunTask")[0]?.input["taskDefinition"]).to.equal(taskDefinition(42));
  });

  it("ends with 1 when the container never ran", async () => {
    const ran = await runCommandLine(["run-task", "prod", "x.js"], {
      answers: task(undefined, "CannotPullContainerError: not found"),
    });
    expect([ran.code, ran.stderr.at(-1)]).to.deep.equal([
      1,
      "The command did not run: CannotPullContainerError: not found",
    ]);
  });

  it("says why ECS did not start the task", async () => {
    const { code, stderr } = await runCommandLine(["run-task", "prod", "x.js"], {
      answers: {
        ...task(0),
        RunTask: { tasks: [], failures: [{ reason: "RESOURCE:ENI", detail: "no address" }] },
      },
    });
    expect([code, stderr]).to.deep.equal([
      1,
      ["ECS did not start the task: RESOURCE:ENI: no address."],
    ]);
  });
});
