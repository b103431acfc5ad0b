import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { passGate, type GateArgs } from "../../../src/live/verification/gate.ts";
import { taskArn, taskDefinition } from "./answers.ts";
import { FakeClock } from "./stub.ts";
import { become } from "../../../../../test/helpers/environment.ts";

describe("passGate", () => {
  const saved = { ...process.env };
  let server: Server;
  let asked: { action: string; input: Record<string, unknown> }[];

  /** ECS where the service is on revision `live`, and the command ends with a code. */
  function ecs(live: number, exitCode: number): (action: string) => object {
    const arn = taskArn("1f0c2d4e5a6b");
    const definition = {
      containerDefinitions: [
        {
          name: "app",
          logConfiguration: { options: { "awslogs-group": "g", "awslogs-stream-prefix": "app" } },
        },
      ],
    };
    const table: Record<string, object> = {
      ListServices: { serviceArns: ["service"] },
      DescribeServices: { services: [{ taskDefinition: taskDefinition(live) }] },
      DescribeTaskDefinition: { taskDefinition: definition },
      RunTask: { tasks: [{ taskArn: arn }] },
      DescribeTasks: {
        tasks: [{ taskArn: arn, lastStatus: "STOPPED", containers: [{ exitCode }] }],
      },
      GetLogEvents: { events: [{ message: "column exists" }], nextForwardToken: "end" },
    };
    let logged = false;
    return (action) => {
      if (action !== "GetLogEvents") return table[action] ?? {};
      const answer = logged ? { events: [], nextForwardToken: "end" } : (table[action] ?? {});
      logged = true;
      return answer;
    };
  }

  async function gate(answer: (action: string) => object, args: Partial<GateArgs> = {}) {
    asked = [];
    server = createServer((request, response) => {
      let text = "";
      request.setEncoding("utf8");
      request.on("data", (chunk: string) => (text += chunk));
      request.on("end", () => {
        const action = String(request.headers["x-amz-target"]).split(".").at(-1) ?? "";
        asked.push({ action, input: JSON.parse(text) as Record<string, unknown> });
        response.writeHead(200, { "content-type": "application/x-amz-json-1.1" });
        response.end(JSON.stringify(answer(action)));
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    });
    const output = passGate(
      {
        offline: false,
        command: ["dist/migrate.js", "--to", "latest"],
        region: "eu-west-1",
        clusterName: "api-c1",
        subnetIds: ["subnet-1"],
        securityGroupId: "sg-1",
        assignPublicIp: true,
        taskDefinitionArn: taskDefinition(43),
        ...args,
      },
      undefined,
      new FakeClock(),
    );
    return (output as unknown as { promise(): Promise<string> }).promise();
  }

  afterEach(() => {
    become(saved);
    server.closeAllConnections();
    server.close();
  });

  const actions = () => asked.map(({ action }) => action);

  it("runs the command in the network of the service before a new task definition is deployed", async () => {
    expect(await gate(ecs(42, 0))).to.equal(taskDefinition(43));
    const { clientToken, ...input } = asked.find(({ action }) => action === "RunTask")?.input ?? {};
    expect(clientToken).to.be.a("string");
    expect(input).to.deep.equal({
      cluster: "api-c1",
      taskDefinition: taskDefinition(43),
      count: 1,
      launchType: "FARGATE",
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: ["subnet-1"],
          securityGroups: ["sg-1"],
          assignPublicIp: "ENABLED",
        },
      },
      overrides: {
        containerOverrides: [{ name: "app", command: ["dist/migrate.js", "--to", "latest"] }],
      },
      enableECSManagedTags: true,
      propagateTags: "TASK_DEFINITION",
      startedBy: "koa-fargate/run-task",
    });
  });

  it("does not begin the deployment when the command fails, and shows its log", async () => {
    const error = await gate(ecs(42, 2)).catch((thrown: unknown) => thrown);
    expect(pulumi.RunError.isInstance(error)).to.be.true;
    expect((error as Error).message).to.equal(
      [
        "the deployment did not begin: `dist/migrate.js --to latest` ended with exit code 2. What served before goes on serving.",
        "  log     column exists",
      ].join("\n"),
    );
  });

  it("does not run it again for a task definition that is deployed", async () => {
    expect(await gate(ecs(43, 2))).to.equal(taskDefinition(43));
    expect(actions()).to.deep.equal(["ListServices", "DescribeServices"]);
  });

  it("asks nothing in the offline plan, and nothing without a command", async () => {
    await gate(ecs(42, 2), { offline: true });
    expect(actions()).to.deep.equal([]);
    server.close();
    await gate(ecs(42, 2), { command: [] });
    expect(actions()).to.deep.equal([]);
  });
});
