import * as pulumi from "@pulumi/pulumi";
import { allow, serviceRole, type Statement } from "../service-role.ts";
import { grantedArns, readSecretReference } from "./secret-reference.ts";
import type { TaskArgs } from "./task.ts";

export interface RolesArgs extends Pick<
  TaskArgs,
  "account" | "secrets" | "secretsKeyArns" | "table" | "permissions" | "keyArn" | "executeCommand"
> {
  /** Repositories of the task's images. */
  repositoryArns: readonly pulumi.Input<string>[];
  logGroupArn: pulumi.Input<string>;
}

/** A DynamoDB table that tasks use. */
export interface TaskTable {
  name: pulumi.Input<string>;
  arn: pulumi.Input<string>;
  /** Whether it is somebody else's, by whatever key. @default false */
  existing?: boolean;
}

/** Actions on a resource of the program's own. */
export interface TaskPermission {
  actions: readonly string[];
  resource: pulumi.Input<string>;
}

/** The task execution role, by which ECS starts a task, and the task role, by which the app acts. */
export class Roles extends pulumi.ComponentResource {
  readonly executionRoleArn: pulumi.Output<string>;
  readonly taskRoleArn: pulumi.Output<string>;

  constructor(name: string, args: RolesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:service:Roles", name, {}, opts);

    this.executionRoleArn = this.role(
      `${name}-execution`,
      "Lets ECS pull the image, write the logs and read the secrets of the service's tasks",
      args,
      pulumi
        .all(Object.values(args.secrets))
        .apply((secrets) => executionStatements(args, secrets)),
    );
    this.taskRoleArn = this.role(
      `${name}-task`,
      "What the app itself may do",
      args,
      taskStatements(args),
    );
    this.registerOutputs({
      executionRoleArn: this.executionRoleArn,
      taskRoleArn: this.taskRoleArn,
    });
  }

  private role(
    name: string,
    description: string,
    { account: { partition, region, accountId } }: RolesArgs,
    statements: pulumi.Input<Statement[]>,
  ): pulumi.Output<string> {
    return serviceRole(
      { role: name, policy: `${name}-policy` },
      {
        description,
        service: "ecs-tasks.amazonaws.com",
        condition: {
          StringEquals: { "aws:SourceAccount": accountId },
          ArnLike: { "aws:SourceArn": `arn:${partition}:ecs:${region}:${accountId}:*` },
        },
        statements,
      },
      this,
    );
  }
}

function executionStatements(args: RolesArgs, secrets: readonly string[]): Statement[] {
  const references = secrets
    .map(readSecretReference)
    .filter((reference) => typeof reference !== "string");
  const of = (service: string): string[] => [
    ...new Set(references.filter((one) => one.service === service).flatMap(grantedArns)),
  ];
  return [
    // This action knows no resources. Source: AWS, Service Authorization Reference, Amazon ECR.
    allow(["ecr:GetAuthorizationToken"], "*"),
    allow(
      ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      args.repositoryArns.length === 1 ? (args.repositoryArns[0] ?? []) : [...args.repositoryArns],
    ),
    allow(["logs:CreateLogStream", "logs:PutLogEvents"], pulumi.interpolate`${args.logGroupArn}:*`),
    ...statementFor(["secretsmanager:GetSecretValue"], of("secretsmanager")),
    ...statementFor(["ssm:GetParameters"], of("ssm")),
    ...(args.keyArn !== undefined && secrets.length > 0
      ? [allow(["kms:Decrypt"], args.keyArn)]
      : []),
    ...statementFor(["kms:Decrypt"], [...(args.secretsKeyArns ?? [])]),
  ];
}

function taskStatements(args: RolesArgs): Statement[] {
  const statements = (args.permissions ?? []).map(({ actions, resource }) =>
    allow([...actions], resource),
  );
  if (args.table !== undefined)
    statements.push(
      allow(
        [
          "dynamodb:BatchGetItem",
          "dynamodb:BatchWriteItem",
          "dynamodb:ConditionCheckItem",
          "dynamodb:DeleteItem",
          "dynamodb:DescribeTable",
          "dynamodb:GetItem",
          "dynamodb:PutItem",
          "dynamodb:Query",
          "dynamodb:UpdateItem",
        ],
        args.table.arn,
      ),
      ...tableKey(args, args.table),
    );
  if (args.executeCommand === "enabled") {
    // The channels of ECS Exec know no resources. Source: AWS, "Monitor Amazon ECS containers with ECS Exec".
    statements.push(
      allow(
        [
          "ssmmessages:CreateControlChannel",
          "ssmmessages:CreateDataChannel",
          "ssmmessages:OpenControlChannel",
          "ssmmessages:OpenDataChannel",
        ],
        "*",
      ),
    );
  }
  return statements;
}

/** The key of another's table is known by what DynamoDB encrypts with it. Source: AWS, "DynamoDB encryption context". */
function tableKey(
  { account: { partition, region, accountId }, keyArn }: RolesArgs,
  { name, existing = false }: TaskTable,
): Statement[] {
  const actions = ["kms:Decrypt", "kms:GenerateDataKey*"];
  if (!existing) return keyArn === undefined ? [] : [allow(actions, keyArn)];
  return [
    allow(actions, `arn:${partition}:kms:${region}:${accountId}:key/*`, {
      StringEquals: {
        "kms:ViaService": `dynamodb.${region}.amazonaws.com`,
        "kms:EncryptionContext:aws:dynamodb:tableName": name,
      },
    }),
  ];
}

const statementFor = (actions: string[], resources: string[]): Statement[] =>
  resources.length === 0 ? [] : [allow(actions, resources)];
