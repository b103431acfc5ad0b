import { expect } from "chai";
import path from "node:path";
import program from "../../bootstrap/index.ts";
import {
  serviceGraph,
  type ServiceGraph,
} from "@koa-fargate/workbench/pipeline/permissions/graph.ts";
import { policy, type PolicyDocument } from "@koa-fargate/workbench/pipeline/permissions/policy.ts";
import { planStack } from "@koa-fargate/workbench/plan/evaluate.ts";
import { expectedOutputs } from "@koa-fargate/workbench/pipeline/bootstrap/expected.ts";
import type { Overrides } from "@koa-fargate/workbench/plan/stack-config.ts";
import type { Json, Plan, PlannedResource } from "@koa-fargate/workbench/plan/types.ts";
import { failure } from "../../packages/workbench/test/pipeline/delivery/fakes.ts";
import { allows, type Request } from "../../packages/workbench/test/pipeline/bootstrap/iam.ts";
import { planFrozen } from "../helpers/frozen.ts";
import { PROJECT } from "../helpers/project.ts";

const ROOT = path.resolve(import.meta.dirname, "../../bootstrap");
const ACCOUNT = "111122223333";
const OWN: Overrides = {
  allowedAccountIds: `["${ACCOUNT}"]`,
  githubSubjectPrefix: "repo:octo-org@123456/octo-repo@654321",
};
/** The file of an account as the template has it; its owner's may name another region. */
const FILE = new Map<string, unknown>([
  ["aws:region", "eu-west-1"],
  ["aws:defaultTags", { tags: { project: `${PROJECT}-bootstrap` } }],
]);

/** @param graphs - what the stacks are made of. @default - no stacks, where they do not matter */
const plan = (overrides: Overrides, graphs: readonly ServiceGraph[] = []): Promise<Plan> =>
  planStack({
    stack: "account",
    root: ROOT,
    file: FILE,
    overrides,
    program: (options) => program({ ...options, graphs }),
  });
const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");

const iam = (resource: string): string => `arn:aws:iam::${ACCOUNT}:${resource}`;
const regional = (service: string, resource: string): string =>
  `arn:aws:${service}:eu-west-1:${ACCOUNT}:${resource}`;
/** A name that Pulumi could have made up: within the patterns of the deploy role of dev. */
const ROLE = iam(`role/${PROJECT}/dev/api-roles-task-1a2b3c4`);
const STATE = `arn:aws:s3:::${PROJECT}-state-${ACCOUNT}-eu-west-1`;

describe("Bootstrap", function () {
  let planned: Plan;
  before(async () => {
    const stacks = await Promise.all(["dev", "prod"].map((stack) => planFrozen({ stack })));
    planned = await plan(
      OWN,
      stacks.map((one) => serviceGraph(one)),
    );
  });

  const ofType = (type: string): PlannedResource[] =>
    planned.resources.filter((resource) => resource.type === type);
  const named = (type: string, name: string): PlannedResource => {
    const found = ofType(type).find((resource) => resource.name === name);
    if (found === undefined) throw new Error(`no ${type} ${name}`);
    return found;
  };
  const document = (name: string): PolicyDocument =>
    JSON.parse(text(named("aws:iam/policy:Policy", name).inputs["policy"])) as PolicyDocument;

  /** What a role is: its attached policies, below its boundary. */
  const identity = (role: string) => {
    const attached = ofType("aws:iam/rolePolicyAttachment:RolePolicyAttachment").filter(
      ({ name }) => name.startsWith(`${role}-`),
    );
    const stack = role.split("-")[1] ?? "";
    return {
      policies: attached.map(({ name }) => document(name)),
      boundary: document(`boundary-${stack}`),
    };
  };
  const decide = (role: string, requests: readonly Request[]): string[] =>
    requests
      .filter((request) => allows(identity(role), request))
      .map(({ action, resource }) => `${action} ${resource}`);

  it("gives each role the jobs of one environment", () => {
    const subjects = ofType("aws:iam/role:Role").map(({ name, inputs }) => [
      name,
      JSON.parse(text(inputs["assumeRolePolicy"])) as unknown,
    ]);
    const trust = (environment: string) => ({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Federated: iam("oidc-provider/token.actions.githubusercontent.com") },
          Action: ["sts:AssumeRoleWithWebIdentity"],
          Condition: {
            StringEquals: {
              "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
              "token.actions.githubusercontent.com:sub": `repo:octo-org@123456/octo-repo@654321:environment:${environment}`,
            },
          },
        },
      ],
    });
    expect(Object.fromEntries(subjects)).to.deep.equal({
      "preview-dev": trust("preview-dev"),
      "preview-prod": trust("preview-prod"),
      "deploy-dev": trust("dev"),
      "deploy-prod": trust("prod"),
    });
  });

  it("tells costs apart by the tags that it is given, and leaves them on when it goes", async () => {
    const type = "aws:costexplorer/costAllocationTag:CostAllocationTag";
    const { resources } = await plan({ ...OWN, costAllocationTags: `["project","stack"]` });

    expect(ofType(type)).to.deep.equal([]);
    expect(
      resources
        .filter((resource) => resource.type === type)
        .map(({ inputs, options }) => [inputs, options.retainOnDelete]),
    ).to.deep.equal([
      [{ tagKey: "project", status: "Active" }, true],
      [{ tagKey: "stack", status: "Active" }, true],
    ]);
    expect(await failure(plan({ ...OWN, costAllocationTags: `[""]` }))).to.include(
      "costAllocationTags has to be a list of keys of tags, such as [project, stack].",
    );
  });

  it("puts every role below its stack's boundary, under the pipeline's path", () => {
    for (const { name, inputs } of ofType("aws:iam/role:Role")) {
      const stack = name.split("-")[1] ?? "";
      expect(inputs["path"], name).to.equal(`/${PROJECT}-ci/`);
      expect(inputs["permissionsBoundary"], name).to.equal(
        iam(`policy/${PROJECT}-ci/${PROJECT}-boundary-${stack}`),
      );
    }
  });

  it("stays within IAM's limits", () => {
    for (const { name, inputs } of ofType("aws:iam/policy:Policy"))
      expect(text(inputs["policy"]).length, name).to.be.below(6145);
    for (const { name } of ofType("aws:iam/role:Role"))
      expect(identity(name).policies.length, name).to.be.within(2, 10);
  });

  it("protects what holds the state, and keeps it when the stack goes", () => {
    const kept = planned.resources
      .filter(({ options }) => options.protect === true)
      .map(({ type, name, options }) => [
        `${type.split(":")[2] ?? ""} ${name}`,
        options.retainOnDelete,
      ]);
    expect(Object.fromEntries(kept)).to.deep.equal({
      "Bucket state": true,
      "Key state": true,
      "Key secrets-dev": true,
      "Key secrets-prod": true,
      "OpenIdConnectProvider github": undefined,
    });
  });

  it("lets no role change itself, its boundary, or who it trusts", () => {
    const paths = [
      iam(`role/${PROJECT}-ci/${PROJECT}-deploy-dev`),
      iam(`role/${PROJECT}-ci/${PROJECT}-deploy-prod`),
      iam(`policy/${PROJECT}-ci/${PROJECT}-boundary-dev`),
      iam("oidc-provider/token.actions.githubusercontent.com"),
    ];
    const actions = [
      "AttachRolePolicy",
      "CreatePolicyVersion",
      "DeletePolicy",
      "DeleteRole",
      "DeleteRolePermissionsBoundary",
      "DeleteRolePolicy",
      "PassRole",
      "PutRolePermissionsBoundary",
      "PutRolePolicy",
      "SetDefaultPolicyVersion",
      "TagRole",
      "UpdateAssumeRolePolicy",
      "UpdateOpenIDConnectProviderThumbprint",
    ];
    const requests = paths.flatMap((resource) =>
      actions.map((action) => ({ action: `iam:${action}`, resource })),
    );
    for (const role of ["preview-dev", "preview-prod", "deploy-dev", "deploy-prod"])
      expect(decide(role, requests), role).to.deep.equal([]);
  });

  it("holds each role back by its boundary alone, even one that may do everything", () => {
    const everything = policy([{ Effect: "Allow", Action: ["*"], Resource: ["*"] }]);
    const administrator = { policies: [everything], boundary: document("boundary-dev") };
    const refused: Request[] = [
      { action: "iam:PutRolePolicy", resource: iam(`role/${PROJECT}-ci/${PROJECT}-deploy-dev`) },
      {
        action: "iam:UpdateAssumeRolePolicy",
        resource: iam(`role/${PROJECT}-ci/${PROJECT}-preview-dev`),
      },
      {
        action: "iam:CreatePolicyVersion",
        resource: iam(`policy/${PROJECT}-ci/${PROJECT}-boundary-dev`),
      },
      {
        action: "iam:DeleteOpenIDConnectProvider",
        resource: iam("oidc-provider/token.actions.githubusercontent.com"),
      },
      { action: "iam:DeleteRolePermissionsBoundary", resource: iam("role/any") },
      { action: "iam:CreateUser", resource: iam("user/x") },
      { action: "sts:AssumeRole", resource: iam("role/Administrator") },
      { action: "s3:PutBucketPolicy", resource: STATE },
      {
        action: "s3:DeleteObjectVersion",
        resource: `${STATE}/.pulumi/stacks/${PROJECT}/dev.json`,
      },
      { action: "kms:ScheduleKeyDeletion", resource: keyOf("state") },
      { action: "secretsmanager:GetSecretValue", resource: "*" },
      { action: "dynamodb:Scan", resource: "*" },
      { action: "organizations:LeaveOrganization", resource: "*" },
      {
        action: "rds:DeleteDBInstance",
        resource: "*",
      },
      {
        action: "ecs:DeleteService",
        resource: "*",
        context: { "aws:ResourceTag/project": PROJECT, "aws:ResourceTag/stack": "prod" },
      },
    ];
    expect(refused.filter((request) => allows(administrator, request))).to.deep.equal([]);
    expect(allows(administrator, { action: "ecs:DeleteService", resource: "*" })).to.equal(true);
  });

  it("lets no role become another, or make users and keys", () => {
    const requests = [
      { action: "sts:AssumeRole", resource: iam("role/Administrator") },
      { action: "iam:CreateUser", resource: iam("user/x") },
      { action: "iam:CreateAccessKey", resource: iam("user/x") },
      { action: "iam:CreateRole", resource: iam("role/mine") },
      { action: "iam:PassRole", resource: iam("role/Administrator") },
      { action: "iam:DeleteRolePermissionsBoundary", resource: ROLE },
      { action: "organizations:LeaveOrganization", resource: "*" },
      { action: "lambda:CreateFunction", resource: "*" },
    ];
    for (const role of ["preview-dev", "deploy-dev", "deploy-prod"])
      expect(decide(role, requests), role).to.deep.equal([]);
  });

  it("lets no role read data or secret values", () => {
    const requests = [
      { action: "secretsmanager:GetSecretValue", resource: regional("secretsmanager", "secret:x") },
      { action: "ssm:GetParameters", resource: regional("ssm", "parameter/x") },
      { action: "dynamodb:GetItem", resource: regional("dynamodb", "table/storage-table-1a2b3c4") },
      { action: "dynamodb:Scan", resource: regional("dynamodb", "table/storage-table-1a2b3c4") },
      { action: "s3:GetObject", resource: "arn:aws:s3:::storage-backups-1a2b3c4/x" },
    ];
    for (const role of ["preview-dev", "preview-prod", "deploy-dev", "deploy-prod"])
      expect(decide(role, requests), role).to.deep.equal([]);
  });

  const keyOf = (name: string): string => text(named("aws:kms/key:Key", name).outputs["arn"]);
  const object = (name: string): string => `${STATE}/.pulumi/${name}`;
  const throughS3 = {
    "kms:ViaService": "s3.eu-west-1.amazonaws.com",
    "kms:EncryptionContext:aws:s3:arn": STATE,
  };

  it("lets a preview read its own stack's state and secrets, and write nothing", () => {
    const requests = [
      { action: "s3:GetObject", resource: object(`stacks/${PROJECT}/dev.json`) },
      { action: "s3:GetObject", resource: object(`stacks/${PROJECT}/prod.json`) },
      { action: "s3:GetObject", resource: object(`stacks/${PROJECT}-bootstrap/account.json`) },
      { action: "s3:PutObject", resource: object(`stacks/${PROJECT}/dev.json`) },
      { action: "s3:PutObject", resource: object(`locks/organization/${PROJECT}/dev/1.json`) },
      { action: "kms:Decrypt", resource: keyOf("secrets-dev") },
      { action: "kms:Decrypt", resource: keyOf("secrets-prod") },
      { action: "kms:Decrypt", resource: keyOf("state") },
      { action: "kms:Decrypt", resource: keyOf("state"), context: throughS3 },
      { action: "ecs:DescribeServices", resource: regional("ecs", "service/api-1/api-2") },
      { action: "ecs:UpdateService", resource: regional("ecs", "service/api-1/api-2") },
    ];
    expect(decide("preview-dev", requests)).to.deep.equal([
      `s3:GetObject ${object(`stacks/${PROJECT}/dev.json`)}`,
      `kms:Decrypt ${keyOf("secrets-dev")}`,
      `kms:Decrypt ${keyOf("state")}`,
      `ecs:DescribeServices ${regional("ecs", "service/api-1/api-2")}`,
    ]);
  });

  it("lets a deployment write its own stack's state, and never take the state away", () => {
    const requests = [
      { action: "s3:PutObject", resource: object(`stacks/${PROJECT}/dev.json`) },
      { action: "s3:PutObject", resource: object(`stacks/${PROJECT}/dev.json.bak`) },
      { action: "s3:DeleteObject", resource: object(`locks/organization/${PROJECT}/dev/1.json`) },
      { action: "s3:PutObject", resource: object(`stacks/${PROJECT}/dev2.json`) },
      { action: "s3:PutObject", resource: object(`stacks/${PROJECT}/prod.json`) },
      { action: "s3:DeleteObjectVersion", resource: object(`stacks/${PROJECT}/dev.json`) },
      { action: "s3:DeleteBucket", resource: STATE },
      { action: "s3:PutBucketPolicy", resource: STATE },
      { action: "kms:ScheduleKeyDeletion", resource: keyOf("secrets-dev") },
      { action: "kms:PutKeyPolicy", resource: keyOf("state") },
      { action: "kms:Decrypt", resource: keyOf("secrets-prod") },
    ];
    expect(decide("deploy-dev", requests)).to.deep.equal([
      `s3:PutObject ${object(`stacks/${PROJECT}/dev.json`)}`,
      `s3:PutObject ${object(`stacks/${PROJECT}/dev.json.bak`)}`,
      `s3:DeleteObject ${object(`locks/organization/${PROJECT}/dev/1.json`)}`,
    ]);
  });

  it("lets a deployment change its stack, in its region, and no other stack's resources", () => {
    const region = (name: string) => ({ "aws:RequestedRegion": name });
    const tags = (stack: string) => ({
      "aws:ResourceTag/project": PROJECT,
      "aws:ResourceTag/stack": stack,
    });
    const service = regional(
      "ecs",
      `service/${PROJECT}-dev-api-1a2b3c4/${PROJECT}-dev-api-1a2b3c4`,
    );
    const vpc = regional("ec2", "vpc/vpc-1");
    const here = region("eu-west-1");
    const decision = (action: string, resource: string, context: Record<string, string>): boolean =>
      allows(identity("deploy-dev"), { action, resource, context });

    expect(decision("ecs:UpdateService", service, { ...here, ...tags("dev") })).to.equal(true);
    expect(decision("ecs:UpdateService", service, { ...here, ...tags("prod") })).to.equal(false);
    expect(decision("ec2:DeleteVpc", vpc, { ...here, ...tags("dev") })).to.equal(true);
    expect(decision("ec2:DeleteVpc", vpc, { ...here, ...tags("prod") })).to.equal(false);
    expect(decision("ec2:DeleteVpc", vpc, { ...region("us-east-1"), ...tags("dev") })).to.equal(
      false,
    );
    expect(
      decision("ecr:PutImage", regional("ecr", `repository/${PROJECT}-dev-registry-1a2b3c4`), here),
    ).to.equal(true);
    expect(decision("ecr:PutImage", regional("ecr", "repository/other"), here)).to.equal(false);
    const passed = { "iam:PassedToService": "ecs-tasks.amazonaws.com" };
    const role = iam(`role/${PROJECT}/dev/api-roles-task-1a2b3c4`);
    expect(decision("iam:PassRole", role, passed)).to.equal(true);
    expect(decision("iam:PassRole", role, { "iam:PassedToService": "ec2.amazonaws.com" })).to.equal(
      false,
    );
  });

  const boundaryOf = (stack: string): string =>
    iam(`policy/${PROJECT}-ci/${PROJECT}-service-boundary-${stack}`);
  const deploy = (action: string, resource: string, context: Record<string, string> = {}) =>
    allows(identity("deploy-dev"), { action, resource, context });

  it("lets a deployment make no role without the stack's boundary, and grant none anything", () => {
    const inline = ["iam:CreateRole", "iam:PutRolePolicy", "iam:DeleteRolePolicy"];
    for (const action of inline) {
      expect(deploy(action, ROLE), action).to.equal(false);
      for (const other of [boundaryOf("prod"), iam("policy/any")])
        expect(deploy(action, ROLE, { "iam:PermissionsBoundary": other }), action).to.equal(false);
      expect(
        deploy(action, ROLE, { "iam:PermissionsBoundary": boundaryOf("dev") }),
        action,
      ).to.equal(true);
    }
    const bounded = { "iam:PermissionsBoundary": boundaryOf("dev") };
    const administrator = "arn:aws:iam::aws:policy/AdministratorAccess";
    expect(
      deploy("iam:AttachRolePolicy", ROLE, { ...bounded, "iam:PolicyARN": administrator }),
    ).to.equal(false);
    for (const action of ["iam:DeleteRolePermissionsBoundary", "iam:PutRolePermissionsBoundary"])
      expect(deploy(action, ROLE, bounded), action).to.equal(false);
  });

  it("keeps the roles of two stacks apart by their path, where AWS heeds no tags", () => {
    const bounded = { "iam:PermissionsBoundary": boundaryOf("dev") };
    const passed = { "iam:PassedToService": "ecs-tasks.amazonaws.com" };
    for (const path of [`${PROJECT}/prod/`, "other/dev/", ""])
      for (const [action, context] of [
        ["iam:PassRole", passed],
        ["iam:UpdateAssumeRolePolicy", {}],
        ["iam:CreateRole", bounded],
        ["iam:PutRolePolicy", bounded],
        ["iam:DeleteRole", {}],
      ] as const)
        expect(
          deploy(action, iam(`role/${path}api-roles-task-1a2b3c4`), context),
          `${action} ${path}`,
        ).to.equal(false);
    expect(deploy("iam:UpdateAssumeRolePolicy", ROLE)).to.equal(true);
  });

  it("keeps a role of the service off the state, the pipeline's keys and other stacks, whatever its policies say", () => {
    const everything = policy([{ Effect: "Allow", Action: ["*"], Resource: ["*"] }]);
    const task = { policies: [everything], boundary: document("service-boundary-dev") };
    const may = (action: string, resource: string, stack?: string): boolean =>
      allows(task, {
        action,
        resource,
        context: stack === undefined ? {} : { "aws:ResourceTag/stack": stack },
      });
    const secret = regional("secretsmanager", "secret:x");
    const table = regional("dynamodb", "table/storage-table-1a2b3c4");
    expect(may("s3:GetObject", object(`stacks/${PROJECT}/dev.json`))).to.equal(false);
    expect(may("s3:PutObject", object(`stacks/${PROJECT}/dev.json`))).to.equal(false);
    expect(may("s3:ListBucket", STATE)).to.equal(false);
    expect(may("s3:GetObject", "arn:aws:s3:::uploads/x")).to.equal(true);
    for (const key of ["state", "secrets-dev", "secrets-prod"])
      expect(may("kms:Decrypt", keyOf(key)), key).to.equal(false);
    expect(may("kms:Decrypt", regional("kms", "key/own"))).to.equal(true);
    for (const [action, resource] of [
      ["secretsmanager:GetSecretValue", secret],
      ["dynamodb:Query", table],
      ["kms:Decrypt", regional("kms", "key/other")],
    ] as const) {
      expect(may(action, resource), action).to.equal(true);
      expect(may(action, resource, "dev"), action).to.equal(true);
      expect(may(action, resource, "prod"), action).to.equal(false);
    }
    for (const action of ["iam:CreateRole", "iam:PassRole", "sts:AssumeRole", "ecs:UpdateService"])
      expect(may(action, "*"), action).to.equal(false);
  });

  it("is known before it is there: a dry run names the same", () => {
    const settings = {
      accountId: ACCOUNT,
      subjectPrefix: "",
      region: "eu-west-1",
      stacks: ["dev", "prod"],
    };
    const regions = { dev: "eu-west-1", prod: "eu-west-1" };
    expect(expectedOutputs(settings, regions)).to.deep.equal(planned.outputs);
  });

  it("tells what GitHub has to know", () => {
    const backend = `s3://${PROJECT}-state-${ACCOUNT}-eu-west-1?region=eu-west-1`;
    const variables = (role: string) => ({
      AWS_ACCOUNT_ID: ACCOUNT,
      AWS_REGION: "eu-west-1",
      AWS_ROLE_ARN: iam(`role/${PROJECT}-ci/${PROJECT}-${role}`),
      PULUMI_BACKEND_URL: backend,
    });
    expect(planned.outputs).to.deep.equal({
      backendUrl: backend,
      environments: {
        dev: variables("deploy-dev"),
        "preview-dev": variables("preview-dev"),
        prod: variables("deploy-prod"),
        "preview-prod": variables("preview-prod"),
      },
      secretsProviders: {
        dev: `awskms://alias/${PROJECT}-dev-state?region=eu-west-1`,
        prod: `awskms://alias/${PROJECT}-prod-state?region=eu-west-1`,
      },
      serviceBoundaries: {
        dev: iam(`policy/${PROJECT}-ci/${PROJECT}-service-boundary-dev`),
        prod: iam(`policy/${PROJECT}-ci/${PROJECT}-service-boundary-prod`),
      },
    });
  });

  it("takes an identity provider that is there", async () => {
    const oidcProviderArn = iam("oidc-provider/token.actions.githubusercontent.com");
    const other = await plan({ ...OWN, oidcProviderArn });
    expect(
      other.resources.filter(
        ({ type }) => type === "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
      ),
    ).to.deep.equal([]);
  });

  it("refuses what would open the roles to others, all problems at once", async () => {
    const wrong = {
      allowedAccountIds: `["123"]`,
      githubSubjectPrefix: "repo:octo-org/*",
      stacks: `["Dev"]`,
      oidcProviderArn: "github",
    };
    expect(await failure(plan(wrong))).to.equal(
      [
        "account: wrong configuration",
        "  allowedAccountIds has to hold one account id of 12 digits.",
        '  githubSubjectPrefix is "repo:octo-org/*", but it has to be repo:ORG@ID/REPO@ID or repo:ORG/REPO, without patterns. docs/getting-started.md says how to read it from a token.',
        "  stacks has to name at least one stack, in small letters, digits and hyphens.",
        '  oidcProviderArn is "github", but it has to be the ARN of an identity provider, or empty.',
      ].join("\n"),
    );
  });
});
