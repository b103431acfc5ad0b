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

/** A value of an expanded resource: JSON in which references stand for what only a deployment knows. */
export type Expandable = Json | Reference | Expandable[] | { [key: string]: Expandable };

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

/** A resource that waits for its parent, and for nothing else unless told so. */
export function expanded(
  type: string,
  name: string,
  parent: string | undefined,
  inputs: ExpandedResource["inputs"],
): ExpandedResource {
  const common = { key: keyOf(type, name), type, name, inputs };
  return parent === undefined
    ? { ...common, dependsOn: [] }
    : { ...common, parent, dependsOn: [parent] };
}

/** Replaces each reference in `value` by what `resolve` says. */
export function resolveReferences(
  value: Expandable,
  resolve: (reference: Reference) => unknown,
): unknown {
  if (value instanceof Reference) return resolve(value);
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
