import type { Json } from "../../plan/types.ts";
import { isMap } from "../../plan/wire.ts";
import { opened } from "../diff/values.ts";

/** What stands where something that looks like a secret was. */
export const REDACTED = "[redacted]";

/**
 * Shapes of secrets. The engine masks what the program marked as secret; these catch what nobody marked, such as a
 * password in a plain environment variable or in an error message.
 */
const SHAPES: readonly RegExp[] = [
  // Key material in PEM, cut off or not.
  /-----BEGIN [A-Z ]*(?:PRIVATE KEY|CERTIFICATE)[A-Z ]*-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g,
  // AWS access keys, and secret keys beside a word that gives them away.
  /\b(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}\b/g,
  /(?<=aws.{0,20}["'\s:=]{1,4})[0-9A-Za-z/+]{40}\b/gi,
  // GitHub, GitLab, npm, Slack, Stripe, Google, OpenAI, Pulumi, Twilio, SendGrid.
  /\bgh[pousr]_[0-9A-Za-z]{20,}\b/g,
  /\bgithub_pat_\w{20,}\b/g,
  /\bglpat-[\w-]{20,}/g,
  /\bnpm_[0-9A-Za-z]{30,}\b/g,
  /\bxox[abeoprs]-[\w-]{10,}/g,
  /\bhooks\.slack\.com\/services\/[\w/]+/g,
  /\b[rs]k_(?:live|test)_[0-9A-Za-z]{16,}\b/g,
  /\bAIza[\w-]{35}/g,
  /\bsk-[\w-]{20,}/g,
  /\bpul-[0-9a-f]{40}\b/g,
  /\bSG\.[\w-]{16,}\.[\w-]{16,}/g,
  // JSON web tokens, bearer tokens, basic credentials.
  /\beyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?/g,
  /(?<=\b(?:bearer|basic)\s+)[\w.~+/=-]{16,}/gi,
  // Credentials in an address.
  /(?<=\b[a-z][a-z\d+.-]{1,20}:\/\/)[^\s/@:"']{0,200}:[^\s/@"']{1,200}(?=@)/gi,
  // `password: ...`, `API_TOKEN=...`, `"secret": "..."`. An ARN tells where a secret is, not what it is.
  /(?<=(?<![:\w])(?!secretsmanager)\w{0,40}(?:password|passwd|passphrase|secret|token|api_?key|private_?key|credentials?)\w{0,20}["']?\s{0,3}[:=]\s{0,3}["']?)(?!\[secret\]|\[redacted\]|arn:|["'])[^\s"',;&}]{6,}/gi,
];

/** Names of values that are secret whatever they look like. */
const NAMES =
  /(?:password|passwd|passphrase|secret|token|api_?key|private_?key|credential|connection_?string)/i;

/** The text without anything that looks like a secret. */
export function redact(text: string): string {
  return SHAPES.reduce((rest, shape) => rest.replace(shape, REDACTED), text);
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
