import { compareBoxes } from "./diff/boxes.ts";
import type { Plan, PlannedResource } from "./types.ts";

/** Resources of one box of the architecture: a folder under components/, or what stands outside of all. */
export interface Group {
  name: string;
  /** Sorted by URN, components among them. */
  resources: PlannedResource[];
  /** Resources that a cloud will hold: neither components nor providers. */
  count: number;
}

const STACK = "pulumi:pulumi:Stack";
/** Group of what belongs to no component. */
const OUTSIDE = "stack";

export function groups(plan: Plan): Group[] {
  const byUrn = new Map(plan.resources.map((resource) => [resource.urn, resource]));
  const named = new Map<string, PlannedResource[]>();
  for (const resource of plan.resources) {
    if (resource.type === STACK) continue;
    const name = box(top(resource, byUrn));
    named.set(name, [...(named.get(name) ?? []), resource]);
  }
  return [...named]
    .map(([name, resources]) => ({ name, resources, count: countable(resources).length }))
    .sort((a, b) => compareBoxes(a.name, b.name));
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
  return custom ? OUTSIDE : (type.split(":")[1] ?? type);
}
