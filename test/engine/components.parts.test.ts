import { expect } from "chai";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { planStack } from "@koa-fargate/workbench/plan/evaluate.ts";
import { Engine, pluginIsHere } from "./engine.ts";
import { resourcesByUrn } from "./state.ts";
import { engineIsHere } from "../helpers/parts.ts";

/** A service on Fargate as a team writes it with awsx alone. */
const PROGRAM = `import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";

export default function program() {
  const vpc = new awsx.ec2.Vpc("net", {
    cidrBlock: "10.1.0.0/16",
    numberOfAvailabilityZones: 2,
    natGateways: { strategy: "None" },
    subnetStrategy: "Auto",
  });
  const balancer = new awsx.lb.ApplicationLoadBalancer("web", { subnets: vpc.subnets });
  const repository = new awsx.ecr.Repository("images", { forceDelete: true });
  const cluster = new aws.ecs.Cluster("cluster");
  const group = new aws.ec2.SecurityGroup("tasks", { vpcId: vpc.vpcId });
  new awsx.ecs.FargateService("api", {
    cluster: cluster.arn,
    networkConfiguration: { subnets: vpc.publicSubnetIds, securityGroups: [group.id], assignPublicIp: true },
    taskDefinitionArgs: {
      container: {
        name: "app",
        image: repository.url,
        cpu: 256,
        memory: 512,
        essential: true,
        portMappings: [{ containerPort: 8080, targetGroup: balancer.defaultTargetGroup }],
      },
    },
  });
}
`;

describe("awsx's own plugin", function () {
  let engine: Engine;

  before(async function () {
    if (!engineIsHere() || !pluginIsHere("awsx")) this.skip();
    engine = await Engine.start();
    writeFileSync(path.join(engine.project, "index.ts"), PROGRAM);
  });
  after(async () => {
    // Unset where the tests were skipped.
    await (engine as Engine | undefined)?.stop();
  });

  it("makes of network, load balancer, repository and service what the offline plan opens them into", async () => {
    await engine.succeed(["stack", "init", "dev"]);
    await engine.succeed(["up", "--stack", "dev", "--yes", "--skip-preview"]);
    const state = resourcesByUrn(await engine.succeed(["stack", "export", "--stack", "dev"]));
    const plan = await planStack({ stack: "dev", root: engine.project });

    expect(plan.resources.map(({ urn }) => urn).sort()).to.deep.equal([...state.keys()].sort());
    for (const { urn, inputs, outputs, custom } of plan.resources) {
      if (!custom) continue;
      const { __defaults: made = [], ...found } = state.get(urn) ?? {};
      // Names that the engine made up are inputs of the resource too, and the plan's.
      const names = (made as string[]).map((key) => [key, outputs[key]]);
      const expected = { ...inputs, ...(Object.fromEntries(names) as typeof inputs) };
      expect(found, urn).to.deep.equal(expected);
    }
  });
});
