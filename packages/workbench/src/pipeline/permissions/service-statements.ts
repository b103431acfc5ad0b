import { serviceBoundaryArn, type Account } from "../bootstrap/names.ts";
import type { ServiceGraph } from "./graph.ts";
import { row, type Permission, type Scope } from "./permission.ts";
import { actions, type Condition, type Statement } from "./policy.ts";
import { functionActions, noRow, permissionFor } from "./rows.ts";
import { LOG_LINES } from "./table.ts";

/** A resource type or function that the table does not know. */
export class UnknownPermission extends Error {
  override readonly name = "UnknownPermission";
}

/** Reads settings of the stack's resources, and no data: what a preview and a drift check do. */
export function readStatements(graph: ServiceGraph): Statement[] {
  const settings = [
    ...rows(graph).flatMap(({ read }) => read),
    ...graph.functions.flatMap((token) =>
      known(functionActions(graph, token), `Stack ${graph.stack}: ${noRow(token)}`),
    ),
  ];
  // What a resource holds is nobody's business but its stack's.
  const listed = rows(graph).flatMap(({ list = [], on }) =>
    typeof on === "object" && list.length > 0 ? [{ type: on.arnsOf, list }] : [],
  );
  const lists = Object.entries(Object.groupBy(listed, ({ type }) => type));
  return [
    { Sid: "ReadSettings", Effect: "Allow", Action: sorted(settings), Resource: ["*"] },
    ...lists.flatMap(([type, entries = []]) =>
      allowed(sorted(entries.flatMap(({ list }) => list)), graph.arns[type] ?? []),
    ),
  ];
}

/** Creates, changes and deletes the stack's resources. */
export function writeStatements(graph: ServiceGraph, account: Account): Statement[] {
  const byScope = new Map<string, { scope: Scope; written: string[] }>();
  const add = (scope: Scope, written: readonly string[]): void => {
    const entry = byScope.get(JSON.stringify(scope)) ?? { scope, written: [] };
    entry.written.push(...written);
    byScope.set(JSON.stringify(scope), entry);
  };
  for (const { on, write, onNone = [] } of rows(graph)) {
    add(on, write);
    if (onNone.length > 0) add("region", onNone);
  }
  const statements = [...byScope.values()].flatMap(({ scope, written }) =>
    scoped(graph, account, scope, sorted(written)),
  );
  // Alarms on health checks, for one: their metrics are in another region.
  const elsewhere = Object.entries(graph.elsewhere ?? {}).flatMap(([type, regions]) => {
    const { on, write, onNone = [] } = permissionFor(graph, type) ?? row("", "");
    const written = sorted([...(on === "region" ? write : []), ...onNone]);
    return allowed(written, ["*"], { StringEquals: { "aws:RequestedRegion": regions } });
  });
  return [
    ...statements,
    ...elsewhere,
    ...newKeys(graph),
    ...keysOfTables(graph, account),
    ...logLines(graph),
    ...roleStatements(graph, account),
  ];
}

const rows = (graph: ServiceGraph): Permission[] =>
  graph.types.map((type) =>
    known(permissionFor(graph, type), `Stack ${graph.stack}: ${noRow(type)}`),
  );

function known<T>(value: T | undefined, otherwise: string): T {
  if (value === undefined) throw new UnknownPermission(otherwise);
  return value;
}

/** A statement; none where it would allow nothing, or on nothing. */
function allowed(
  Action: readonly string[],
  Resource: readonly string[],
  Condition?: Condition,
): Statement[] {
  if (Action.length === 0 || Resource.length === 0) return [];
  return [{ Effect: "Allow", Action, Resource, ...(Condition && { Condition }) }];
}

function scoped(
  graph: ServiceGraph,
  account: Account,
  scope: Scope,
  written: readonly string[],
): Statement[] {
  if (scope === "global") return allowed(written, ["*"]);
  if (scope === "region")
    return allowed(written, ["*"], { StringEquals: { "aws:RequestedRegion": graph.region } });
  if (scope === "own") return allowed(written, ["*"], tagged(graph, "ResourceTag"));
  const { arnsOf, suffixes = [""], below } = scope;
  if (arnsOf === "aws:iam/role:Role") return roleWrites(graph, account, written);
  // ECS and ECR check the type's own actions; those that create a resource name it by its ARN too.
  const resources = (graph.arns[arnsOf] ?? []).flatMap((arn) => [
    ...suffixes.map((end) => arn + end),
    ...(below === undefined ? [] : [`${arn.replace(/^((?:[^:]*:){5})[^/]+\//, `$1${below}/`)}/*`]),
  ]);
  return allowed(written, resources);
}

/**
 * Tags that a resource keeps for its life. By any other tag a deployment could not add or change that very tag: the resource
 * does not carry the new value yet.
 */
const IDENTITY_TAGS = ["project", "stack"];

/** A condition that a key carries the stack's tags, or that a request gives them. */
function tagged(graph: ServiceGraph, where: "RequestTag" | "ResourceTag"): Condition {
  const conditions = IDENTITY_TAGS.map((key) => [
    `aws:${where}/${key}`,
    known(
      graph.tags[key],
      `Stack ${graph.stack} gives its resources no tag ${key}, by which the pipeline knows the stack's own keys. Add it to aws:defaultTags in Pulumi.${graph.stack}.yaml.`,
    ),
  ]);
  return { StringEquals: Object.fromEntries(conditions) as Record<string, string> };
}

/**
 * A key has no tags before it exists: what counts are those that it is created with. Later only tags that change are sent,
 * and `kms:TagResource` on own keys is in the key's row.
 */
function newKeys(graph: ServiceGraph): Statement[] {
  if (!graph.types.includes("aws:kms/key:Key")) return [];
  return allowed(actions("kms: CreateKey TagResource"), ["*"], tagged(graph, "RequestTag"));
}

/**
 * Who makes a table under a key has to be allowed what DynamoDB then does with it, through DynamoDB alone.
 * Source: AWS, "Usage notes for AWS KMS keys", Amazon DynamoDB Developer Guide; aws/aws-cdk#18616.
 */
function keysOfTables(graph: ServiceGraph, { partition }: Account): Statement[] {
  const { types, region } = graph;
  if (!["aws:kms/key:Key", "aws:dynamodb/table:Table"].every((type) => types.includes(type)))
    return [];
  const via = `dynamodb.${region}.amazonaws.com${partition === "aws-cn" ? ".cn" : ""}`;
  return allowed(actions("kms: Decrypt Encrypt GenerateDataKey* ReEncrypt*"), ["*"], {
    StringEquals: { ...tagged(graph, "ResourceTag")["StringEquals"], "kms:ViaService": via },
  });
}

function logLines(graph: ServiceGraph): Statement[] {
  const groups = graph.arns["aws:cloudwatch/logGroup:LogGroup"] ?? [];
  return allowed(
    LOG_LINES,
    groups.flatMap((arn) => [arn, `${arn}:*`]),
  ).map((statement) => ({ Sid: "ReadWhyADeploymentFailed", ...statement }));
}

/** Actions by which a role gets permissions. They alone know the boundary of the role that they change. */
const GRANTING = actions("iam: CreateRole DeleteRolePolicy PutRolePolicy");
const ATTACHING = actions("iam: AttachRolePolicy DetachRolePolicy");

/**
 * The roles of the service by path and name; with the stack's boundary, whatever the program gives them, so that no role can
 * be made that may more; and with no other policy of AWS than those that the program attaches.
 */
function roleWrites(
  graph: ServiceGraph,
  account: Account,
  written: readonly string[],
): Statement[] {
  const roles = graph.roles.map(({ arn }) => arn);
  const bounded = {
    StringEquals: { "iam:PermissionsBoundary": serviceBoundaryArn(account, graph.stack) },
  };
  const policies = sorted(graph.roles.flatMap(({ managedPolicies }) => managedPolicies));
  const among = (list: readonly string[]) => written.filter((action) => list.includes(action));
  const others = written.filter((action) => ![...GRANTING, ...ATTACHING].includes(action));
  return [
    ...allowed(others, roles),
    ...allowed(among(GRANTING), roles, bounded),
    ...allowed(among(ATTACHING), roles, {
      ...bounded,
      ArnEquals: { "iam:PolicyARN": policies },
    }),
  ];
}

/** Services that need a role of their own in an account that never used them. */
const SERVICE_LINKED = [
  "ecs.amazonaws.com",
  "ecs.application-autoscaling.amazonaws.com",
  "elasticloadbalancing.amazonaws.com",
];

/** Each role may be handed to the services that it trusts, and to no other. */
function roleStatements(graph: ServiceGraph, { partition }: Account): Statement[] {
  return [
    ...graph.roles.flatMap(({ arn, services }) =>
      allowed(["iam:PassRole"], [arn], { StringEquals: { "iam:PassedToService": services } }),
    ),
    ...allowed(
      ["iam:CreateServiceLinkedRole"],
      [`arn:${partition}:iam::*:role/aws-service-role/*`],
      { StringEquals: { "iam:AWSServiceName": SERVICE_LINKED } },
    ),
  ];
}

const sorted = (values: readonly string[]): string[] => [...new Set(values)].sort();
