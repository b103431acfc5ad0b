import { stringify } from "yaml";
import { SECTIONS } from "./keys.ts";
import type { Key } from "./kinds.ts";

/**
 * How the engine names what the program does not. Seven digits tell a resource from the one that replaces it, and without a random
 * part the engine would delete the old one first. Of load balancers and target groups AWS takes 32 characters.
 */
const NAMES = `  # -- names in AWS: prefix and stack; a resource that exists keeps its own -------------------------------------------
  pulumi:autonaming:
    value:
      pattern: \${config.namePrefix}-\${stack}-\${name}-\${hex(7)}
      providers:
        aws:
          resources:
            aws:lb/loadBalancer:LoadBalancer: { pattern: "\${config.namePrefix}-\${stack}-\${hex(7)}" }
            aws:lb/targetGroup:TargetGroup: { pattern: "\${config.namePrefix}-\${stack}-\${hex(7)}" }
`;

/** The block `config:` of Pulumi.yaml, by which the Pulumi CLI knows types and defaults. */
export function declarations(): string {
  const sections = Object.entries(SECTIONS).map(([section, keys]) =>
    [heading(section), ...Object.entries(keys).map(([name, key]) => declaration(name, key))].join(
      "\n",
    ),
  );
  return `${["config:", NAMES, sections.join("\n\n")].join("\n")}\n`;
}

/** `loadBalancer` -> `load balancer`. */
export const words = (section: string): string =>
  section.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** `# -- load balancer ---...`, as wide as the page. */
const heading = (section: string): string => `  # -- ${words(section)} `.padEnd(120, "-");

function declaration(name: string, key: Key<unknown>): string {
  return [
    `  ${name}:`,
    `    description: ${scalar(key.description)}`,
    `    type: ${key.type}`,
    ...(key.type === "array" ? ["    items: { type: string }"] : []),
    `    default: ${scalar(key.default)}`,
  ].join("\n");
}

/** On one line: a text in quotes where YAML needs them, lists and maps as JSON. */
const scalar = (value: unknown): string =>
  typeof value === "string" ? stringify(value, { lineWidth: 0 }).trimEnd() : JSON.stringify(value);

/** Pulumi.yaml with that block in place of the one it has, which is its last. */
export function withDeclarations(file: string): string {
  const start = file.search(/^config:$/m);
  if (start === -1) throw new Error("Pulumi.yaml has no block config:. Add one at its end.");
  return file.slice(0, start) + declarations();
}
