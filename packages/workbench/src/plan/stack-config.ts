import { configText, fits, typedValue, typeName, type Declaration } from "./config-types.ts";
import { PlanError } from "./errors.ts";
import { fullKey, type Project } from "./project.ts";
import { SECRET, type Json } from "./types.ts";
import { isMap } from "./wire.ts";

/** The configuration of a stack as the Pulumi CLI hands it to the program. */
export interface StackConfig {
  /** Full key -> text; lists and maps as JSON. */
  texts: Record<string, string>;
  /** Full keys whose text is secret. */
  secretKeys: string[];
  /** Texts that no plan may show: what stands for encrypted values, and secrets given as overrides. */
  secretTexts: string[];
  /** What the plan shows: own keys without namespace, by declared type, secrets as {@link SECRET}. */
  shown: Record<string, Json>;
}

/** Values in place of those of the stack's file; `undefined` falls back to the default. Keys without namespace are the project's. */
export type Overrides = Readonly<Record<string, unknown>>;

interface Value {
  value: unknown;
  secret: boolean;
}

/**
 * Merges the stack's values, the overrides and the defaults of Pulumi.yaml, and checks what the CLI checks:
 * required keys, types, secrecy.
 * @param file `config:` of the stack's file
 * @throws PlanError with the CLI's own sentence
 */
export function stackConfig(
  project: Project,
  stack: string,
  file: ReadonlyMap<string, unknown>,
  overrides: Overrides = {},
): StackConfig {
  const secretTexts: string[] = [];
  const values = new Map<string, Value>();
  for (const [key, value] of file) values.set(key, decrypt(value, key, secretTexts));
  for (const [key, value] of Object.entries(overrides))
    override(values, fullKey(project.name, key), value, project, secretTexts);

  const missing: string[] = [];
  for (const [key, declaration] of sorted(project.declarations)) {
    if (values.has(key)) continue;
    const value = declaration.default ?? declaration.value;
    if (value !== undefined) values.set(key, { value, secret: false });
    else if (key.startsWith(`${project.name}:`)) missing.push(shortKey(project, key));
  }
  if (missing.length > 0)
    throw new PlanError(
      `Stack '${stack}' is missing configuration ${missing.length > 1 ? "values" : "value"} ${enumerate(missing)}`,
    );
  check(project, stack, values);

  const texts = Object.fromEntries([...values].map(([key, { value }]) => [key, configText(value)]));
  return {
    texts,
    secretKeys: [...values].flatMap(([key, { secret }]) => (secret ? [key] : [])),
    secretTexts,
    shown: Object.fromEntries(
      [...values.keys()].sort().map((key) => {
        const text = texts[key] ?? "";
        const type = project.declarations.get(key)?.type;
        const value = values.get(key);
        const shown =
          value?.secret === true
            ? SECRET
            : type === undefined
              ? value?.value
              : typedValue(type, text);
        return [shortKey(project, key), shown as Json];
      }),
    ),
  };
}

function check(project: Project, stack: string, values: ReadonlyMap<string, Value>): void {
  const problems = sorted(project.declarations).flatMap(([key, declaration]) => {
    const { type, items, secret } = declaration;
    const value = values.get(key);
    if (type === undefined || value === undefined) return [];
    const where = `Stack '${stack}' with configuration key '${shortKey(project, key)}' must be`;
    if (secret && !value.secret) return [`${where} encrypted as it's secret`];
    return fits(type, items, value.value) ? [] : [`${where} of type '${typeName(type, items)}'`];
  });
  if (problems.length > 0) throw new PlanError(problems.join("\n"));
}

/** Encrypted values cannot be read without the stack's key: a text that names the key stands for each. */
function decrypt(value: unknown, path: string, secretTexts: string[]): Value {
  if (isMap(value)) {
    if (Object.keys(value).length === 1 && typeof value["secure"] === "string") {
      const text = `[secret ${path}]`;
      secretTexts.push(text);
      return { value: text, secret: true };
    }
    const inner = Object.entries(value).map(
      ([key, item]) => [key, decrypt(item, `${path}.${key}`, secretTexts)] as const,
    );
    return {
      value: Object.fromEntries(inner.map(([key, item]) => [key, item.value])),
      secret: inner.some(([, item]) => item.secret),
    };
  }
  if (Array.isArray(value)) {
    const inner = value.map((item, index) => decrypt(item, `${path}[${index}]`, secretTexts));
    return { value: inner.map((item) => item.value), secret: inner.some((item) => item.secret) };
  }
  return { value, secret: false };
}

function override(
  values: Map<string, Value>,
  key: string,
  value: unknown,
  project: Project,
  secretTexts: string[],
): void {
  if (value === undefined) {
    values.delete(key);
    return;
  }
  const declaration = project.declarations.get(key);
  const secret = declaration?.secret === true || values.get(key)?.secret === true;
  const parsed =
    typeof value === "string" ? parseText(shortKey(project, key), value, declaration) : value;
  if (secret) secretTexts.push(...leaves(parsed));
  values.set(key, { value: parsed, secret });
}

/** A list or map may be written as JSON, as on a command line. */
function parseText(key: string, text: string, declaration: Declaration | undefined): unknown {
  if (declaration?.type !== "array" && declaration?.type !== "object") return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new PlanError(
      `${key} is of type '${typeName(declaration.type, declaration.items)}': ${JSON.stringify(text)} is not JSON. Write for example ${declaration.type === "array" ? `'["a","b"]'` : `'{"NAME":"value"}'`}.`,
    );
  }
}

/** Texts too short to tell from ordinary ones are left out. */
function leaves(value: unknown): string[] {
  if (typeof value === "string") return value.length >= 6 ? [value] : [];
  if (Array.isArray(value)) return value.flatMap(leaves);
  return isMap(value) ? Object.values(value).flatMap(leaves) : [];
}

function sorted(declarations: ReadonlyMap<string, Declaration>): [string, Declaration][] {
  return [...declarations].sort(([a], [b]) => (a < b ? -1 : 1));
}

function shortKey(project: Project, key: string): string {
  const prefix = `${project.name}:`;
  return key.startsWith(prefix) ? key.slice(prefix.length) : key;
}

function enumerate(keys: readonly string[]): string {
  const quoted = keys.map((key) => `'${key}'`);
  const last = quoted.pop() ?? "";
  return quoted.length === 0 ? last : `${quoted.join(", ")} and ${last}`;
}
