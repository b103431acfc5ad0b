import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { readFileSync } from "node:fs";
import * as entry from "../index.ts";
import { evaluateFrozen, planFrozen } from "./helpers/frozen.ts";
import type { Json } from "@koa-fargate/workbench/plan/types.ts";
import { planOf } from "./stacks/helpers/plans.ts";
import { PROJECT } from "./helpers/project.ts";

const OUTPUTS = [
  "albDnsName",
  "clusterName",
  "dashboardUrl",
  "imageUri",
  "logGroupName",
  "repositoryUrl",
  "serviceName",
  "tableName",
  "taskDefinitionArn",
  "taskSecurityGroupId",
  "url",
  "vpcId",
];

/** The sentence of the error that refuses a plan. */
async function refusal(plan: Promise<unknown>): Promise<Error> {
  try {
    await plan;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("the program went through");
}

describe("index.ts", () => {
  it("exports the program alone, as the engine demands of a module", () => {
    expect(Object.keys(entry)).to.deep.equal(["default"]);
    expect(entry.default).to.be.a("function");
    const { type, main } = JSON.parse(readFileSync("package.json", "utf8")) as Record<
      string,
      string
    >;

    // In a CommonJS package the engine would not call it, and plan to delete the stack.
    expect([type, main]).to.deep.equal(["module", "index.ts"]);
  });

  it("plans both stacks at once in one process, each with its own names", async () => {
    const plans = await Promise.all(["dev", "prod"].map((stack) => evaluateFrozen({ stack })));

    expect(plans.map(({ stack }) => stack)).to.deep.equal(["dev", "prod"]);
    for (const { stack, resources } of plans)
      expect(
        resources.filter(({ urn }) => !urn.startsWith(`urn:pulumi:${stack}::${PROJECT}::`)),
      ).to.deep.equal([]);
  });

  for (const stack of ["dev", "prod"]) {
    it(`${stack} has these outputs, and none is empty or secret`, async () => {
      const { outputs } = await planOf(stack);

      // An owner may add others.
      expect(Object.keys(outputs)).to.include.members(OUTPUTS);
      for (const [name, value] of Object.entries(outputs)) {
        expect(value, name).to.be.a("string").and.not.to.equal("");
        expect(value, name).not.to.include("[secret");
      }
    });

    it(`${stack} asks AWS for account, image tags and registry login`, async () => {
      const { invokes } = await planOf(stack);

      expect(invokes.map(({ token }) => token)).to.include.members([
        "aws:index/getCallerIdentity:getCallerIdentity",
        "aws:ecr/getImages:getImages",
        "aws:ecr/getAuthorizationToken:getAuthorizationToken",
      ]);
    });

    it(`${stack} shows no secret, neither in inputs nor in outputs`, async () => {
      const { resources, outputs } = await planOf(stack);
      const secret = resources.flatMap(({ name, secretPaths }) =>
        secretPaths.map((path) => `${name.replace(/app-[0-9a-f]+/, "app")} ${path}`),
      );
      const text = JSON.stringify([resources, outputs]);

      expect(secret).to.deep.equal([
        "registry-app registry.password",
        "registry-app registry.username",
      ]);
      expect(text).not.to.include("password of the registry");
    });
  }

  it("trail and dashboard are named after project and stack", async () => {
    const plan = await planOf("prod");
    const named = plan.resources
      .filter(({ type }) => /Trail$|Dashboard$/.test(type) && !type.startsWith("koa-fargate:"))
      .map(({ inputs }) => inputs["name"] ?? inputs["dashboardName"]);

    expect(named).to.have.members([`${PROJECT}-prod`, `${PROJECT}-prod`]);
  });

  describe("account", () => {
    const credentialsOf = (accountId: string) => ({
      "aws:index/getCallerIdentity:getCallerIdentity": () => ({
        id: accountId,
        accountId,
        arn: `arn:aws-cn:sts::${accountId}:assumed-role/deploy/me`,
        userId: "me",
      }),
    });

    it("credentials of another account are refused before anything is made", async () => {
      const error = await refusal(
        planFrozen({
          stack: "dev",
          overrides: { allowedAccountIds: ["111111111111", "222222222222"] },
          calls: credentialsOf("333333333333"),
        }),
      );

      expect(error.message).to.equal(
        `The credentials are for account 333333333333, but ${PROJECT}:allowedAccountIds of stack dev allows 111111111111, 222222222222. Switch the credentials, or add the account to the list.`,
      );
      expect(pulumi.RunError.isInstance(error)).to.equal(true);
    });

    it("credentials of any listed account, and of any where none is listed, go through", async () => {
      const plans = await Promise.all(
        [["111111111111", "222222222222"], []].map((allowedAccountIds) =>
          planFrozen({
            stack: "dev",
            overrides: { allowedAccountIds },
            calls: credentialsOf("222222222222"),
          }),
        ),
      );

      expect(plans.map(({ stack }) => stack)).to.deep.equal(["dev", "dev"]);
    });

    it("account and partition of the credentials are those of roles and policies", async () => {
      const plan = await planFrozen({ stack: "dev", calls: credentialsOf("333333333333") });
      const role = plan.resources.find(({ name }) => name === "api-roles-execution");
      const trust = JSON.parse(role?.inputs["assumeRolePolicy"] as string) as {
        Statement: { Condition: Json }[];
      };

      expect(trust.Statement[0]?.Condition).to.deep.equal({
        StringEquals: { "aws:SourceAccount": "333333333333" },
        ArnLike: { "aws:SourceArn": "arn:aws-cn:ecs:eu-west-1:333333333333:*" },
      });
    });
  });
});
