import { hash } from "node:crypto";

/**
 * 48-bit hash of a user, the first six bytes of SHA-256: the same in every process and for ever, since stored sets hold
 * it. Never 0, which marks a free slot of a set.
 */
export function hashUser(user: string): number {
  const bytes = hash("sha256", user, "buffer");
  return bytes.readUIntBE(0, 6) || 1;
}
