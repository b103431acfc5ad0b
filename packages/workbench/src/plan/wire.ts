import { isMap } from "../lib/json.ts";
import { NOT_KNOWN_YET, SECRET, type Json } from "./types.ts";

export { isMap };

/**
 * Values as the SDK sends them to the engine: JSON in which a map with the signature key stands for a secret, a
 * resource reference, an asset or an archive. Signatures and the text of an unknown value are part of the protocol
 * (pulumi/pulumi, sdk/nodejs/runtime/rpc.ts).
 */
export type Wire = Json;
export type WireMap = Record<string, Wire>;

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";
const RESOURCE_SIGNATURE = "5cf8f73096256a8f31e491e813e4eb8e";
/** What a preview hears in place of a value that only the deployment will tell. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export function wireSecret(value: Wire): Wire {
  return { [SIGNATURE]: SECRET_SIGNATURE, value };
}

export function wireResource(urn: string, id: string): Wire {
  return { [SIGNATURE]: RESOURCE_SIGNATURE, urn, id };
}

function isWireMap(value: Wire): value is WireMap {
  return isMap(value);
}

function signature(value: Wire): Wire | undefined {
  return isWireMap(value) ? value[SIGNATURE] : undefined;
}

/** Path of a property as Pulumi writes it: `tags["a.b"]`, `subnets[0].id`. */
export function joinPath(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${key}]`;
  if (!/^[\w$-]+$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

/** What a provider gets for a resource: its id, else its URN. */
const idOf = ({ id, urn }: WireMap): Json => id ?? urn ?? null;

/** The value with secrets in plain text and references as `resource` says, as a provider would get it. */
export function plain(value: Wire, resource: (reference: WireMap) => Json = idOf): Json {
  if (Array.isArray(value)) return value.map((inner) => plain(inner, resource));
  if (!isWireMap(value)) return value;
  const kind = signature(value);
  if (kind === SECRET_SIGNATURE) return plain(value["value"] ?? null, resource);
  if (kind === RESOURCE_SIGNATURE) return resource(value);
  // Of an asset or archive its path, text or parts are left.
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) =>
      key === SIGNATURE ? [] : [[key, plain(inner, resource)]],
    ),
  );
}

export function plainMap(
  value: WireMap,
  resource?: (reference: WireMap) => Json,
): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, plain(inner, resource)]),
  );
}

/** The value as the plan shows it: secrets as {@link SECRET}; their paths are added to `secretPaths`. */
export function masked(value: Wire, path: string, secretPaths: string[]): Json {
  if (signature(value) === SECRET_SIGNATURE) {
    secretPaths.push(path);
    return SECRET;
  }
  if (value === UNKNOWN) return NOT_KNOWN_YET;
  if (Array.isArray(value))
    return value.map((inner, index) => masked(inner, joinPath(path, index), secretPaths));
  if (!isWireMap(value) || signature(value) !== undefined) return plain(value);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      masked(inner, joinPath(path, key), secretPaths),
    ]),
  );
}

export function maskedMap(value: WireMap, secretPaths: string[] = []): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      masked(inner, joinPath("", key), secretPaths),
    ]),
  );
}

export const hasSecret = (value: Wire): boolean => JSON.stringify(value).includes(SECRET_SIGNATURE);

/** Secrets keep their place when a provider echoes an input as an output. */
export function withSecrets(value: WireMap, keys: readonly string[]): WireMap {
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      keys.includes(key) && signature(inner) !== SECRET_SIGNATURE ? wireSecret(inner) : inner,
    ]),
  );
}

/** Names of the `outputs` that repeat a secret text of `inputs`. */
export function derivedFrom(inputs: WireMap, outputs: Record<string, Json>): string[] {
  const secrets = secretLeaves(inputs, false);
  return Object.entries(outputs).flatMap(([key, output]) => {
    const text = JSON.stringify(output);
    return secrets.some((secret) => text.includes(secret)) ? [key] : [];
  });
}

/** Secret texts, without those too short to tell from ordinary ones. */
function secretLeaves(value: Wire, inside: boolean): string[] {
  if (typeof value === "string") return inside && value.length >= 6 ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((inner) => secretLeaves(inner, inside));
  if (!isWireMap(value)) return [];
  const secret = inside || signature(value) === SECRET_SIGNATURE;
  return Object.entries(value).flatMap(([key, inner]) =>
    key === SIGNATURE ? [] : secretLeaves(inner, secret),
  );
}

/** A map with entries of another over its own; secret as a whole where the other is. */
export function merged(base: WireMap, over: Wire): Wire {
  if (!isWireMap(over)) return base;
  if (signature(over) !== SECRET_SIGNATURE) return { ...base, ...over };
  return wireSecret(merged(base, over["value"] ?? {}));
}

/** Texts that only a mistake in the program puts into a value, with what each means. */
const MISTAKES: readonly [RegExp, string][] = [
  [/\bundefined\b/, "holds the text undefined"],
  [
    /Calling \[toString\] on an \[Output/,
    "holds an Output that was turned into text: use pulumi.interpolate",
  ],
  [/\[object (?:Object|Promise)\]/, "holds an object that was turned into text"],
];

/**
 * Says what is wrong with a value, a `path reason` for each finding: an unknown value where none may be, `undefined` in
 * any form, or a secret (a text of `secrets`) outside a secret value.
 */
export function mistakes(
  value: Wire,
  path: string,
  secrets: readonly string[],
  unknownIsFine = false,
): string[] {
  if (value === UNKNOWN && unknownIsFine) return [];
  if (typeof value === "string") return textMistakes(value, path, secrets);
  if (typeof value === "number") return Number.isFinite(value) ? [] : [`${path} is not a number`];
  if (Array.isArray(value))
    return value.flatMap((inner, index) =>
      mistakes(inner, joinPath(path, index), secrets, unknownIsFine),
    );
  if (!isWireMap(value)) return [];
  // What is inside a secret may not be printed, but may well be broken.
  if (signature(value) === SECRET_SIGNATURE)
    return mistakes(value["value"] ?? null, path, [], unknownIsFine);
  return Object.entries(value).flatMap(([key, inner]) =>
    mistakes(inner, joinPath(path, key), secrets, unknownIsFine),
  );
}

function textMistakes(text: string, path: string, secrets: readonly string[]): string[] {
  if (text.includes(UNKNOWN))
    return [`${path} comes from an output that the plan has no stand-in for`];
  const mistake = MISTAKES.find(([pattern]) => pattern.test(text));
  if (mistake !== undefined) return [`${path} ${mistake[1]}`];
  if (secrets.some((secret) => text.includes(secret)))
    return [`${path} holds a secret in plain text: keep it a secret Output (pulumi.secret)`];
  return [];
}
