import { expect } from "chai";
import { couldBe } from "./arn.ts";

const SERVICE = "arn:${Partition}:ecs:${Region}:${Account}:service/${ClusterName}/${ServiceName}";
const BUCKET = "arn:${Partition}:s3:::${BucketName}";
const OBJECT = "arn:${Partition}:s3:::${BucketName}/${ObjectName}";
const GROUP = "arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}";
const STREAM = `${GROUP}:log-stream:\${LogStreamName}`;
const ROLE = "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}";

describe("A pattern of ARNs", () => {
  const ecs = (resource: string): string => `arn:aws:ecs:eu-west-1:123456789012:${resource}`;
  const logs = (resource: string): string => `arn:aws:logs:eu-west-1:123456789012:${resource}`;

  for (const [pattern, format] of [
    [ecs("service/api-*/api-*"), SERVICE],
    [ecs("service/api-1a2b3c4/api"), SERVICE],
    [ecs("*"), SERVICE],
    ["*", SERVICE],
    ["arn:aws:s3:::state", BUCKET],
    ["arn:aws:s3:::storage-logs-*", BUCKET],
    ["arn:aws:s3:::state/*", OBJECT],
    ["arn:aws:s3:::state/.pulumi/stacks/koa-fargate/dev.json*", OBJECT],
    // In IAM a star goes beyond a slash.
    ["arn:aws:s3:::storage-logs-*", OBJECT],
    [logs("log-group:/aws/ecs/api-*"), GROUP],
    [logs("log-group:api-*:*"), STREAM],
    [logs("log-group:audit-4e25a77:log-stream:123456789012_CloudTrail_eu-west-1*"), STREAM],
    ["arn:aws:iam::123456789012:role/koa-fargate/dev/api-*", ROLE],
    ["arn:aws:iam::*:role/aws-service-role/*", ROLE],
  ] as const)
    it(`${pattern} could be ${format}`, () => {
      expect(couldBe(pattern, format)).to.equal(true);
    });

  for (const [pattern, format] of [
    [ecs("service/api-*"), BUCKET],
    [ecs("cluster/api-*"), SERVICE],
    [ecs("service/api"), SERVICE],
    [ecs("service/api/api/1"), SERVICE],
    [ecs("service-deployment/api-*/api-*"), SERVICE],
    ["arn:aws:s3:::state/*", BUCKET],
    ["arn:aws:s3:::state", OBJECT],
    ["arn:aws:s3:eu-west-1::state", BUCKET],
    ["arn:aws:iam::123456789012:policy/x", ROLE],
    ["", SERVICE],
  ] as const)
    it(`${pattern} is never ${format}`, () => {
      expect(couldBe(pattern, format)).to.equal(false);
    });
});
