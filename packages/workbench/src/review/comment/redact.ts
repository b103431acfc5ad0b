import type { Json } from "../../plan/types.ts";
import { opened } from "../../lib/json.ts";
import { isMap } from "../../plan/wire.ts";
import { SHAPES } from "../../project/secret-shapes.ts";

/** What stands where something that looks like a secret was. */
export const REDACTED = "[redacted]";

/**
 * Shapes of secrets. The engine masks what the program marked as secret; these catch what nobody marked, such as a
 * password in a plain environment variable or in an error message.
 */
const REDACTED_SHAPES = [
  ...SHAPES,
  /-----BEGIN [A-Z ]*CERTIFICATE[A-Z ]*-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g,
];

/** Names of values that are secret whatever they look like. */
const NAMES =
  /(?:password|passwd|passphrase|secret|token|api_?key|private_?key|credential|connection_?string)/i;

/** The text without anything that looks like a secret. */
export function redact(text: string): string {
  return REDACTED_SHAPES.reduce((rest, shape) => rest.replace(shape, REDACTED), text);
}

/**
 * As {@link redact}, for a value under a path: `environment[DB_PASSWORD].value` is redacted whole, and so are such
 * entries inside of it. ARNs, numbers and switches stay readable.
 */
export function redactValue(path: string, value: Json): Json {
  if (typeof value === "string") {
    const inner = opened(value);
    if (inner !== value && inner !== undefined) return redactValue(path, inner);
    return NAMES.test(path) && !HARMLESS.test(value) ? REDACTED : redact(value);
  }
  if (Array.isArray(value)) return value.map((inner) => redactValue(path, inner));
  if (!isMap(value)) return value;
  // An environment variable: its name stands beside its value, not above it.
  const name = typeof value["name"] === "string" ? `.${value["name"]}` : "";
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      redact(key),
      redactValue(key === "name" ? "" : `${lastOf(path)}${name}.${key}`, inner),
    ]),
  );
}

/** The name right above a value decides; a resource that is called `token-store` does not make all of it secret. */
function lastOf(path: string): string {
  return path.split(".").at(-1) ?? path;
}

const HARMLESS = /^(?:arn:[\w:/*.+=,@-]+|-?\d{1,6}|true|false|\[secret\]|known after deployment|)$/;

/** As {@link redactValue}, as text. Of an environment variable only its value is left: its path has the name. */
export function redactedText(path: string, value: Json): string {
  const clean = redactValue(path, value);
  const inner =
    isMap(clean) && Object.keys(clean).sort().join() === "name,value" ? clean["value"] : clean;
  return typeof inner === "string" ? inner : JSON.stringify(inner);
}
