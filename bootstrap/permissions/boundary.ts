import type { ServiceGraph } from "./graph.ts";
import type { Statement } from "./policy.ts";
import { FUNCTIONS, PERMISSIONS } from "./table.ts";

/** What belongs to the pipeline itself, and what no role of the pipeline may touch. */
export interface Pipeline {
  partition: string;
  accountId: string;
  /** Path of the pipeline's roles and policies, such as `/koa-fargate-ci/`. */
  path: string;
  stateBucketArn: string;
  /** Keys of the state and of every stack's secrets. */
  keyArns: readonly string[];
}

/**
 * The most that a role of the pipeline can ever do, whatever else it is granted: the services that Pulumi looks after, and
 * never the pipeline itself, another stack, data or secret values.
 */
export function pipelineBoundary(graph: ServiceGraph, pipeline: Pipeline): Statement[] {
  const { partition, accountId, path } = pipeline;
  const iam = (kind: string): string => `arn:${partition}:iam::${accountId}:${kind}${path}*`;
  return [
    { Sid: "Services", Effect: "Allow", Action: services(), Resource: ["*"] },
    {
      Sid: "NotThePipelineItself",
      Effect: "Deny",
      Action: [
        "iam:Add*",
        "iam:Attach*",
        "iam:Create*",
        "iam:Delete*",
        "iam:Detach*",
        "iam:PassRole",
        "iam:Put*",
        "iam:Remove*",
        "iam:Set*",
        "iam:Tag*",
        "iam:Untag*",
        "iam:Update*",
      ],
      Resource: [iam("role"), iam("policy"), `arn:${partition}:iam::${accountId}:oidc-provider/*`],
    },
    {
      Sid: "NoOtherIdentities",
      Effect: "Deny",
      Action: [
        "iam:*AccessKey*",
        "iam:*Group*",
        "iam:*LoginProfile*",
        "iam:*MFADevice*",
        "iam:*SAMLProvider*",
        "iam:*User*",
        "iam:CreatePolicy*",
        "iam:SetDefaultPolicyVersion",
        "sts:AssumeRole",
      ],
      Resource: ["*"],
    },
    {
      Sid: "NotTheBoundary",
      Effect: "Deny",
      Action: ["iam:DeleteRolePermissionsBoundary", "iam:PutRolePermissionsBoundary"],
      Resource: ["*"],
    },
    {
      Sid: "NotTheStateItself",
      Effect: "Deny",
      Action: [
        "s3:DeleteBucket*",
        "s3:DeleteObjectVersion",
        "s3:PutBucket*",
        "s3:PutEncryptionConfiguration",
        "s3:PutLifecycleConfiguration",
        "s3:PutObjectAcl",
      ],
      Resource: [pipeline.stateBucketArn, `${pipeline.stateBucketArn}/*`],
    },
    {
      Sid: "NotTheKeysOfTheState",
      Effect: "Deny",
      Action: [
        "kms:CreateGrant",
        "kms:Delete*",
        "kms:Disable*",
        "kms:PutKeyPolicy",
        "kms:ScheduleKeyDeletion",
        "kms:Tag*",
        "kms:Untag*",
        "kms:Update*",
      ],
      Resource: pipeline.keyArns,
    },
    {
      Sid: "NoData",
      Effect: "Deny",
      Action: [
        "dynamodb:*Item*",
        "dynamodb:PartiQL*",
        "dynamodb:Query",
        "dynamodb:Scan",
        "secretsmanager:BatchGetSecretValue",
        "secretsmanager:GetSecretValue",
        "ssm:GetParameter*",
      ],
      Resource: ["*"],
    },
    ...notOtherStacks(graph),
  ];
}

/**
 * Services whose requests tell the tags of the resource deny by them; the others are told apart by name or account. To pass a
 * role tells no tags: there the path of the roles keeps stacks apart.
 */
function notOtherStacks(graph: ServiceGraph): Statement[] {
  const { stack, project } = graph.tags;
  if (stack === undefined || project === undefined) return [];
  return [
    {
      Sid: "NotAnotherStack",
      Effect: "Deny",
      Action: ["*"],
      Resource: ["*"],
      Condition: {
        StringEquals: { "aws:ResourceTag/project": project },
        StringNotEquals: { "aws:ResourceTag/stack": stack },
      },
    },
  ];
}

/** Every service of the table, not only the stack's own: a boundary is a wall, the policies are the way. */
function services(): string[] {
  const actions = [
    ...Object.values(PERMISSIONS).flatMap(({ read, list = [], write, onNone = [] }) => [
      ...[...read, ...list, ...write, ...onNone],
    ]),
    ...Object.values(FUNCTIONS).flat(),
  ];
  return [...new Set(actions.map((action) => `${action.split(":")[0] ?? ""}:*`))].sort();
}

/**
 * The most that a role which the service creates can do, whatever the pipeline writes into it and whoever it trusts: what
 * tasks and their infrastructure need; never the state, the keys of the pipeline, or what carries another stack's tag.
 */
export function serviceBoundary(graph: ServiceGraph, pipeline: Pipeline): Statement[] {
  return [
    {
      Sid: "Tasks",
      Effect: "Allow",
      Action: [
        "dynamodb:*",
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:GetAuthorizationToken",
        "ecr:GetDownloadUrlForLayer",
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:GenerateDataKey*",
        "logs:CreateLogStream",
        "logs:DescribeLogGroups",
        "logs:DescribeLogStreams",
        "logs:PutLogEvents",
        "s3:*Object*",
        "s3:GetBucketLocation",
        "s3:ListBucket",
        "secretsmanager:GetSecretValue",
        "ssm:GetParameter*",
        "ssmmessages:*",
        "xray:Put*",
      ],
      Resource: ["*"],
    },
    {
      Sid: "Infrastructure",
      Effect: "Allow",
      Action: [
        "backup:*",
        "ec2:Describe*",
        "elasticloadbalancing:*",
        "events:PutEvents",
        "firehose:Put*",
        "sns:Publish",
        "sqs:SendMessage",
      ],
      Resource: ["*"],
    },
    {
      Sid: "NotTheTableItself",
      Effect: "Deny",
      Action: [
        "dynamodb:CreateTable",
        "dynamodb:DeleteTable",
        "dynamodb:PutResourcePolicy",
        "dynamodb:UpdateTable",
      ],
      Resource: ["*"],
    },
    {
      Sid: "NotTheState",
      Effect: "Deny",
      Action: ["s3:*"],
      Resource: [pipeline.stateBucketArn, `${pipeline.stateBucketArn}/*`],
    },
    {
      Sid: "NotTheKeysOfThePipeline",
      Effect: "Deny",
      Action: ["kms:*"],
      Resource: pipeline.keyArns,
    },
    {
      Sid: "NotAnotherStack",
      Effect: "Deny",
      Action: ["*"],
      Resource: ["*"],
      Condition: {
        // A table or secret without the tag belongs to no stack, and may be shared.
        Null: { "aws:ResourceTag/stack": "false" },
        StringNotEquals: { "aws:ResourceTag/stack": graph.stack },
      },
    },
  ];
}
