import { createHash } from "node:crypto";
import { isMap } from "../wire.ts";
import type { Json } from "../types.ts";

/** An output of another resource of the expansion, or that resource itself where no output is named. */
export class Reference {
  readonly resource: string;
  readonly output: string | undefined;

  constructor(resource: string, output?: string) {
    this.resource = resource;
    this.output = output;
  }
}

/** A value that is made of another one as soon as that is known. */
export class Derived {
  readonly of: Expandable;
  readonly make: (resolved: unknown) => Json;

  constructor(of: Expandable, make: (resolved: unknown) => Json) {
    this.of = of;
    this.make = make;
  }
}

/** A value of an expanded resource: JSON in which references stand for what only a deployment knows. */
export type Expandable = Json | Reference | Derived | Expandable[] | { [key: string]: Expandable };

/** A remote component, and what its expansion may ask. */
export interface Component {
  name: string;
  /** In plain text; resources that were passed are maps of all that is known of them. */
  inputs: Readonly<Record<string, Json>>;
  stack: string;
  region: string;
  /** Whether a secret is among the inputs. */
  secret: boolean;
  /** Id of the VPC of a subnet, given the subnet's. */
  vpcOf: (subnetId: Json) => Json;
  /** Notes that a text is invented, and returns it. */
  invent: (text: string) => string;
}

/** A resource that a remote component will create. */
export interface ExpandedResource {
  /** Unique in the expansion: what {@link Reference.resource}, `parent` and `dependsOn` mean. */
  key: string;
  type: string;
  name: string;
  /** Key of the parent; absent where the component itself is the parent. */
  parent?: string;
  inputs: Record<string, Expandable>;
  /** Keys of the resources that it is told to wait for. */
  dependsOn: string[];
}

export interface Expansion {
  /** In an order in which each resource comes after all that it refers to. */
  resources: ExpandedResource[];
  /** Outputs of the component. */
  outputs: Record<string, Expandable>;
  warnings: string[];
}

/** Key of a resource of the expansion. */
export const keyOf = (type: string, name: string): string => `${type}::${name}`;

/** A resource that waits for nothing but what its inputs refer to. */
export function child(
  type: string,
  name: string,
  inputs: ExpandedResource["inputs"],
  parent?: string,
): ExpandedResource {
  const own = { key: keyOf(type, name), type, name, inputs, dependsOn: [] };
  return parent === undefined ? own : { ...own, parent };
}

/** As awsx shortens what it puts into names (awsx/utils.ts). */
export const shortHash = (text: string): string =>
  createHash("sha1").update(text).digest("hex").slice(0, 8);

/** A resource that waits for its parent, and for nothing else unless told so. */
export const expanded = (
  type: string,
  name: string,
  parent: string | undefined,
  inputs: ExpandedResource["inputs"],
): ExpandedResource => ({
  ...child(type, name, inputs, parent),
  dependsOn: parent === undefined ? [] : [parent],
});

/** Replaces each reference in `value` by what `resolve` says. */
export function resolveReferences(
  value: Expandable,
  resolve: (reference: Reference) => unknown,
): unknown {
  if (value instanceof Reference) return resolve(value);
  if (value instanceof Derived) return value.make(resolveReferences(value.of, resolve));
  if (Array.isArray(value)) return value.map((inner) => resolveReferences(inner, resolve));
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, resolveReferences(inner, resolve)]),
  );
}

/** Keys of the resources that `value` refers to. */
export function referredTo(value: Expandable): string[] {
  const keys: string[] = [];
  resolveReferences(value, ({ resource }) => keys.push(resource));
  return [...new Set(keys)];
}
