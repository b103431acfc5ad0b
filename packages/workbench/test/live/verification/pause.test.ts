import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { clearPauses } from "../../../src/live/verification/pause.ts";
import { taskDefinition } from "./answers.ts";
import { become } from "../../../../../test/helpers/environment.ts";

const PAUSE = { targetType: "PAUSE", lifecycleStages: ["POST_SCALE_UP"] };
const LAMBDA = { targetType: "AWS_LAMBDA", hookTargetArn: "function" };

describe("clearPauses", () => {
  const saved = { ...process.env };
  let server: Server;
  let updates: object[];

  /** ECS with one service; `keeps` takes the request and changes nothing. */
  async function clear(hooks: object[] | undefined, { keeps = false, approval = "none" } = {}) {
    updates = [];
    const service = (lifecycleHooks: object[] | undefined): object => ({
      serviceArn: "service",
      deploymentConfiguration: { strategy: "CANARY", bakeTimeInMinutes: 5, lifecycleHooks },
    });
    server = createServer((request, response) => {
      let text = "";
      request.setEncoding("utf8");
      request.on("data", (chunk: string) => (text += chunk));
      request.on("end", () => {
        const action = String(request.headers["x-amz-target"]).split(".").at(-1) ?? "";
        const input = JSON.parse(text) as { deploymentConfiguration: { lifecycleHooks: object[] } };
        if (action === "UpdateService") updates.push(input);
        const answers: Record<string, () => object> = {
          ListServices: () => ({ serviceArns: ["service"] }),
          DescribeServices: () => ({ services: [service(hooks)] }),
          UpdateService: () => ({
            service: service(keeps ? hooks : input.deploymentConfiguration.lifecycleHooks),
          }),
        };
        response.writeHead(200, { "content-type": "application/x-amz-json-1.1" });
        response.end(JSON.stringify(answers[action]?.()));
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_MAX_ATTEMPTS: "1",
    });
    const output = clearPauses({
      offline: false,
      approval,
      region: "eu-west-1",
      clusterName: "api-c1",
      taskDefinitionArn: taskDefinition(43),
    });
    return (output as unknown as { promise(): Promise<string> }).promise();
  }

  afterEach(() => {
    become(saved);
    server.closeAllConnections();
    server.close();
  });

  it("takes a pause off by an empty list, with the settings beside it as they were", async () => {
    expect(await clear([PAUSE])).to.equal(taskDefinition(43));
    expect(updates).to.deep.equal([
      {
        cluster: "api-c1",
        service: "service",
        deploymentConfiguration: {
          strategy: "CANARY",
          bakeTimeInMinutes: 5,
          lifecycleHooks: [],
        },
      },
    ]);
  });

  it("leaves the hooks of others", async () => {
    await clear([LAMBDA, PAUSE]);

    expect(updates).to.have.length(1);
    expect(updates[0]).to.have.deep.nested.property("deploymentConfiguration.lifecycleHooks", [
      LAMBDA,
    ]);
  });

  it("changes nothing where there is no pause, and takes no pause off that is wanted", async () => {
    await clear(undefined);
    await clear([LAMBDA]);
    expect(await clear([PAUSE], { approval: "after-scale-up" })).to.equal(taskDefinition(43));

    expect(updates).to.deep.equal([]);
  });

  it("ends the deployment where ECS keeps the pause", async () => {
    const error: unknown = await clear([PAUSE], { keeps: true }).catch((thrown: unknown) => thrown);

    expect(pulumi.RunError.isInstance(error)).to.be.true;
    expect((error as Error).message).to.equal(
      "the deployment did not begin: approval is none, but the pause that the service has from before could not be taken off: ECS kept it. Run `pulumi up` again, or set approval as it was.",
    );
  });
});
