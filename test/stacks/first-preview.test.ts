import { expect } from "chai";
import program from "../../index.ts";
import { FROZEN_SERVICES, planFrozen } from "../helpers/frozen.ts";
import { NOT_KNOWN_YET, type Plan } from "@koa-fargate/workbench/plan/types.ts";
import { at, one, planOf } from "./helpers/plans.ts";

/** What the template leaves to the owner of prod. */
const owned = {
  allowedAccountIds: ["123456789012"],
  certificateArn: "arn:aws:acm:eu-west-1:123456789012:certificate/abc",
  domainName: "api.example.com",
  alarmEmails: ["a@example.com"],
  secrets: { ACCESS_HASHES: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:keys-AbCdEf" },
};

/** As `pulumi preview` runs the program on a new stack: online, and nothing is there yet. */
const firstPreview = (stack: string, more: Readonly<Record<string, unknown>> = {}): Promise<Plan> =>
  planFrozen({
    stack,
    phase: "first-preview",
    overrides: { ...(stack === "prod" ? owned : {}), ...more },
    program: () => program({ services: FROZEN_SERVICES }),
  });

describe("the first preview of a stack", () => {
  for (const stack of ["dev", "prod"]) {
    it(`${stack}: no provider gets an unknown where it reads a plain value`, async () => {
      const plan = await firstPreview(stack);
      const { inputs } = one(plan, "Image");

      expect(inputs["skipPush"]).to.equal(false);
      // What the provider takes as unknown, and what comes of it.
      expect(inputs["imageName"]).to.equal(NOT_KNOWN_YET);
      expect(at(inputs, "registry", "server")).to.equal(NOT_KNOWN_YET);
      expect(one(plan, "TaskDefinition").inputs["containerDefinitions"]).to.equal(NOT_KNOWN_YET);
      expect(plan.outputs["imageUri"]).to.equal(NOT_KNOWN_YET);
      // Nothing is left out because something is unknown.
      const later = await planOf(stack, stack === "prod" ? owned : {});
      expect(plan.resources.map(({ urn }) => urn)).to.deep.equal(
        later.resources.map(({ urn }) => urn),
      );
    });
  }

  for (const options of [
    { deploymentStrategy: "rolling", serviceDiscovery: "dns", flowLogs: "all" },
    {
      deploymentStrategy: "blue-green",
      serviceDiscovery: "connect",
      containerInsights: "enhanced",
    },
  ]) {
    it(`dev with ${Object.values(options).join(", ")}: neither`, async () => {
      const more = { ...options, spotPercent: 0, taskCpu: 512, taskMemoryMiB: 1024 };
      const plan = await firstPreview("dev", { ...more, beforeDeployment: ["dist/migrate.js"] });

      expect(one(plan, "ecs/service:Service").inputs["taskDefinition"]).to.equal(NOT_KNOWN_YET);
    });
  }
});
