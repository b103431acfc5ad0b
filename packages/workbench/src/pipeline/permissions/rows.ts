import type { Json, Plan, PlannedResource } from "../../plan/types.ts";
import { roleStatements } from "./boundary.ts";
import type { Declared, ServiceGraph } from "./graph.ts";
import { declaredRow, type Permission } from "./permission.ts";
import { actions, matches } from "./policy.ts";
import { FUNCTIONS, PERMISSIONS } from "./table.ts";

/** What a resource type needs: as the project declares it, in the stack's region, or else as the table says. */
export function permissionFor(
  { declared }: Pick<ServiceGraph, "declared">,
  type: string,
): Permission | undefined {
  const own = declared?.permissions?.[type];
  return own === undefined ? PERMISSIONS[type] : declaredRow(own.read, own.write);
}

/** What a provider function needs: all of its actions only read. */
export function functionActions(
  { declared }: Pick<ServiceGraph, "declared">,
  token: string,
): readonly string[] | undefined {
  const own = declared?.permissions?.[token];
  return own === undefined ? FUNCTIONS[token] : actions(own.read);
}

export const noRow = (token: string): string =>
  `the pipeline's role has no permission row for ${token}: add one under permissions in workbench.config.ts, then run npm run bootstrap`;

type Planned = Pick<PlannedResource, "type" | "name" | "inputs">;

/**
 * Sentences on what a plan needs, but the roles that bootstrap makes do not allow: the pipeline's, or the service's own.
 * @param resources without components
 * @param functions that the program calls, by token
 */
export function pipelineGaps(
  resources: readonly Planned[],
  functions: readonly string[],
  declared: Declared,
): string[] {
  const types = resources.map(({ type }) => type).filter((type) => !type.startsWith("pulumi:"));
  const lacking = [
    ...types.filter((type) => permissionFor({ declared }, type) === undefined),
    ...functions.filter((token) => functionActions({ declared }, token) === undefined),
  ];
  return [...[...new Set(lacking)].sort().map(noRow), ...beyondBoundary(resources, declared)];
}

/** Gaps of a whole plan. */
export const planGaps = ({ resources, invokes }: Plan, declared: Declared): string[] =>
  pipelineGaps(
    resources.filter(({ custom }) => custom),
    invokes.map(({ token }) => token),
    declared,
  );

/** Sentences on what policies of the service's roles allow, but their boundary does not. */
function beyondBoundary(resources: readonly Planned[], declared: Declared): string[] {
  const types = resources.map(({ type }) => type);
  const bounds = roleStatements({ types, declared }, "*").flatMap(({ Action }) => Action);
  return resources
    .filter(({ type }) => type === "aws:iam/rolePolicy:RolePolicy")
    .flatMap(({ name, inputs }) => {
      const beyond = allowedBy(inputs["policy"]).filter(
        (action) => !bounds.some((bound) => matches(bound, action, "i")),
      );
      return beyond.length === 0
        ? []
        : [
            `${name} allows ${beyond.join(" and ")}, but the boundary of the stack's roles does not: add that to taskActions in workbench.config.ts, then run npm run bootstrap`,
          ];
    });
}

/** Actions of the statements that allow. Empty for a policy that is not known yet. */
function allowedBy(policy: Json | undefined): string[] {
  if (typeof policy !== "string" || !policy.startsWith("{")) return [];
  const { Statement = [] } = JSON.parse(policy) as {
    Statement?: { Effect: string; Action?: string | string[] }[];
  };
  return Statement.filter(({ Effect }) => Effect === "Allow").flatMap(({ Action = [] }) => Action);
}
