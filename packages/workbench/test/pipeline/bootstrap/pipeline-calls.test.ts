import { expect } from "chai";
import { pipelineBoundary } from "../../../src/pipeline/permissions/boundary.ts";
import type { ServiceGraph } from "../../../src/pipeline/permissions/graph.ts";
import { policy } from "../../../src/pipeline/permissions/policy.ts";
import {
  readStatements,
  UnknownPermission,
  writeStatements,
} from "../../../src/pipeline/permissions/service-statements.ts";
import { readState, writeState } from "../../../src/pipeline/permissions/state-statements.ts";
import { allows, type Request } from "./iam.ts";
import { PROJECT } from "../../../../../test/helpers/project.ts";

const HERE = { partition: "aws", accountId: "123456789012" };
const STATE = "arn:aws:s3:::state";
const PIPELINE = {
  ...HERE,
  path: `/${PROJECT}-ci/`,
  stateBucketArn: STATE,
  keyArns: ["arn:aws:kms:eu-west-1:123456789012:key/state"],
};
const PLACE = {
  ...{ project: PROJECT, stack: "dev", region: "eu-west-1", bucketArn: STATE },
  bucketKeyArn: PIPELINE.keyArns[0] ?? "",
  secretsKeyArn: "arn:aws:kms:eu-west-1:123456789012:key/secrets-dev",
};
const arn = (service: string, resource: string): string =>
  `arn:aws:${service}:eu-west-1:123456789012:${resource}`;
const BUCKET = "aws:s3/bucket:Bucket";
const SERVICE = "aws:ecs/service:Service";

/** A stack of some types, with the names that Pulumi would give. */
const stackOf = (types: readonly string[], tags: Record<string, string> = {}): ServiceGraph => ({
  ...{ project: PROJECT, stack: "dev", region: "eu-west-1", functions: [], roles: [] },
  types: [...types],
  arns: {
    [BUCKET]: ["arn:aws:s3:::storage-assets-*"],
    [SERVICE]: [arn("ecs", "service/api-*/api-*")],
  },
  tags: { project: PROJECT, stack: "dev", ...tags },
});

function may(role: "preview" | "deploy", graph: ServiceGraph, request: Request): boolean {
  const statements =
    role === "preview"
      ? [...readStatements(graph), ...readState(PLACE)]
      : [...readStatements(graph), ...writeStatements(graph, HERE), ...writeState(PLACE)];
  const boundary = policy(pipelineBoundary(graph, PIPELINE));
  return allows({ policies: [policy(statements)], boundary }, request);
}

describe("The pipeline's roles may", () => {
  it("read the tags of their stack, which every preview and deployment asks for", () => {
    const object = (name: string): string => `${STATE}/.pulumi/stacks/${PROJECT}/${name}`;
    const decide = (action: string, resource: string) => [
      may("preview", stackOf([]), { action, resource }),
      may("deploy", stackOf([]), { action, resource }),
    ];
    expect(decide("s3:GetObject", object("dev.pulumi-tags"))).to.deep.equal([true, true]);
    expect(decide("s3:PutObject", object("dev.pulumi-tags"))).to.deep.equal([false, true]);
    expect(decide("s3:DeleteObject", object("dev.pulumi-tags"))).to.deep.equal([false, true]);
    expect(decide("s3:GetObject", object("prod.pulumi-tags"))).to.deep.equal([false, false]);
    expect(decide("s3:GetObject", object("dev2.pulumi-tags"))).to.deep.equal([false, false]);
  });

  it("learn that a stack has no tags: S3 tells those who may list the bucket, whatever they ask for", () => {
    for (const role of ["preview", "deploy"] as const)
      expect(may(role, stackOf([]), { action: "s3:ListBucket", resource: STATE }), role).to.equal(
        true,
      );
  });

  it("pull the image of their stack, which is scanned every night, and nobody else's", () => {
    const REPOSITORY = "aws:ecr/repository:Repository";
    const graph = stackOf([REPOSITORY, "docker:index/image:Image"]);
    const stack = { ...graph, arns: { [REPOSITORY]: [arn("ecr", "repository/registry-*")] } };
    const pull = (role: "preview" | "deploy", repository: string): boolean[] =>
      ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"].map((action) =>
        may(role, stack, { action, resource: arn("ecr", `repository/${repository}`) }),
      );
    for (const role of ["preview", "deploy"] as const) {
      expect(pull(role, "registry-1a2b3c4"), role).to.deep.equal([true, true]);
      expect(pull(role, "payroll"), role).to.deep.equal([false, false]);
    }
  });

  it("list the buckets of their stack, and nobody else's", () => {
    const list = (role: "preview" | "deploy", bucket: string): boolean =>
      may(role, stackOf([BUCKET]), { action: "s3:ListBucket", resource: `arn:aws:s3:::${bucket}` });
    for (const role of ["preview", "deploy"] as const) {
      expect(list(role, "storage-assets-1a2b3c4"), role).to.equal(true);
      expect(list(role, "payroll"), role).to.equal(false);
    }
    const settings = {
      action: "s3:GetBucketVersioning",
      resource: "arn:aws:s3:::storage-assets-1",
    };
    expect(may("preview", stackOf([BUCKET]), settings)).to.equal(true);
  });

  it("stop a deployment of their own service", () => {
    const stop = (resource: string): boolean =>
      may("deploy", stackOf([SERVICE]), {
        action: "ecs:StopServiceDeployment",
        resource: arn("ecs", resource),
      });
    expect(stop("service/api-1a2b3c4/api-1a2b3c4")).to.equal(true);
    expect(stop("service-deployment/api-1a2b3c4/api-1a2b3c4/ID")).to.equal(true);
    expect(stop("service-deployment/other/api-1a2b3c4/ID")).to.equal(false);
    // A physical name, without digits of Pulumi's own.
    const named = { ...stackOf([SERVICE]), arns: { [SERVICE]: [arn("ecs", "service/c/s")] } };
    const request = (id: string): Request => ({
      action: "ecs:StopServiceDeployment",
      resource: arn("ecs", `service-deployment/c/${id}`),
    });
    expect(may("deploy", named, request("s/ID"))).to.equal(true);
    expect(may("deploy", named, request("s2/ID"))).to.equal(false);
  });

  it("judge a deployment and go back, in a stack that has no alarm of its own", () => {
    const graph = stackOf([SERVICE, "aws:ecs/taskDefinition:TaskDefinition"]);
    const calls = [
      "cloudwatch:DescribeAlarms",
      "ecs:DescribeServiceDeployments",
      "ecs:DescribeTaskDefinition",
      "ecs:DescribeTasks",
      "ecs:ListServiceDeployments",
      "ecs:ListTaskDefinitions",
      "ecs:ListTasks",
    ];
    for (const role of ["preview", "deploy"] as const)
      expect(calls.filter((action) => !may(role, graph, { action, resource: "*" }))).to.deep.equal(
        [],
      );
  });

  it("see the network in which AWS makes a load balancer, and its target groups", () => {
    const seen = (type: string): string[] =>
      (readStatements(stackOf([type]))[0]?.Action ?? []).filter((name) => name.startsWith("ec2:"));
    expect(seen("aws:lb/loadBalancer:LoadBalancer")).to.deep.equal([
      "ec2:DescribeAccountAttributes",
      "ec2:DescribeAddresses",
      "ec2:DescribeInternetGateways",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSubnets",
      "ec2:DescribeVpcs",
    ]);
    expect(seen("aws:lb/targetGroup:TargetGroup")).to.deep.equal([
      "ec2:DescribeInternetGateways",
      "ec2:DescribeVpcs",
    ]);
  });

  it("make and delete the alarms of target tracking, in a stack that has no alarm of its own", () => {
    const graph = stackOf(["aws:appautoscaling/policy:Policy"]);
    for (const action of ["PutMetricAlarm", "DescribeAlarms", "DeleteAlarms"])
      expect(
        may("deploy", graph, {
          action: `cloudwatch:${action}`,
          resource: arn("cloudwatch", "alarm:TargetTracking-service/api-1/api-1-AlarmHigh-1"),
          context: { "aws:RequestedRegion": "eu-west-1" },
        }),
        action,
      ).to.equal(true);
  });

  const key = (stack?: string, more: Record<string, string> = {}): Record<string, string> => ({
    "aws:RequestedRegion": "eu-west-1",
    ...(stack === undefined
      ? {}
      : { "aws:ResourceTag/project": PROJECT, "aws:ResourceTag/stack": stack }),
    ...more,
  });
  const onKey = (graph: ServiceGraph, action: string, context: Record<string, string>): boolean =>
    may("deploy", graph, { action, resource: arn("kms", "key/1"), context });

  it("tag their own key anew, of which only the tags that change are sent", () => {
    const added = { "aws:RequestTag/owner": "payments" };
    // The key does not carry the new tag yet.
    for (const graph of [
      stackOf(["aws:kms/key:Key"]),
      stackOf(["aws:kms/key:Key"], { owner: "payments" }),
    ]) {
      expect(onKey(graph, "kms:TagResource", key("dev", added))).to.equal(true);
      expect(onKey(graph, "kms:EnableKeyRotation", key("dev"))).to.equal(true);
      expect(onKey(graph, "kms:TagResource", key("prod", added))).to.equal(false);
      expect(onKey(graph, "kms:TagResource", key(undefined, added))).to.equal(false);
    }
  });

  it("make a key with the stack's tags, and none without", () => {
    const graph = stackOf(["aws:kms/key:Key"]);
    const requested = (stack: string) => ({
      "aws:RequestTag/project": PROJECT,
      "aws:RequestTag/stack": stack,
      "aws:RequestedRegion": "eu-west-1",
    });
    const create = (context: Record<string, string>): boolean =>
      may("deploy", graph, { action: "kms:CreateKey", resource: "*", context });
    expect(create({ ...requested("dev"), "aws:RequestTag/owner": "payments" })).to.equal(true);
    expect(create(requested("prod"))).to.equal(false);
    expect(create({})).to.equal(false);
  });

  it("retire the grants that ECR has on their key", () => {
    const graph = stackOf(["aws:kms/key:Key"]);
    for (const action of ["kms:CreateGrant", "kms:RetireGrant"]) {
      expect(onKey(graph, action, key("dev")), action).to.equal(true);
      expect(onKey(graph, action, key("prod")), action).to.equal(false);
    }
  });

  it("make a table under their own key, with DynamoDB as the one that uses it", () => {
    const graph = stackOf(["aws:kms/key:Key", "aws:dynamodb/table:Table"]);
    const via = (service: string) => ({ "kms:ViaService": `${service}.eu-west-1.amazonaws.com` });
    for (const action of ["Decrypt", "Encrypt", "GenerateDataKey", "ReEncryptFrom"]) {
      expect(onKey(graph, `kms:${action}`, key("dev", via("dynamodb"))), action).to.equal(true);
      expect(onKey(graph, `kms:${action}`, key("prod", via("dynamodb"))), action).to.equal(false);
      expect(onKey(graph, `kms:${action}`, key("dev", via("s3"))), action).to.equal(false);
      expect(onKey(graph, `kms:${action}`, key("dev")), action).to.equal(false);
    }
    const encrypt = ["kms:Encrypt", key("dev", via("dynamodb"))] as const;
    expect(onKey(stackOf(["aws:kms/key:Key"]), ...encrypt)).to.equal(false);
  });

  it("touch no key where the stack's resources cannot be told from others", () => {
    const graph = { ...stackOf(["aws:kms/key:Key"]), tags: { project: PROJECT } };
    expect(() => writeStatements(graph, HERE)).to.throw(
      UnknownPermission,
      "Stack dev gives its resources no tag stack, by which the pipeline knows the stack's own. Add it to aws:defaultTags in Pulumi.dev.yaml.",
    );
  });
});
