import { resourcesIn } from "../../live/exported.ts";
import { inventedHex, uuidFrom } from "../../plan/mocks/resource.ts";
import { autoNaming, madeUp } from "../../plan/naming.ts";
import { rolePath } from "../../project/role-path.ts";
import type { WorkbenchConfig } from "../../project/workbench-config.ts";
import { matches } from "./policy.ts";
import { PERMISSIONS, ROLE } from "./table.ts";
import type { Json, Plan, PlannedResource } from "../../plan/types.ts";

/** A role that the service creates. */
export interface ServiceRole {
  /** ARN under the stack's path, with `*` in place of what Pulumi makes up. */
  arn: string;
  /** AWS services that it may be handed to, such as `ecs-tasks.amazonaws.com`. */
  services: string[];
  /** Policies of AWS that it carries. */
  managedPolicies: string[];
}

/** What the roles of the pipeline have to know about a stack. Plain data, so that it can cross a process. */
export interface ServiceGraph {
  project: string;
  stack: string;
  region: string;
  /** Regions of types that it has in another one too, or in another one alone. @default none */
  elsewhere?: Record<string, string[]>;
  /** Type tokens of the custom resources, sorted. */
  types: string[];
  /** Tokens of the provider functions that the program calls, sorted. */
  functions: string[];
  /** ARNs by type, with `*` in place of what AWS makes up, and `?` for each character that Pulumi does. */
  arns: ArnsByType;
  /** Of these, those that the program protects or leaves behind; types without ARNs have an empty list. @default none */
  kept?: ArnsByType;
  /** What others own and the configuration names, as `vpc/vpc-0a1b`. @default none */
  shared?: string[];
  /** Names of the stack's DNS records as Route 53 compares them, with `*` in place of what AWS makes up. @default none */
  records?: string[];
  roles: ServiceRole[];
  /** Tags that tell the stack's resources from others. */
  tags: Record<string, string>;
  /** What `workbench.config.ts` adds to the workbench's own permissions. */
  declared?: Declared;
}

/** The part of `workbench.config.ts` that is about permissions. */
export interface Declared {
  permissions?: WorkbenchConfig["permissions"] | undefined;
  taskActions?: string | undefined;
}

/** ARNs by type token. */
export type ArnsByType = Record<string, string[]>;

/**
 * What a stack has of a type whose ARNs the roles are told by, and that none of its graph's patterns covers: it got its name
 * before the program gave it another.
 * @param exported - what `pulumi stack export` prints
 */
export function formerArns(exported: string, { arns }: ServiceGraph): ArnsByType {
  const former: ArnsByType = {};
  for (const { type, outputs = {} } of resourcesIn(exported))
    for (const arn of TOLD_BY_ARN.has(type) ? arnOf(outputs) : [])
      if (arns[type]?.some((each) => matches(each, arn)) !== true)
        former[type] = sorted([...(former[type] ?? []), arn]);
  return former;
}

/** The same graph, of a stack that has these too. They are kept where one of their type is: which of them it was, nothing says. */
export function withFormer(graph: ServiceGraph, former: ArnsByType = {}): ServiceGraph {
  const joined = (arns: ArnsByType, types: readonly string[]): ArnsByType =>
    Object.fromEntries(
      types.map((type) => [type, sorted([...(arns[type] ?? []), ...(former[type] ?? [])])]),
    );
  const { arns, kept } = graph;
  return {
    ...graph,
    arns: joined(arns, sorted([...Object.keys(arns), ...Object.keys(former)])),
    ...(kept && { kept: joined(kept, Object.keys(kept)) }),
  };
}

/** Types whose ARNs stand in the policies. Roles lie below the stack's path, whatever they are called. */
const TOLD_BY_ARN: ReadonlySet<string> = new Set(
  Object.values(PERMISSIONS).flatMap(({ write, remove }) =>
    [...write, ...remove].flatMap(({ on }) =>
      on.by === "name" && on.arnsOf !== ROLE ? [on.arnsOf] : [],
    ),
  ),
);

/** Reads out of a stack's plan what it is made of. */
export function serviceGraph(plan: Plan, declared: Declared = {}): ServiceGraph {
  // A provider is the engine's own: AWS has nothing to allow.
  const resources = plan.resources.filter(
    ({ custom, type }) => custom && !type.startsWith("pulumi:"),
  );
  const arns: ArnsByType = {};
  const pattern = patterns(plan, resources);
  const kept: ArnsByType = {};
  const region = text(plan.config["aws:region"]);
  for (const { type, outputs, options } of resources) {
    const found = arnOf(outputs).map(pattern);
    if (found.length > 0) arns[type] = sorted([...(arns[type] ?? []), ...found]);
    if (options.protect === true || options.retainOnDelete === true)
      kept[type] = sorted([...(kept[type] ?? []), ...found]);
  }
  return {
    project: plan.project,
    stack: plan.stack,
    region,
    elsewhere: elsewhereOf(resources, region),
    types: sorted(resources.map(({ type }) => type)),
    functions: sorted(plan.invokes.map(({ token }) => token)),
    arns,
    kept,
    shared: sharedIn(plan),
    records: recordsIn(resources),
    roles: resources
      .filter(({ type }) => type === ROLE)
      .map((role) => serviceRole(role, resources, rolePath(plan.project, plan.stack), pattern))
      .sort((a, b) => (a.arn < b.arn ? -1 : 1)),
    tags: tagsOf(plan.config["aws:defaultTags"]),
    declared: { permissions: declared.permissions, taskActions: declared.taskActions },
  };
}

/** The same graph with the ARNs of another account: a plan invents one where the stack does not name its own. */
export function inAccount(graph: ServiceGraph, partition: string, accountId: string): ServiceGraph {
  const move = (arn: string): string =>
    arn.replace(
      /^arn:[^:]+:([^:]*):([^:]*):(\d*):/,
      (_, service: string, region: string, account: string) =>
        `arn:${partition}:${service}:${region}:${account === "" ? "" : accountId}:`,
    );
  const moved = (arns: ArnsByType): ArnsByType =>
    Object.fromEntries(Object.entries(arns).map(([type, list]) => [type, list.map(move)]));
  return {
    ...graph,
    arns: moved(graph.arns),
    ...(graph.kept && { kept: moved(graph.kept) }),
    roles: graph.roles.map((role) => ({ ...role, arn: move(role.arn) })),
  };
}

const sorted = (values: readonly string[]): string[] => [...new Set(values)].sort();

/** CloudFront, which has no region, is asked in one. Source: AWS, `aws:RequestedRegion`, IAM User Guide. */
function elsewhereOf(
  resources: readonly PlannedResource[],
  home: string,
): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const { type, inputs } of resources) {
    const own = type.startsWith("aws:cloudfront/") ? "us-east-1" : text(inputs["region"]);
    found[type] = sorted([...(found[type] ?? []), own === "" ? home : own]);
  }
  return Object.fromEntries(Object.entries(found).filter(([, regions]) => regions.join() !== home));
}

/** A dashboard calls its ARN otherwise. */
const arnOf = (outputs: PlannedResource["outputs"]): string[] =>
  ["arn", "dashboardArn", "chatConfigurationArn"]
    .map((output) => text(outputs[output]))
    .filter((arn) => arn !== "")
    .slice(0, 1);

/** VPCs that the plan's inputs name and the plan does not make. */
function sharedIn({ resources }: Plan): string[] {
  const own = new Set(resources.map(({ outputs }) => outputs["id"]));
  const named = resources.flatMap(({ inputs }) => text(inputs["vpcId"]));
  return sorted(named.filter((id) => id.startsWith("vpc-") && !own.has(id))).map(
    (id) => `vpc/${id}`,
  );
}

/** Source: AWS, "Using IAM policy conditions for fine-grained access control", Amazon Route 53 Developer Guide. */
function recordsIn(resources: readonly PlannedResource[]): string[] {
  const names = resources.flatMap(({ type, inputs }) => {
    if (type === "aws:route53/record:Record") return [text(inputs["name"])];
    // Cloud Map writes the instances of a namespace.
    return type === "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace"
      ? [text(inputs["name"]), `*.${text(inputs["name"])}`]
      : [];
  });
  return sorted(
    names.map((name) =>
      name
        .toLowerCase()
        .replace(/\.$/, "")
        // A certificate's record proves the name behind its own first part.
        .replace(/^_[0-9a-f]{32}\./, "_*."),
    ),
  );
}

/** Turns an ARN of the plan into one with patterns in place of what engine and AWS make up: parts of names, numbers, revisions. */
function patterns(
  { project, stack, config }: Plan,
  resources: readonly PlannedResource[],
): (arn: string) => string {
  const naming = autoNaming(config["pulumi:autonaming"], {
    ...{ project, stack },
    config: (key) => config[key],
  });
  const names = resources.flatMap(({ urn, type, name, inputs }) => {
    const prefixes = Object.entries(inputs).flatMap(([key, value]) =>
      /(^p|P)refix$/.test(key) && typeof value === "string" ? [`${value}\${hex(7)}`] : [],
    );
    return [
      // A number goes first: it begins as what is made up in a name does.
      ...[inventedHex(urn, 16), uuidFrom(inventedHex(urn, 32))].map((number) => [number, "*"]),
      ...[naming(type, name), ...prefixes].map((written) => [
        madeUp(written, (length) => inventedHex(urn, length)),
        madeUp(written, (length) => "?".repeat(length)),
      ]),
    ];
  });
  return (arn) =>
    names
      .reduce((text, [known = "", starred = ""]) => text.replaceAll(known, starred), arn)
      .replace(/(:task-definition\/.+):\d+$/, "$1:*");
}

function serviceRole(
  role: PlannedResource,
  resources: readonly PlannedResource[],
  path: string,
  pattern: (arn: string) => string,
): ServiceRole {
  const attached = resources.filter(
    ({ type, inputs }) =>
      type === "aws:iam/rolePolicyAttachment:RolePolicyAttachment" &&
      inputs["role"] === role.outputs["name"],
  );
  return {
    // Below the stack's own path by the logical name: a role may have its name from before names carried the stack.
    arn: pattern(text(role.outputs["arn"])).replace(
      /:role\/.*?([^/]+)$/,
      (_, name: string) =>
        `:role${path}${text(role.inputs["name"]) === "" ? `*${role.name}-*` : name}`,
    ),
    services: trusted(text(role.inputs["assumeRolePolicy"])),
    managedPolicies: sorted(attached.map(({ inputs }) => text(inputs["policyArn"]))),
  };
}

function trusted(document: string): string[] {
  const { Statement = [] } = JSON.parse(document) as {
    Statement?: { Principal?: { Service?: string | string[] } }[];
  };
  return sorted(Statement.flatMap(({ Principal }) => Principal?.Service ?? []));
}

function tagsOf(defaultTags: Json | undefined): Record<string, string> {
  const value: unknown = typeof defaultTags === "string" ? JSON.parse(defaultTags) : defaultTags;
  const { tags = {} } = (value ?? {}) as { tags?: Record<string, unknown> };
  return Object.fromEntries(
    Object.entries(tags).flatMap(([key, tag]) => (typeof tag === "string" ? [[key, tag]] : [])),
  );
}

const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");
