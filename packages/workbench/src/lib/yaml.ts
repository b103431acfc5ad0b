import { parse } from "yaml";

/** By text: a plan and its program ask for the same Pulumi.yaml, which takes longer to read than most of the plan. */
const known = new Map<string, unknown>();

/**
 * What a text of YAML says; frozen, since the next who asks gets the same.
 * @throws YAMLParseError
 */
export function parseYaml(text: string): unknown {
  if (!known.has(text)) known.set(text, frozen(parse(text)));
  return known.get(text);
}

function frozen(value: unknown): unknown {
  // An anchor may lie in what refers to it.
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}
