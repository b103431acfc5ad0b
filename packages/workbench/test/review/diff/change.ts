import { boxOf, nameOf, typeOf } from "../../../src/review/diff/boxes.ts";
import type { ResourceChange, StackChanges } from "../../../src/review/diff/types.ts";
import type { Plan, PlannedResource } from "../../../src/plan/types.ts";

export const urnOf = (type: string, name: string, component = "service:FargateService"): string =>
  `urn:pulumi:dev::koa-fargate::koa-fargate:${component}$${type}::${name}`;

/** A change of one resource; what is not given is an update without properties. */
export function change(
  type: string,
  name: string,
  rest: Partial<ResourceChange> = {},
): ResourceChange {
  const urn = urnOf(type, name);
  return {
    urn,
    type: typeOf(urn),
    name: nameOf(urn),
    box: boxOf(urn),
    operation: "update",
    properties: [],
    dependencies: [],
    protected: false,
    retained: false,
    unprotected: false,
    ...rest,
  };
}

export function changes(...resources: ResourceChange[]): StackChanges {
  return {
    project: "koa-fargate",
    stack: "dev",
    source: "preview",
    resources,
    unchanged: 10,
    config: [],
  };
}

export function planned(
  type: string,
  name: string,
  rest: Partial<PlannedResource> = {},
): PlannedResource {
  return {
    urn: urnOf(type, name),
    type,
    name,
    custom: true,
    inputs: {},
    outputs: {},
    dependencies: [],
    propertyDependencies: {},
    options: {},
    secretPaths: [],
    expanded: false,
    ...rest,
  };
}

export function plan(resources: PlannedResource[], config: Plan["config"] = {}): Plan {
  return {
    project: "koa-fargate",
    stack: "dev",
    config,
    resources,
    invokes: [],
    outputs: {},
    warnings: [],
  };
}
