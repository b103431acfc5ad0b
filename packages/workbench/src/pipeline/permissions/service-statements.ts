import { serviceBoundaryArn, type Account } from "../bootstrap/names.ts";
import type { ServiceGraph } from "./graph.ts";
import type { Permission } from "./permission.ts";
import { LOG_GROUP } from "./observability.ts";
import { actions, type Statement } from "./policy.ts";
import { functionActions, noRow, permissionFor } from "./rows.ts";
import { named, place, tagged, type Place } from "./scopes.ts";
import { LOG_LINES, ROLE } from "./table.ts";
import { known, UnknownPermission } from "./unknown.ts";

export { UnknownPermission };

/** Reads settings of the stack's resources, and no data: what a preview and a drift check do. */
export function readStatements(graph: ServiceGraph): Statement[] {
  const settings = [
    ...rows(graph).flatMap(({ read }) => read),
    ...graph.functions.flatMap((token) =>
      known(functionActions(graph, token), `Stack ${graph.stack}: ${noRow(token)}`),
    ),
  ];
  // What a resource holds is nobody's business but its stack's.
  return [
    { Sid: "ReadSettings", Effect: "Allow", Action: sorted(settings), Resource: ["*"] },
    ...rows(graph).flatMap(({ list }) =>
      list === undefined ? [] : allowed(list.actions, { Resource: named(graph, list.on) }),
    ),
  ];
}

/** Creates, changes and deletes the stack's resources. */
export function writeStatements(graph: ServiceGraph, account: Account): Statement[] {
  const { kept = {}, arns, elsewhere } = graph;
  const byPlace = new Map<string, { where: Place; written: string[] }>();
  const add = (where: Place, written: readonly string[]): void => {
    const entry = byPlace.get(JSON.stringify(where)) ?? { where, written: [] };
    entry.written.push(...written);
    byPlace.set(JSON.stringify(where), entry);
  };
  const ofRoles: string[] = [];
  for (const [type, { write, remove }] of entries(graph)) {
    for (const { on, actions: written } of write)
      if (on.by === "name" && on.arnsOf === ROLE) ofRoles.push(...written);
      else add(place(graph, account, on, elsewhere?.[type]), written);
    // What the program protects or leaves behind it never deletes, and needs no role that may. What has no name of the stack's,
    // such as a key, goes as a whole with the first that is kept.
    const stays = kept[type];
    const others = (arns[type] ?? []).filter((arn) => stays?.includes(arn) !== true);
    for (const { on, actions: written } of remove)
      if (stays === undefined || on.by === "name")
        add(
          place({ ...graph, arns: { ...arns, [type]: others } }, account, on, elsewhere?.[type]),
          written,
        );
  }
  return [
    ...[...byPlace.values()].flatMap(({ where, written }) => allowed(sorted(written), where)),
    ...roleWrites(graph, account, sorted(ofRoles)),
    ...tagsOnCreation(graph, account),
    ...keysOfTables(graph),
    ...logLines(graph),
    ...roleStatements(graph, account),
  ];
}

const entries = (graph: ServiceGraph): [type: string, row: Permission][] =>
  graph.types.map((type) => [
    type,
    known(permissionFor(graph, type), `Stack ${graph.stack}: ${noRow(type)}`),
  ]);
const rows = (graph: ServiceGraph): Permission[] => entries(graph).map(([, row]) => row);

/** A statement; none where it would allow nothing, or on nothing. */
function allowed(Action: readonly string[], { Resource, Condition }: Place): Statement[] {
  if (Action.length === 0 || Resource.length === 0) return [];
  return [{ Effect: "Allow", Action, Resource, ...(Condition && { Condition }) }];
}

/**
 * EC2 gives a new resource its tags within the request that makes it, as a request of its own that says so.
 * Source: AWS, "Grant permission to tag Amazon EC2 resources during creation", Amazon EC2 User Guide.
 */
function tagsOnCreation(graph: ServiceGraph, { partition }: Account): Statement[] {
  const makes = rows(graph).flatMap(({ write }) =>
    write.flatMap(({ on, actions: made }) =>
      on.by === "new" && on.type.startsWith("ec2:") ? made.map((name) => name.slice(4)) : [],
    ),
  );
  if (makes.length === 0) return [];
  return allowed(["ec2:CreateTags"], {
    Resource: [`arn:${partition}:ec2:${graph.region}:*:*/*`],
    Condition: {
      StringEquals: { ...tagged(graph, "RequestTag"), "ec2:CreateAction": sorted(makes) },
    },
  });
}

/**
 * Who makes a table under a key has to be allowed what DynamoDB then does with it, through DynamoDB alone.
 * Source: AWS, "Usage notes for AWS KMS keys", Amazon DynamoDB Developer Guide; aws/aws-cdk#18616.
 */
function keysOfTables(graph: ServiceGraph): Statement[] {
  const { types, region } = graph;
  if (!["aws:kms/key:Key", "aws:dynamodb/table:Table"].every((type) => types.includes(type)))
    return [];
  return allowed(actions("kms: Decrypt Encrypt GenerateDataKey* ReEncrypt*"), {
    Resource: ["*"],
    Condition: {
      StringEquals: {
        ...tagged(graph, "ResourceTag"),
        "kms:ViaService": `dynamodb.${region}.amazonaws.com`,
      },
    },
  });
}

const logLines = (graph: ServiceGraph): Statement[] =>
  allowed(LOG_LINES, { Resource: named(graph, LOG_GROUP) }).map((statement) => ({
    Sid: "ReadWhyADeploymentFailed",
    ...statement,
  }));

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
  const on = (Action: readonly string[], Condition?: Place["Condition"]): Statement[] =>
    allowed(Action, { Resource: roles, Condition });
  const policies = sorted(graph.roles.flatMap(({ managedPolicies }) => managedPolicies));
  const among = (list: readonly string[]) => written.filter((action) => list.includes(action));
  const others = written.filter((action) => ![...GRANTING, ...ATTACHING].includes(action));
  return [
    ...on(others),
    ...on(among(GRANTING), bounded),
    ...on(among(ATTACHING), { ...bounded, ArnEquals: { "iam:PolicyARN": policies } }),
  ];
}

/** Services that need a role of their own in an account that never used them. */
const SERVICE_LINKED = [
  "ecs.amazonaws.com",
  "ecs.application-autoscaling.amazonaws.com",
  "elasticloadbalancing.amazonaws.com",
  "guardduty.amazonaws.com",
  "management.chatbot.amazonaws.com",
  "vpcorigin.cloudfront.amazonaws.com",
];

/** Each role may be handed to the services that it trusts, and to no other. */
function roleStatements(graph: ServiceGraph, { partition }: Account): Statement[] {
  return [
    ...graph.roles.flatMap(({ arn, services }) =>
      allowed(["iam:PassRole"], {
        Resource: [arn],
        Condition: { StringEquals: { "iam:PassedToService": services } },
      }),
    ),
    ...allowed(["iam:CreateServiceLinkedRole"], {
      Resource: [`arn:${partition}:iam::*:role/aws-service-role/*`],
      Condition: { StringEquals: { "iam:AWSServiceName": SERVICE_LINKED } },
    }),
  ];
}

const sorted = (values: readonly string[]): string[] => [...new Set(values)].sort();
