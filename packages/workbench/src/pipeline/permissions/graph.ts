import { inventedHex } from "../../plan/mocks/resource.ts";
import { autoNaming, madeUp } from "../../plan/naming.ts";
import { rolePath } from "../../project/role-path.ts";
import type { WorkbenchConfig } from "../../plan/general/config.ts";
import { matches } from "./policy.ts";
import { PERMISSIONS } from "./table.ts";
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
  /** Types of which some resources are in other regions than the stack's, and these regions. @default none */
  elsewhere?: Record<string, string[]>;
  /** Type tokens of the custom resources, sorted. */
  types: string[];
  /** Tokens of the provider functions that the program calls, sorted. */
  functions: string[];
  /** ARNs by type, with `*` in place of what Pulumi or AWS makes up. */
  arns: ArnsByType;
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
  const { deployment } = JSON.parse(exported) as {
    deployment?: { resources?: { type: string; outputs?: { arn?: unknown } }[] };
  };
  const former: ArnsByType = {};
  for (const { type, outputs } of deployment?.resources ?? []) {
    const arn = text(outputs?.arn as Json | undefined);
    const known = arns[type];
    if (!TOLD_BY_ARN.has(type) || arn === "" || known?.some((each) => matches(each, arn)) === true)
      continue;
    former[type] = sorted([...(former[type] ?? []), arn]);
  }
  return former;
}

/** The same graph, of a stack that has these too. */
export const withFormer = (graph: ServiceGraph, former: ArnsByType = {}): ServiceGraph => ({
  ...graph,
  arns: Object.fromEntries(
    [...new Set([...Object.keys(graph.arns), ...Object.keys(former)])].map((type) => [
      type,
      sorted([...(graph.arns[type] ?? []), ...(former[type] ?? [])]),
    ]),
  ),
});

/** Types whose ARNs stand in the policies. Roles lie below the stack's path, whatever they are called. */
const TOLD_BY_ARN: ReadonlySet<string> = new Set(
  Object.values(PERMISSIONS).flatMap(({ on }) =>
    typeof on === "object" && on.arnsOf !== "aws:iam/role:Role" ? [on.arnsOf] : [],
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
  for (const { type, outputs } of resources) {
    const arn = outputs["arn"];
    if (typeof arn === "string") arns[type] = sorted([...(arns[type] ?? []), pattern(arn)]);
  }
  const region = text(plan.config["aws:region"]);
  const elsewhere: Record<string, string[]> = {};
  for (const { type, inputs } of resources) {
    const other = text(inputs["region"]);
    if (other !== "" && other !== region)
      elsewhere[type] = sorted([...(elsewhere[type] ?? []), other]);
  }
  return {
    project: plan.project,
    stack: plan.stack,
    region,
    elsewhere,
    types: sorted(resources.map(({ type }) => type)),
    functions: sorted(plan.invokes.map(({ token }) => token)),
    arns,
    roles: resources
      .filter(({ type }) => type === "aws:iam/role:Role")
      .map((role) => serviceRole(role, resources, rolePath(plan.project, plan.stack), pattern))
      .sort((a, b) => (a.arn < b.arn ? -1 : 1)),
    tags: tagsOf(plan.config["aws:defaultTags"]),
    declared: { permissions: declared.permissions, taskActions: declared.taskActions },
  };
}

/** The same graph with the ARNs of another account: a plan invents one where the stack does not name its own. */
export function inAccount(graph: ServiceGraph, partition: string, accountId: string): ServiceGraph {
  const move = (arn: string): string =>
    arn.replace(/^arn:[^:]+:([^:]*):([^:]*):\d{12}:/, `arn:${partition}:$1:$2:${accountId}:`);
  return {
    ...graph,
    arns: Object.fromEntries(
      Object.entries(graph.arns).map(([type, list]) => [type, list.map(move)]),
    ),
    roles: graph.roles.map((role) => ({ ...role, arn: move(role.arn) })),
  };
}

const sorted = (values: readonly string[]): string[] => [...new Set(values)].sort();

/** Turns an ARN of the plan into one with `*` in place of what engine and AWS make up: parts of names, and revisions. */
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
    return [naming(type, name), ...prefixes].map((written) => [
      madeUp(written, (length) => inventedHex(urn, length)),
      madeUp(written, () => "*"),
    ]);
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
