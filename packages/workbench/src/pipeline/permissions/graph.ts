import { rolePath } from "../../project/role-path.ts";
import type { WorkbenchConfig } from "../../plan/general/config.ts";
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
  /** Type tokens of the custom resources, sorted. */
  types: string[];
  /** Tokens of the provider functions that the program calls, sorted. */
  functions: string[];
  /** ARNs by type, with `*` in place of what Pulumi or AWS makes up. */
  arns: Record<string, string[]>;
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

/** Reads out of a stack's plan what it is made of. */
export function serviceGraph(plan: Plan, declared: Declared = {}): ServiceGraph {
  // A provider is the engine's own: AWS has nothing to allow.
  const resources = plan.resources.filter(
    ({ custom, type }) => custom && !type.startsWith("pulumi:"),
  );
  const arns: Record<string, string[]> = {};
  for (const { type, outputs } of resources) {
    const arn = outputs["arn"];
    if (typeof arn === "string") arns[type] = sorted([...(arns[type] ?? []), pattern(arn)]);
  }
  return {
    project: plan.project,
    stack: plan.stack,
    region: text(plan.config["aws:region"]),
    types: sorted(resources.map(({ type }) => type)),
    functions: sorted(plan.invokes.map(({ token }) => token)),
    arns,
    roles: resources
      .filter(({ type }) => type === "aws:iam/role:Role")
      .map((role) => serviceRole(role, resources, rolePath(plan.project, plan.stack)))
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

/** Pulumi ends a name with seven hexadecimal digits of its own; a task definition's ARN ends with its revision. */
function pattern(arn: string): string {
  return arn
    .replaceAll(/-[0-9a-f]{7}(?![0-9a-z-])/g, "-*")
    .replace(/(:task-definition\/.+):\d+$/, "$1:*");
}

function serviceRole(
  role: PlannedResource,
  resources: readonly PlannedResource[],
  path: string,
): ServiceRole {
  const attached = resources.filter(
    ({ type, inputs }) =>
      type === "aws:iam/rolePolicyAttachment:RolePolicyAttachment" &&
      inputs["role"] === role.outputs["name"],
  );
  return {
    arn: pattern(text(role.outputs["arn"])).replace(/:role\/.*?([^/]+)$/, `:role${path}$1`),
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
