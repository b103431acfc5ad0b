import { compareBoxes, componentBox, serviceOf } from "./diff/boxes.ts";
import type { Plan, PlannedResource } from "../plan/types.ts";

/** Resources of one box of the architecture. */
export interface Group {
  name: string;
  /** Sorted by URN, components among them. */
  resources: PlannedResource[];
  /** Resources that a cloud will hold: neither components nor providers. */
  count: number;
}

const STACK = "pulumi:pulumi:Stack";

/** URN -> box: what the resource itself says, else the component right below the stack, else the AWS service. */
export function boxes(plan: Plan): ReadonlyMap<string, string> {
  const byUrn = new Map(plan.resources.map((resource) => [resource.urn, resource]));
  return new Map(
    plan.resources.map((resource) => {
      const { custom, type } = outermost(resource, byUrn);
      return [
        resource.urn,
        resource.box ?? (custom ? serviceOf(resource.type) : componentBox(type)),
      ];
    }),
  );
}

/** The ancestor right below the stack. */
function outermost(
  resource: PlannedResource,
  byUrn: ReadonlyMap<string, PlannedResource>,
): PlannedResource {
  const parent = byUrn.get(resource.parent ?? "");
  return parent === undefined || parent.type === STACK ? resource : outermost(parent, byUrn);
}

export function groups(plan: Plan): Group[] {
  const boxOfUrn = boxes(plan);
  const inside = plan.resources.filter(({ type }) => type !== STACK);
  return [...Map.groupBy(inside, ({ urn }) => boxOfUrn.get(urn) ?? "")]
    .map(([name, resources]) => ({ name, resources, count: countable(resources).length }))
    .sort((a, b) => compareBoxes(a.name, b.name));
}

/** Resources that a cloud will hold. */
export function countable(resources: readonly PlannedResource[]): PlannedResource[] {
  return resources.filter(({ custom, type }) => custom && !type.startsWith("pulumi:"));
}
