import { expect } from "chai";
import type { Json } from "../../src/lib/json.ts";
import type { StateResource } from "../../src/live/exported.ts";
import { readServices, readStack } from "../../src/live/stack.ts";
import { ACCOUNT, answers, taskDefinition } from "./verification/answers.ts";
import { digest, FakePulumi, outputsOf, repositoryOf, runCommandLine } from "./harness.ts";
import { GOOD } from "./past.ts";

const ARN = `arn:aws:ecs:eu-west-1:${ACCOUNT}`;
const urn = (type: string, name: string) => `urn:pulumi:prod::koa-fargate::${type}::${name}`;
const resource = (type: string, name: string, outputs: Record<string, Json>): StateResource => ({
  type,
  urn: urn(type, name),
  outputs,
});
const logsTo = (group: string) => ({
  logConfiguration: { options: { "awslogs-group": group } },
});
const definition = (name: string, arn: string, image: string): StateResource =>
  resource("aws:ecs/taskDefinition:TaskDefinition", name, {
    arn,
    containerDefinitions: JSON.stringify([
      { name: "log", image: "log:1", essential: false, ...logsTo(`${name}-side`) },
      { name: "app", image, ...logsTo(`${name}-log`) },
    ]),
  });
const OWN = `${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/worker-registry-1`;
const WORKER = `${ARN}:task-definition/prod-worker:7`;
const NIGHTLY = `${ARN}:task-definition/prod-nightly:3`;

/** A state with the worker before the main service, as a run may leave it. */
const state = (workerImage = OWN): StateResource[] => [
  resource("aws:ecs/cluster:Cluster", "api", { name: "api-c1" }),
  resource("aws:ecr/repository:Repository", "registry", { repositoryUrl: repositoryOf("prod") }),
  resource("aws:ecr/repository:Repository", "worker-registry", { repositoryUrl: OWN }),
  definition("worker", WORKER, `${workerImage}@${digest("b")}`),
  definition("api", taskDefinition(43), `${repositoryOf("prod")}@${digest("a")}`),
  definition("nightly", NIGHTLY, `${repositoryOf("prod")}@${digest("a")}`),
  resource("aws:ecs/service:Service", "worker", {
    name: "worker-1a",
    cluster: `${ARN}:cluster/api-c1`,
    taskDefinition: WORKER,
  }),
  resource("aws:ecs/service:Service", "api", {
    name: "api-5f2e",
    cluster: `${ARN}:cluster/api-c1`,
    taskDefinition: taskDefinition(43),
    loadBalancers: [{ containerName: "app" }],
  }),
  resource("aws:scheduler/schedule:Schedule", "nightly", {
    scheduleExpression: "cron(0 3 * * ? *)",
    target: {
      arn: `${ARN}:cluster/api-c1`,
      ecsParameters: {
        taskDefinitionArn: NIGHTLY,
        networkConfiguration: { subnets: ["subnet-1"], securityGroups: ["sg-1"] },
      },
    },
  }),
];

function pulumiOf(resources = state(), outputs: Record<string, unknown> = outputsOf("prod")) {
  const pulumi = new FakePulumi({ prod: outputs });
  pulumi.state = resources;
  return pulumi;
}

describe("services of a stack", () => {
  it("are the main one first, each with its own container, log and repository, then scheduled tasks", async () => {
    for (const outputs of [outputsOf("prod"), {}]) {
      const found = await readServices(pulumiOf(state(), outputs), "prod");

      expect(found.map(({ called, serviceName }) => [called, serviceName])).to.deep.equal([
        ["prod", "api-5f2e"],
        ["prod worker", "worker-1a"],
        ["prod nightly", "nightly"],
      ]);
      expect(found.map(({ logGroupName }) => logGroupName)).to.deep.equal([
        "api-log",
        "worker-log",
        "nightly-log",
      ]);
      expect(found.map(({ containerName }) => containerName)).to.deep.equal(["app", "app", "app"]);
      expect(found[1]?.repositoryUrl).to.equal(OWN);
    }
  });

  it("have the container that workbench.config.ts says, with its log", async () => {
    const pulumi = pulumiOf();
    pulumi.own = { worker: "log", nightly: "log", other: "log" };
    const found = await readServices(pulumi, "prod");

    expect(found.map((one) => [one.containerName, one.logGroupName])).to.deep.equal([
      ["app", "api-log"],
      ["log", "worker-side"],
      ["log", "nightly-side"],
    ]);
  });

  it("refuses another in a sentence", async () => {
    let message = "";
    await readStack(pulumiOf(), "prod", "wroker").catch((error: unknown) => {
      message = (error as Error).message;
    });
    expect(message).to.equal(
      "Stack prod has no service wroker. It has api, worker, nightly. Did you mean worker?",
    );
  });

  it("status shows all of them, or one", async () => {
    const setting = { pulumi: pulumiOf(), answers: { ...answers(GOOD), ListTasks: {} } };
    const all = await runCommandLine(["status", "prod"], setting);
    const one = await runCommandLine(["status", "prod", "nightly"], setting);
    const headings = all.stdout
      .join("\n")
      .split("\n")
      .filter((line) => line.startsWith("prod"));

    expect(headings.map((line) => line.split("   ")[0])).to.deep.equal([
      "prod",
      "prod worker",
      "prod nightly",
    ]);
    expect(one.stdout).to.deep.equal(["prod nightly   starts at cron(0 3 * * ? *)"]);
    const json = JSON.parse(
      (await runCommandLine(["status", "prod", "--json"], setting)).stdout[0] ?? "",
    ) as { services: { service: string }[] };
    expect(json.services.map(({ service }) => service)).to.deep.equal(["worker", "nightly"]);
  });

  it("scale writes the keys of the service, and --now moves its own target", async () => {
    const pulumi = pulumiOf();
    await runCommandLine(["scale", "prod", "worker", "2", "6", "--yes"], { pulumi });
    const { bounds } = await runCommandLine(["scale", "prod", "worker", "0", "1", "--now"], {
      pulumi,
    });

    expect(pulumi.written).to.deep.equal([
      {
        stack: "prod",
        values: { "services.worker.minCapacity": 2, "services.worker.maxCapacity": 6 },
      },
    ]);
    expect(bounds).to.deep.equal([
      { region: "eu-west-1", clusterName: "api-c1", serviceName: "worker-1a", min: 0, max: 1 },
    ]);
  });

  it("run-task starts a scheduled task with its own command, where its schedule does", async () => {
    const { calls } = await runCommandLine(["run-task", "prod", "--service", "nightly"], {
      pulumi: pulumiOf(),
      answers: {
        DescribeTaskDefinition: { taskDefinition: {} },
        RunTask: { tasks: [{ taskArn: `${ARN}:task/api-c1/1f0c2d` }] },
        DescribeTasks: { tasks: [{ lastStatus: "STOPPED", containers: [{ exitCode: 0 }] }] },
      },
    });
    const run = calls.find(({ command }) => command === "RunTask")?.input as Record<
      string,
      unknown
    >;

    expect(run).not.to.have.property("overrides");
    expect(run["taskDefinition"]).to.equal(NIGHTLY);
    expect(run["networkConfiguration"]).to.deep.equal({
      awsvpcConfiguration: {
        subnets: ["subnet-1"],
        securityGroups: ["sg-1"],
        assignPublicIp: "DISABLED",
      },
    });
  });

  it("a service that runs the main one's image does not go back alone, and a scheduled task has no deployment", async () => {
    const shared = { pulumi: pulumiOf(state(repositoryOf("prod"))), answers: answers(GOOD) };

    expect(
      (await runCommandLine(["rollback", "prod", "worker", "--no-up"], shared)).stderr,
    ).to.deep.equal([
      "prod worker runs the image of api, which moves all services that run it: npm run rollback -- prod.",
    ]);
    expect((await runCommandLine(["verify", "prod", "nightly"], shared)).stderr).to.deep.equal([
      "prod nightly is a scheduled task: each start runs what the last `pulumi up` asked for. `npm run run-task -- prod --service nightly` starts it now.",
    ]);
  });
});
