import facts from "./facts.json" with { type: "json" };

/** What the AWS provider does with inputs that no type tells, by type token. Written by provider-facts.ts of this package. */
export interface ProviderFacts {
  /** Of @pulumi/aws. */
  version: string;
  /** Inputs whose change makes a new resource; `*` for all. */
  replaces: Readonly<Record<string, readonly string[]>>;
  /** Exceptions of `*`. */
  keeps: Readonly<Record<string, readonly string[]>>;
  /** Blocks that stay as they were where they are left out. */
  suppresses: Readonly<Record<string, readonly string[]>>;
  /** Inputs that the SDK adds, also inside of awsx. */
  fills: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export const FACTS: ProviderFacts = facts;

/** Whether a change of the top-level input `property` makes the provider replace the resource. */
export function forcesNew(type: string, property: string): boolean {
  const properties = FACTS.replaces[type] ?? [];
  return properties.includes("*")
    ? FACTS.keeps[type]?.includes(property) !== true
    : properties.includes(property);
}

/** Inputs as the SDK sends them. */
export const filled = <T extends object>(type: string, inputs: T): T => ({
  ...FACTS.fills[type],
  ...inputs,
});

/** What the resource has of these inputs after an update: blocks that the provider takes for unchanged where they are left out. */
export function withKept<T>(
  type: string,
  before: Readonly<Record<string, T>>,
  inputs: Readonly<Record<string, T>>,
): Record<string, T> {
  const kept = (FACTS.suppresses[type] ?? []).filter((block) => !(block in inputs));
  return {
    ...inputs,
    ...Object.fromEntries(Object.entries(before).filter(([block]) => kept.includes(block))),
  };
}
