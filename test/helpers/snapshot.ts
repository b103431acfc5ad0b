import { existsSync, readFileSync, writeFileSync } from "node:fs";

/**
 * What the code decides and no person writes down, such as counts: `UPDATE_SNAPSHOTS=1 npm test -- FILE.test.ts` writes it.
 * Read what changed before it is committed.
 * @param file JSON of an object
 * @param now what has to stand there, by key; other keys of the file stay
 * @returns what stands there
 */
export function snapshot<T extends object>(file: string, now: T): T {
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as T) : {};
  if (process.env["UPDATE_SNAPSHOTS"] !== "1") return kept as T;
  const next = { ...kept, ...now };
  writeFileSync(file, `${JSON.stringify(sorted(next), null, 2)}\n`);
  return next;
}

/** With keys in order, at every depth: the file does not depend on the order of the work. */
const sorted = (value: unknown): unknown =>
  typeof value !== "object" || value === null || Array.isArray(value)
    ? value
    : Object.fromEntries(
        Object.entries(value)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, inner]) => [key, sorted(inner)]),
      );
