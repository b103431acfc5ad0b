import { hash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { ApiKey } from "../config.ts";

const BEARER = /^Bearer +([^\s]+) *$/i;
const MAX_KEY_CHARACTERS = 512;

/** Of the key that is looked at; nothing waits while it is in use. */
const digest = Buffer.alloc(32);

/** The key that the client sent: `X-Api-Key`, or `Authorization: Bearer`. */
export function presentedKey(headers: IncomingHttpHeaders): string | undefined {
  const header = headers["x-api-key"];
  const key = typeof header === "string" ? header : BEARER.exec(headers.authorization ?? "")?.[1];
  return key === undefined || key === "" || key.length > MAX_KEY_CHARACTERS ? undefined : key;
}

/**
 * Name of the key, or undefined when nobody has it. Compares hashes in constant time and looks at every key,
 * so the time tells neither how much of a key was right nor which one.
 */
export function authenticate(key: string, apiKeys: readonly ApiKey[]): string | undefined {
  // As text and then into a buffer that is there already: half the time of a hash that makes a buffer.
  digest.write(hash("sha256", key), "hex");
  let name: string | undefined;
  for (const candidate of apiKeys) {
    if (timingSafeEqual(candidate.sha256, digest)) name = candidate.name;
  }
  return name;
}
