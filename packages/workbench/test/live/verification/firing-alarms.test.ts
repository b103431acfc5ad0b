import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { askAlarms, type FiringAlarmsArgs } from "../../../src/live/verification/firing-alarms.ts";
import { taskDefinition } from "./answers.ts";
import { become } from "../../../../../test/helpers/environment.ts";

const MEANING =
  "ECS watches no alarm at all during a deployment that starts while one fires, so none would roll it back";

describe("askAlarms", () => {
  const saved = { ...process.env };
  let server: Server;
  let asked: { action: string; input: object }[];
  let warnings: string[];

  /** CloudWatch, where some alarms fire, and ECS, which runs revision 42. */
  async function ask(
    firing: readonly string[],
    args: Partial<FiringAlarmsArgs> = {},
    preview = false,
  ) {
    asked = [];
    warnings = [];
    server = createServer((request, response) => {
      let text = "";
      request.setEncoding("utf8");
      request.on("data", (chunk: string) => (text += chunk));
      request.on("end", () => {
        const action = String(request.headers["x-amz-target"]).split(".").at(-1) ?? "";
        asked.push({ action, input: JSON.parse(text) as object });
        const answers: Record<string, object> = {
          DescribeAlarms: { MetricAlarms: firing.map((AlarmName) => ({ AlarmName })) },
          ListServices: { serviceArns: ["service"] },
          DescribeServices: { services: [{ taskDefinition: taskDefinition(42) }] },
        };
        response.writeHead(200, { "content-type": "application/x-amz-json-1.0" });
        response.end(JSON.stringify(answers[action]));
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_MAX_ATTEMPTS: "1",
    });
    if (args.region === "nowhere") server.close();
    return promiseOf(
      askAlarms(
        {
          offline: false,
          firingAlarms: "warn",
          region: "eu-west-1",
          alarmNames: ["errors-1a2b", "latency-3c4d"],
          clusterName: "api-c1",
          taskDefinitionArn: taskDefinition(43),
          ...args,
        },
        (text) => Promise.resolve(void warnings.push(text)),
        preview,
      ),
    );
  }

  const promiseOf = (output: pulumi.Output<string>): Promise<string> =>
    (output as unknown as { promise(): Promise<string> }).promise();

  afterEach(() => {
    become(saved);
    server.closeAllConnections();
    server.close();
  });

  it("says nothing while no alarm fires", async () => {
    expect(await ask([], { firingAlarms: "strict" })).to.equal(taskDefinition(43));
    expect(warnings).to.deep.equal([]);
    expect(asked).to.deep.equal([
      {
        action: "DescribeAlarms",
        input: {
          AlarmNames: ["errors-1a2b", "latency-3c4d"],
          AlarmTypes: ["MetricAlarm"],
          StateValue: "ALARM",
        },
      },
    ]);
  });

  it("says which fire and what that means, and lets the fix go out", async () => {
    expect(await ask(["errors-1a2b"])).to.equal(taskDefinition(43));
    expect(warnings).to.deep.equal([
      `the alarm errors-1a2b fires already. ${MEANING}. Deploy a fix now, watch it yourself, or wait until they are OK.`,
    ]);
  });

  it("refuses a new task definition where it is strict", async () => {
    const firing = ["errors-1a2b", "latency-3c4d"];
    const error = await ask(firing, { firingAlarms: "strict" }).catch((thrown: unknown) => thrown);
    expect(pulumi.RunError.isInstance(error)).to.be.true;
    expect((error as Error).message).to.equal(
      `the deployment did not begin: the alarms errors-1a2b, latency-3c4d fire already, and firingAlarms is strict. ${MEANING}. Wait until they are OK, or deploy the fix with firingAlarms warn.`,
    );
  });

  it("does not refuse what is deployed already, strict or not", async () => {
    const args = { firingAlarms: "strict", taskDefinitionArn: taskDefinition(42) } as const;
    expect(await ask(["errors-1a2b"], args)).to.equal(taskDefinition(42));
    expect(warnings).to.deep.equal([
      `the alarm errors-1a2b fires already. ${MEANING}; with firingAlarms strict a new task definition is not deployed until they are OK.`,
    ]);
  });

  it("says in one sentence what could not be asked, and stops nothing for it", async () => {
    expect(await ask([], { region: "nowhere" })).to.equal(taskDefinition(43));
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.match(
      /^whether alarms fire could not be asked: connect ECONNREFUSED 127\.0\.0\.1:\d+\. If one does, no alarm rolls the next deployment back\. It needs cloudwatch:DescribeAlarms\.$/,
    );
  });

  it("asks nothing in the offline plan, and nothing without alarms", async () => {
    await ask(["errors-1a2b"], { offline: true });
    expect(asked).to.deep.equal([]);
    server.close();
    await ask(["errors-1a2b"], { alarmNames: [] });
    expect(asked).to.deep.equal([]);
  });

  it("asks in a preview too, and leaves the task definition as it is", async () => {
    const args = { firingAlarms: "strict" } as const;
    expect(await ask(["errors-1a2b"], args, true)).to.equal(taskDefinition(43));
    // Nothing waits for the answer in a preview.
    while (warnings.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(warnings).to.have.length(1);
  });
});
