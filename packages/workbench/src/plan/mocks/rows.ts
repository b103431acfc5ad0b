import type { Json } from "../types.ts";
import type { Computed, MockResource } from "./resource.ts";

/** Outputs beside the usual ones; `own` is the name, id or ARN that the row is made of. */
export type More = Record<string, Json> | ((r: MockResource, own: string) => Record<string, Json>);

export function outputsOf(more: More, r: MockResource, own = ""): Record<string, Json> {
  return typeof more === "function" ? more(r, own) : more;
}

export interface NameOptions {
  /** Input and output that hold the name. */
  key?: string;
  /** Longest name in characters. */
  max?: number;
}

/** Identity is the name, and the ARN ends in it: `path` is `service:` and what stands before the name. */
export function byName(
  path: string,
  { key = "name", max }: NameOptions = {},
  more: More = {},
): Computed {
  return (r) => {
    const name = r.physicalName(key, max);
    return { id: name, arn: r.arn(path + name), [key]: name, ...outputsOf(more, r, name) };
  };
}

/** Same, with the ARN as identity. */
export function byArn(
  path: string,
  { key = "name", max }: NameOptions = {},
  more: More = {},
): Computed {
  return (r) => {
    const name = r.physicalName(key, max);
    const arn = r.arn(path + name);
    return { id: arn, arn, [key]: name, ...outputsOf(more, r, name) };
  };
}

/** Identity is the name, and there is no ARN. */
export const nameOnly: Computed = (r) => {
  const name = r.physicalName();
  return { id: name, name };
};

/** Identity is a number that AWS invents, and the ARN ends in it. */
export function byId(path: string, make: (r: MockResource) => string, more: More = {}): Computed {
  return (r) => {
    const id = make(r);
    return { id, arn: r.arn(path + id), ...outputsOf(more, r, id) };
  };
}

/** Identity is the ARN, which ends in what AWS invents. */
export function byInventedArn(path: string, more: More = {}): Computed {
  return (r) => {
    const arn = r.arn(path + r.uuid());
    return { id: arn, arn, ...outputsOf(more, r, arn) };
  };
}

/** Identity is made of inputs: `{role}/{policyArn}`. */
export function ofInputs(template: string, more: More = {}): Computed {
  return (r) => ({
    id: template.replace(/\{(\w+)\}/g, (_, key: string) => r.text(key)),
    ...outputsOf(more, r),
  });
}
