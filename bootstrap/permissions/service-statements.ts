import { serviceBoundaryArn, type Account } from "../names.ts";
import type { ServiceGraph, ServiceRole } from "./graph.ts";
import { of, type ArnScope, type Scope } from "./permission.ts";
import type { Statement } from "./policy.ts";
import { FUNCTIONS, LOG_LINES, PERMISSIONS } from "./table.ts";

/** A resource type or function that the table does not know. */
export class UnknownPermission extends Error {
  override readonly name = "UnknownPermission";
}

/** Reads settings of the stack's resources, and no data: what a preview and a drift check do. */
export function readStatements(graph: ServiceGraph): Statement[] {
  const actions = [
    ...rows(graph).flatMap(({ read }) => read),
    ...graph.functions.flatMap(functionActions),
  ];
  return [
    { Sid: "ReadSettings", Effect: "Allow", Action: sorted(actions), Resource: ["*"] },
    ...lists(graph),
  ];
}

/** What a resource holds is nobody's business but its stack's. */
function lists(graph: ServiceGraph): Statement[] {
  const byType = new Map<string, string[]>();
  for (const { list = [], on } of rows(graph))
    if (typeof on === "object" && list.length > 0)
      byType.set(on.arnsOf, [...(byType.get(on.arnsOf) ?? []), ...list]);
  return [...byType].flatMap(([type, actions]): Statement[] => {
    const Resource = graph.arns[type] ?? [];
    return Resource.length === 0 ? [] : [{ Effect: "Allow", Action: sorted(actions), Resource }];
  });
}

/** Creates, changes and deletes the stack's resources. */
export function writeStatements(graph: ServiceGraph, account: Account): Statement[] {
  const byScope = new Map<string, { scope: Scope; actions: string[] }>();
  const add = (scope: Scope, actions: readonly string[]): void => {
    const entry = byScope.get(JSON.stringify(scope)) ?? { scope, actions: [] };
    entry.actions.push(...actions);
    byScope.set(JSON.stringify(scope), entry);
  };
  for (const { on, write, onNone = [] } of rows(graph)) {
    add(on, write);
    if (onNone.length > 0) add("region", onNone);
  }
  const statements = [...byScope.values()].flatMap(({ scope, actions }) =>
    scoped(graph, account, scope, sorted(actions)),
  );
  return [...statements, ...newKeys(graph), ...logLines(graph), ...roleStatements(graph, account)];
}

function rows(graph: ServiceGraph) {
  return graph.types.map((type) => {
    const row = PERMISSIONS[type];
    if (row === undefined)
      throw new UnknownPermission(
        `Stack ${graph.stack} has a ${type}, but bootstrap/permissions says nothing about that type. Add a row with the actions that it needs.`,
      );
    return row;
  });
}

function functionActions(token: string): readonly string[] {
  const actions = FUNCTIONS[token];
  if (actions === undefined)
    throw new UnknownPermission(
      `The program calls ${token}, but bootstrap/permissions/table.ts says nothing about that function. Add what it needs.`,
    );
  return actions;
}

function scoped(
  graph: ServiceGraph,
  account: Account,
  scope: Scope,
  actions: readonly string[],
): Statement[] {
  const statement = { Effect: "Allow", Action: actions } as const;
  switch (scope) {
    case "global":
      return [{ ...statement, Resource: ["*"] }];
    case "region":
      return [
        {
          ...statement,
          Resource: ["*"],
          Condition: { StringEquals: { "aws:RequestedRegion": graph.region } },
        },
      ];
    case "own":
      return [{ ...statement, Resource: ["*"], Condition: tagged(graph, "ResourceTag") }];
    default: {
      if (scope.arnsOf === ROLE) return roleWrites(graph, account, actions);
      // ECS and ECR check the type's own actions; those that create a resource name it by its ARN too.
      const Resource = (graph.arns[scope.arnsOf] ?? []).flatMap((arn) => within(arn, scope));
      return Resource.length === 0 ? [] : [{ ...statement, Resource }];
    }
  }
}

function within(arn: string, { suffixes = [""], below }: ArnScope): string[] {
  const kind = /^((?:[^:]*:){5})[^/]+\//;
  return [
    ...suffixes.map((end) => arn + end),
    ...(below === undefined ? [] : [`${arn.replace(kind, `$1${below}/`)}/*`]),
  ];
}

/** A condition that a key carries the stack's tags, or that a request gives them. */
function tagged(
  graph: ServiceGraph,
  where: "RequestTag" | "ResourceTag",
): NonNullable<Statement["Condition"]> {
  const conditions = IDENTITY_TAGS.map((key) => {
    const value = graph.tags[key];
    if (value === undefined)
      throw new UnknownPermission(
        `Stack ${graph.stack} gives its resources no tag ${key}, by which the pipeline knows the stack's own keys. Add it to aws:defaultTags in Pulumi.${graph.stack}.yaml.`,
      );
    return [`aws:${where}/${key}`, value] as const;
  });
  return { StringEquals: Object.fromEntries(conditions) };
}

/**
 * Tags that a resource keeps for its life. By any other tag a deployment could not add or change that very tag: the resource
 * does not carry the new value yet.
 */
const IDENTITY_TAGS = ["project", "stack"];

/**
 * A key has no tags before it exists: what counts are those that it is created with. Later only tags that change are sent,
 * and `kms:TagResource` on own keys is in the key's row.
 */
function newKeys(graph: ServiceGraph): Statement[] {
  if (!graph.types.includes("aws:kms/key:Key")) return [];
  return [
    {
      Effect: "Allow",
      Action: ["kms:CreateKey", "kms:TagResource"],
      Resource: ["*"],
      Condition: tagged(graph, "RequestTag"),
    },
  ];
}

function logLines(graph: ServiceGraph): Statement[] {
  const groups = graph.arns["aws:cloudwatch/logGroup:LogGroup"] ?? [];
  const Resource = groups.flatMap((arn) => [arn, `${arn}:*`]);
  return Resource.length === 0
    ? []
    : [{ Sid: "ReadWhyADeploymentFailed", Effect: "Allow", Action: LOG_LINES, Resource }];
}

const ROLE = "aws:iam/role:Role";

/** Actions by which a role gets permissions. They alone know the boundary of the role that they change. */
const GRANTING = new Set(
  of("iam", "AttachRolePolicy CreateRole DeleteRolePolicy DetachRolePolicy PutRolePolicy"),
);
const ATTACHING = new Set(of("iam", "AttachRolePolicy DetachRolePolicy"));

/**
 * The roles of the service by path and name; with the stack's boundary, whatever the program gives them, so that no role can
 * be made that may more; and with no other policy of AWS than those that the program attaches.
 */
function roleWrites(
  graph: ServiceGraph,
  account: Account,
  actions: readonly string[],
): Statement[] {
  const Resource = graph.roles.map(({ arn }) => arn);
  if (Resource.length === 0) return [];
  const boundary = serviceBoundaryArn(account, graph.stack);
  const bounded = { StringEquals: { "iam:PermissionsBoundary": boundary } };
  const policies = sorted(graph.roles.flatMap(({ managedPolicies }) => managedPolicies));
  const statement = (
    only: (action: string) => boolean,
    conditions: NonNullable<Statement["Condition"]>,
  ): Statement[] => {
    const Action = actions.filter(only);
    if (Action.length === 0) return [];
    const Condition = Object.keys(conditions).length === 0 ? {} : { Condition: conditions };
    return [{ Effect: "Allow", Action, Resource, ...Condition }];
  };
  return [
    ...statement((action) => !GRANTING.has(action), {}),
    ...statement((action) => GRANTING.has(action) && !ATTACHING.has(action), bounded),
    ...statement((action) => ATTACHING.has(action), {
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

function roleStatements(graph: ServiceGraph, { partition }: Account): Statement[] {
  return [
    ...graph.roles.map(passRole),
    {
      Effect: "Allow",
      Action: ["iam:CreateServiceLinkedRole"],
      Resource: [`arn:${partition}:iam::*:role/aws-service-role/*`],
      Condition: { StringEquals: { "iam:AWSServiceName": SERVICE_LINKED } },
    },
  ];
}

/** Each role may be handed to the services that it trusts, and to no other. */
function passRole({ arn, services }: ServiceRole): Statement {
  return {
    Effect: "Allow",
    Action: ["iam:PassRole"],
    Resource: [arn],
    Condition: { StringEquals: { "iam:PassedToService": services } },
  };
}

const sorted = (actions: readonly string[]): string[] => [...new Set(actions)].sort();
