import { compareBoxes } from "./diff/boxes.ts";
import type { Plan, PlannedResource } from "../plan/types.ts";

/** Resources of one box of the architecture. */
export interface Group {
  name: string;
  /** Sorted by URN, components among them. */
  resources: PlannedResource[];
  /** Resources that a cloud will hold: neither components nor providers. */
  count: number;
  /** True where the box is a service of the cloud, for want of components. */
  flat?: boolean;
}

const STACK = "pulumi:pulumi:Stack";
/** Group of what belongs to no component. */
const OUTSIDE = "stack";

/**
 * URN -> box: what the resource itself says, else the module of the component right below the stack. Where most
 * resources belong to no component, each of these goes by its service.
 */
export function boxes(plan: Plan): ReadonlyMap<string, string> {
  const byUrn = new Map(plan.resources.map((resource) => [resource.urn, resource]));
  const flat = isFlat(plan, byUrn);
  return new Map(
    plan.resources.map((resource) => {
      const outermost = top(resource, byUrn);
      return [
        resource.urn,
        resource.box ?? (outermost.custom && flat ? service(resource) : box(outermost)),
      ];
    }),
  );
}

export function groups(plan: Plan): Group[] {
  const boxOf = boxes(plan);
  const flat = isFlat(plan, new Map(plan.resources.map((resource) => [resource.urn, resource])));
  const named = new Map<string, PlannedResource[]>();
  for (const resource of plan.resources) {
    if (resource.type === STACK) continue;
    const name = boxOf.get(resource.urn) ?? OUTSIDE;
    named.set(name, [...(named.get(name) ?? []), resource]);
  }
  return [...named]
    .map(([name, resources]) => ({
      name,
      resources,
      count: countable(resources).length,
      ...(flat ? { flat } : {}),
    }))
    .sort((a, b) => compareBoxes(a.name, b.name));
}

/** Whether more resources stand outside of all components than inside. */
function isFlat(plan: Plan, byUrn: ReadonlyMap<string, PlannedResource>): boolean {
  const held = countable(plan.resources);
  return held.filter((resource) => top(resource, byUrn).custom).length * 2 > held.length;
}

/** `ecs` of `aws:ecs/service:Service`; another cloud or tool is a box of its own. */
function service({ type }: PlannedResource): string {
  const [pkg = "", module = ""] = type.split(":");
  return pkg === "aws" ? (module.split("/")[0] ?? pkg) : pkg === "pulumi" ? OUTSIDE : pkg;
}

/** Resources that a cloud will hold. */
export function countable(resources: readonly PlannedResource[]): PlannedResource[] {
  return resources.filter(({ custom, type }) => custom && !type.startsWith("pulumi:"));
}

/** The ancestor right below the stack. */
function top(
  resource: PlannedResource,
  byUrn: ReadonlyMap<string, PlannedResource>,
): PlannedResource {
  const parent = byUrn.get(resource.parent ?? "");
  return parent === undefined || parent.type === STACK ? resource : top(parent, byUrn);
}

/** `network` of `koa-fargate:network:Network`. */
function box({ type, custom }: PlannedResource): string {
  const [, module = type, kind = type] = type.split(":");
  return custom ? OUTSIDE : module === "index" ? kind : module;
}
