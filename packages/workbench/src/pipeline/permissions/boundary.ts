import { rolePath } from "../../project/role-path.ts";
import type { ServiceGraph } from "./graph.ts";
import { writing } from "./permission.ts";
import { actions, allow, deny, type Statement } from "./policy.ts";
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
  const { stack, project } = graph.tags;
  const iam = (resource: string): string =>
    `arn:${pipeline.partition}:iam::${pipeline.accountId}:${resource}*`;
  return [
    { Sid: "Services", Effect: "Allow", Action: services(graph), Resource: ["*"] },
    deny(
      "NotThePipelineItself",
      "iam: Add* Attach* Create* Delete* Detach* PassRole Put* Remove* Set* Tag* Untag* Update*",
      [iam(`role${pipeline.path}`), iam(`policy${pipeline.path}`), iam("oidc-provider/")],
    ),
    deny(
      "NoOtherIdentities",
      `iam: *AccessKey* *Group* *LoginProfile* *MFADevice* *SAMLProvider* *User*
       CreatePolicy* SetDefaultPolicyVersion
       sts: AssumeRole`,
    ),
    deny("NotTheBoundary", "iam: DeleteRolePermissionsBoundary PutRolePermissionsBoundary"),
    deny(
      "NotTheStateItself",
      `s3: DeleteBucket* DeleteObjectVersion PutBucket* PutEncryptionConfiguration
       PutLifecycleConfiguration PutObjectAcl`,
      [pipeline.stateBucketArn, `${pipeline.stateBucketArn}/*`],
    ),
    deny(
      "NotTheKeysOfTheState",
      "kms: CreateGrant Delete* Disable* PutKeyPolicy ScheduleKeyDeletion Tag* Untag* Update*",
      pipeline.keyArns,
    ),
    deny(
      "NoData",
      `dynamodb: *Item* PartiQL* Query Scan
       secretsmanager: BatchGetSecretValue GetSecretValue
       ssm: GetParameter*`,
    ),
    // Services whose requests tell the tags of the resource deny by them; the others are told apart by name or account. To pass
    // a role tells no tags: there the path of the roles keeps stacks apart.
    ...(stack === undefined || project === undefined
      ? []
      : [
          deny("NotAnotherStack", "*", ["*"], {
            StringEquals: { "aws:ResourceTag/project": project },
            StringNotEquals: { "aws:ResourceTag/stack": stack },
          }),
        ]),
  ];
}

/** Every service of the table, not only the stack's own: a boundary is a wall, the policies are the way. */
function services({ declared }: ServiceGraph): string[] {
  const listed = Object.values(PERMISSIONS).flatMap((row) => [...row.read, ...writing(row)]);
  const own = Object.values(declared?.permissions ?? {}).flatMap(({ read, write }) => [
    ...[...actions(read), ...actions(write)],
  ]);
  const all = [...listed, ...own, ...Object.values(FUNCTIONS).flat()];
  return [...new Set(all.map((action) => `${action.split(":")[0] ?? ""}:*`))].sort();
}

/**
 * The most that a role which the service creates can do, whatever the pipeline writes into it and whoever it trusts: what
 * tasks and their infrastructure need; never the state, the keys of the pipeline, or what carries another stack's tag.
 */
export function serviceBoundary(graph: ServiceGraph, pipeline: Pipeline): Statement[] {
  const path = rolePath(graph.project, graph.stack);
  return [
    ...roleStatements(graph, `arn:${pipeline.partition}:iam::${pipeline.accountId}:role${path}*`),
    deny("NotTheTableItself", "dynamodb: CreateTable DeleteTable PutResourcePolicy UpdateTable"),
    deny("NotTheState", "s3: *", [pipeline.stateBucketArn, `${pipeline.stateBucketArn}/*`]),
    deny("NotTheKeysOfThePipeline", "kms: *", pipeline.keyArns),
    deny("NotAnotherStack", "*", ["*"], {
      // A table or secret without the tag belongs to no stack, and may be shared.
      Null: { "aws:ResourceTag/stack": "false" },
      StringNotEquals: { "aws:ResourceTag/stack": graph.stack },
    }),
  ];
}

/**
 * What the boundary lets roles of the service do at most.
 * @param roles ARN of the stack's own
 */
export function roleStatements(
  { types, declared = {} }: Pick<ServiceGraph, "types" | "declared">,
  roles: string,
): Statement[] {
  return [
    allow(
      "Tasks",
      `dynamodb: *
       ecr: BatchCheckLayerAvailability BatchGetImage GetAuthorizationToken GetDownloadUrlForLayer
       kms: Decrypt DescribeKey GenerateDataKey*
       logs: CreateLogStream DescribeLogGroups DescribeLogStreams PutLogEvents
       s3: *Object* AbortMultipartUpload GetBucketLocation ListBucket
       secretsmanager: GetSecretValue
       ssm: GetParameter*
       ssmmessages: *
       xray: Put*
       ${declared.taskActions ?? ""}`,
      ["*"],
    ),
    allow(
      "Infrastructure",
      `backup: * ec2: Describe* elasticloadbalancing: * events: PutEvents firehose: Put*
       sns: Publish sqs: SendMessage`,
      ["*"],
    ),
    ...(types.includes("aws:scheduler/schedule:Schedule") ? scheduling(roles) : []),
  ];
}

/** EventBridge Scheduler starts tasks by a role of the stack, and hands them the stack's own, which this boundary bounds too. */
const scheduling = (roles: string): Statement[] => [
  allow("ScheduledTasks", "ecs: RunTask", ["*"]),
  allow("RolesOfScheduledTasks", "iam: PassRole", [roles], {
    StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" },
  }),
];
