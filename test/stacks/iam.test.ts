import { expect } from "chai";
import type { Json, Plan } from "@koa-fargate/workbench/plan/types.ts";
import { all, at, byName, one, parsed, planOf, show } from "./helpers/plans.ts";
import { PROJECT } from "../helpers/project.ts";

const ACCOUNT = "123456789012";
const FOREIGN_KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/0a1b`;
const SECRET = `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:keys-AbCdEf`;
const PARAMETER = `arn:aws:ssm:eu-west-1:${ACCOUNT}:parameter/api/token`;

const statements = (policy: Json | undefined): Json[] => {
  const list = at(parsed(policy), "Statement");
  return Array.isArray(list) ? list : [];
};
const policy = (plan: Plan, name: string): Json[] =>
  statements(one(plan, "RolePolicy", name).inputs["policy"]);
/** What the template lets the app do; what a fork adds is its owner's. */
const taskPolicy = (plan: Plan): Json[] =>
  all(plan, "RolePolicy")
    .filter(({ name }) => name === "api-roles-task-policy")
    .flatMap(({ inputs }) => statements(inputs["policy"]))
    .filter((statement) => /"(?:dynamodb|kms|ssmmessages):/.test(show(statement)));
const trust = (service: string, condition?: Json): Json => ({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Action: "sts:AssumeRole",
      Principal: { Service: service },
      ...(condition === undefined ? {} : { Condition: condition }),
    },
  ],
});
const allow = (Action: string[], Resource: Json): Json => ({ Effect: "Allow", Action, Resource });
const TABLE_ACTIONS = [
  "dynamodb:BatchGetItem",
  "dynamodb:BatchWriteItem",
  "dynamodb:ConditionCheckItem",
  "dynamodb:DeleteItem",
  "dynamodb:DescribeTable",
  "dynamodb:GetItem",
  "dynamodb:PutItem",
  "dynamodb:Query",
  "dynamodb:UpdateItem",
];

function execution(plan: Plan): Json[] {
  return [
    allow(["ecr:GetAuthorizationToken"], "*"),
    allow(
      ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      one(plan, "Repository").outputs["arn"] ?? null,
    ),
    allow(
      ["logs:CreateLogStream", "logs:PutLogEvents"],
      `${show(one(plan, "LogGroup", "api").outputs["arn"])}:*`,
    ),
  ];
}

describe("IAM", () => {
  const ecsTasks = trust("ecs-tasks.amazonaws.com", {
    StringEquals: { "aws:SourceAccount": ACCOUNT },
    ArnLike: { "aws:SourceArn": `arn:aws:ecs:eu-west-1:${ACCOUNT}:*` },
  });

  it("a permissions boundary bounds every role, and none by default", async () => {
    const boundary = `arn:aws:iam::${ACCOUNT}:policy/bound`;
    const bounds = (plan: Plan): Json[] =>
      all(plan, "Role").map(({ inputs }) => inputs["permissionsBoundary"] ?? null);

    const bounded = await planOf("prod", { permissionsBoundaryArn: boundary });
    const roles = all(bounded, "Role").length;
    expect(bounds(bounded)).to.deep.equal(Array(roles).fill(boundary));
    expect(bounds(await planOf("prod"))).to.deep.equal(Array(roles).fill(null));
    expect(roles).to.equal(5);
    // Under a path of their own, for the sake of who passes them.
    const paths = all(bounded, "Role").map(({ inputs }) => inputs["path"]);
    expect(paths).to.deep.equal(Array(roles).fill(`/${PROJECT}/prod/`));
  });

  it("dev: only ECS assumes the roles, for tasks of this account", async () => {
    expect(
      byName(await planOf("dev"), "Role", ({ inputs }) => parsed(inputs["assumeRolePolicy"])),
    ).to.deep.equal({ "api-roles-execution": ecsTasks, "api-roles-task": ecsTasks });
  });

  it("prod: so do VPC flow logs, for this account's; ECS itself and CloudTrail name no source account", async () => {
    expect(
      byName(await planOf("prod"), "Role", ({ inputs }) => parsed(inputs["assumeRolePolicy"])),
    ).to.deep.equal({
      "api-infrastructure": trust("ecs.amazonaws.com"),
      "api-roles-execution": ecsTasks,
      "api-roles-task": ecsTasks,
      "audit-role": trust("cloudtrail.amazonaws.com"),
      "network-flow-logs-role": trust("vpc-flow-logs.amazonaws.com", {
        StringEquals: { "aws:SourceAccount": ACCOUNT },
        ArnLike: { "aws:SourceArn": `arn:aws:ec2:eu-west-1:${ACCOUNT}:vpc-flow-log/*` },
      }),
    });
  });

  it("prod: AWS's own policy for moving traffic is the one policy that is not the stack's", async () => {
    const plan = await planOf("prod");

    expect(byName(plan, "RolePolicyAttachment", ({ inputs }) => inputs)).to.deep.equal({
      "api-infrastructure-policy": {
        role: one(plan, "Role", "api-infrastructure").outputs["name"],
        policyArn: "arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers",
      },
    });
  });

  it("dev: ECS may pull this image and write these logs; the app may use its table", async () => {
    const plan = await planOf("dev");

    expect(policy(plan, "api-roles-execution-policy")).to.deep.equal(execution(plan));
    expect(taskPolicy(plan)).to.deep.equal([
      allow(TABLE_ACTIONS, one(plan, "Table").outputs["arn"] ?? null),
    ]);
  });

  it("prod: with the table comes its key, and no other role touches it", async () => {
    const plan = await planOf("prod");
    const key = one(plan, "Key").outputs["arn"] ?? null;

    expect(taskPolicy(plan)).to.deep.equal([
      allow(TABLE_ACTIONS, one(plan, "Table").outputs["arn"] ?? null),
      allow(["kms:Decrypt", "kms:GenerateDataKey*"], key),
    ]);
    expect(policy(plan, "network-flow-logs-policy")).to.deep.equal([
      allow(
        ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
        `${show(one(plan, "LogGroup", "network-flow-logs").outputs["arn"])}:*`,
      ),
    ]);
    expect(policy(plan, "audit-policy")).to.deep.equal([
      allow(
        ["logs:CreateLogStream", "logs:PutLogEvents"],
        `${show(one(plan, "LogGroup", "audit").outputs["arn"])}:log-stream:${ACCOUNT}_CloudTrail_eu-west-1*`,
      ),
    ]);
  });

  it("prod: secrets are readable one by one, with the key that may encrypt them", async () => {
    const plan = await planOf("prod", {
      secrets: { ACCESS_HASHES: `${SECRET}:hashes::`, TOKEN: PARAMETER },
      secretsKeyArns: [FOREIGN_KEY],
    });

    expect(policy(plan, "api-roles-execution-policy")).to.deep.equal([
      ...execution(plan),
      allow(["secretsmanager:GetSecretValue"], [SECRET]),
      allow(["ssm:GetParameters"], [PARAMETER]),
      allow(["kms:Decrypt"], one(plan, "Key").outputs["arn"] ?? null),
      allow(["kms:Decrypt"], [FOREIGN_KEY]),
    ]);
    // What changes a secret changes the task definition. A parameter's version is not asked for, nor one that is named.
    expect(parsed(one(plan, "TaskDefinition").inputs["containerDefinitions"]))
      .to.have.nested.property("[0].dockerLabels")
      .that.has.all.keys("secret-version.ACCESS_HASHES");
  });

  it("an app without table may do nothing at all", async () => {
    const plan = await planOf("dev", { table: "none" });

    expect(taskPolicy(plan)).to.deep.equal([]);
    expect(all(plan, "RolePolicyAttachment")).to.deep.equal([]);
  });

  it("a shell in tasks adds its channels to the task role", async () => {
    const plan = await planOf("dev", { table: "none", executeCommand: "enabled" });

    expect(taskPolicy(plan)).to.deep.equal([
      allow(
        [
          "ssmmessages:CreateControlChannel",
          "ssmmessages:CreateDataChannel",
          "ssmmessages:OpenControlChannel",
          "ssmmessages:OpenDataChannel",
        ],
        "*",
      ),
    ]);
  });

  for (const [stack, overrides] of [
    ["dev", {}],
    ["prod", {}],
    ["prod", { deploymentStrategy: "rolling", executeCommand: "enabled" }],
  ] as const) {
    it(`${stack} ${JSON.stringify(overrides)}: only actions that know no resource have all of them`, async () => {
      const plan = await planOf(stack, overrides);
      const onAll = all(plan, "RolePolicy")
        .flatMap(({ inputs }) => statements(inputs["policy"]))
        .filter((statement) => [at(statement, "Resource")].flat().includes("*"))
        .flatMap((statement) => at(statement, "Action"));
      const wildcards = all(plan, "RolePolicy")
        .flatMap(({ inputs }) => statements(inputs["policy"]))
        .flatMap((statement) => at(statement, "Action"))
        .filter((action) => show(action).includes("*"));

      expect(onAll.filter((action) => !show(action).startsWith("ssmmessages:"))).to.deep.equal([
        "ecr:GetAuthorizationToken",
      ]);
      expect(wildcards).to.deep.equal(stack === "prod" ? ["kms:GenerateDataKey*"] : []);
    });
  }

  it("a task starts once the policies of its roles are attached", async () => {
    const { propertyDependencies } = one(await planOf("prod"), "TaskDefinition");
    const last = (property: string): string[] | undefined =>
      propertyDependencies[property]?.map((urn) => urn.split("::").at(-1) ?? "");

    expect(last("executionRoleArn")).to.have.members([
      "api-roles-execution",
      "api-roles-execution-policy",
    ]);
    expect(last("taskRoleArn")).to.have.members(["api-roles-task", "api-roles-task-policy"]);
  });

  for (const [type, property, role] of [
    ["FlowLog", "iamRoleArn", "network-flow-logs"],
    ["Trail", "cloudWatchLogsRoleArn", "audit"],
  ] as const)
    it(`${type}: delivery to CloudWatch starts once its role may write`, async () => {
      const { propertyDependencies } = one(await planOf("prod"), type);

      expect(propertyDependencies[property]?.map((urn) => urn.split("::").at(-1))).to.have.members([
        `${role}-role`,
        `${role}-policy`,
      ]);
    });

  it("roles of the container are two", async () => {
    const { inputs } = one(await planOf("prod"), "TaskDefinition");

    expect(inputs["executionRoleArn"]).not.to.equal(inputs["taskRoleArn"]);
  });
});
