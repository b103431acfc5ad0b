import { PlannedStack } from "@koa-fargate/workbench/assert/index.ts";
import { planFrozen } from "../../helpers/frozen.ts";
import type { Json, Plan, PlannedResource } from "@koa-fargate/workbench/plan/types.ts";

/** Components of the template's own. A fork has more, of which these tests know nothing. */
const COMPONENTS: ReadonlySet<string> = new Set([
  ...[
    "api",
    "assets",
    "audit",
    "backups",
    "deployment",
    "distribution",
    "distribution-acl",
    "domain",
    "health-check",
    "internal-balancer",
    "load-balancer",
    "network",
    "notifications",
  ],
  ...["monitoring", "observability", "records", "registry", "security", "storage", "web-acl"],
]);

/** The plan of a frozen stack, with configuration in place of the file's. */
export const planOf = async (
  stack: string,
  overrides: Readonly<Record<string, unknown>> = {},
): Promise<Plan> => ofTemplate(await planFrozen({ stack, overrides }));

function ofTemplate(plan: Plan): Plan {
  const own = ({ type }: PlannedResource): boolean => type === "pulumi:pulumi:Stack";
  const resources = plan.resources.filter(
    (resource) => own(resource) || COMPONENTS.has(component(plan, resource)),
  );
  return { ...plan, resources };
}

/** The same plan with its assertions. */
export async function stackOf(
  stack: string,
  overrides: Readonly<Record<string, unknown>> = {},
): Promise<PlannedStack> {
  return new PlannedStack(await planOf(stack, overrides));
}

/** Resources of a type; of a provider's type the last part is enough, such as `Service`. */
export function all(plan: Plan, type: string): PlannedResource[] {
  return plan.resources.filter(
    (resource) => resource.type === type || (resource.custom && resource.type.endsWith(`:${type}`)),
  );
}

/** The one resource of a type, or the one of this name. */
export function one(plan: Plan, type: string, name?: string): PlannedResource {
  const found = all(plan, type).filter((resource) => name === undefined || resource.name === name);
  const [resource] = found;
  if (resource === undefined || found.length > 1)
    throw new Error(`${found.length} resources are ${type} ${name ?? ""}`);
  return resource;
}

export const names = (resources: readonly PlannedResource[]): string[] =>
  resources.map(({ name }) => name).sort();

/** Logical name -> what `pick` takes of each resource of a type. */
export function byName<T>(
  plan: Plan,
  type: string,
  pick: (resource: PlannedResource) => T,
): Record<string, T> {
  return Object.fromEntries(all(plan, type).map((resource) => [resource.name, pick(resource)]));
}

/** A value inside inputs or outputs, by keys and indexes. */
export function at(value: Json | undefined, ...path: (string | number)[]): Json | undefined {
  return path.reduce<Json | undefined>(
    (inner, key) =>
      inner !== null && typeof inner === "object"
        ? (inner as Record<string | number, Json | undefined>)[key]
        : undefined,
    value,
  );
}

/** A value that holds JSON text, such as a policy. */
export function parsed(value: Json | undefined): Json {
  if (typeof value !== "string") throw new Error(`${JSON.stringify(value)} is no text`);
  return JSON.parse(value) as Json;
}

/** Name of the component of index.ts that a resource belongs to. */
export function component(plan: Plan, resource: PlannedResource): string {
  const parent = plan.resources.find(({ urn }) => urn === resource.parent);
  return parent === undefined || parent.type === "pulumi:pulumi:Stack"
    ? resource.name
    : component(plan, parent);
}

/** A value as part of a sentence. */
export const show = (value: Json | undefined): string =>
  typeof value === "string" ? value : JSON.stringify(value);
