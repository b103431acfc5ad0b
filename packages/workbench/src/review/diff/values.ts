import { isDeepStrictEqual } from "node:util";
import { defined } from "../../lib/defined.ts";
import { opened } from "../../lib/json.ts";
import type { Json } from "../../plan/types.ts";
import { isMap, joinPath } from "../../plan/wire.ts";

/** One leaf that differs between two values. */
export interface ValueChange {
  path: string;
  /** Absent where there was no value. */
  before?: Json;
  /** Absent where there is no value any more. */
  after?: Json;
}

/**
 * The leaves that differ between two values, in the order of the values themselves. Texts that hold JSON (policies,
 * container definitions, dashboards) are compared as the values that they hold.
 * @param path where both stand, such as `policy`
 */
export function compareValues(
  before: Json | undefined,
  after: Json | undefined,
  path: string,
): ValueChange[] {
  const [old, young] = [opened(before), opened(after)];
  if (isDeepStrictEqual(old, young)) return [];
  if (isMap(old) && isMap(young)) return compareMaps(old, young, path);
  if (Array.isArray(old) && Array.isArray(young)) return compareLists(old, young, path);
  return [{ path, ...defined({ before: old, after: young }) }];
}

/** Compares two maps key by key, sorted by key. */
export function compareMaps(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  path = "",
): ValueChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .sort()
    .flatMap((key) =>
      compareValues(
        before[key] as Json | undefined,
        after[key] as Json | undefined,
        joinPath(path, key),
      ),
    );
}

function compareLists(
  before: readonly Json[],
  after: readonly Json[],
  path: string,
): ValueChange[] {
  const key = identity([...before, ...after], [before, after]);
  if (key !== undefined)
    return compareMaps(byKey(before, key), byKey(after, key)).map((change) => ({
      ...change,
      path: indexed(path, change.path),
    }));
  if (before.every(isScalar) && after.every(isScalar)) return compareSets(before, after, path);
  if (before.every(isMap) && after.every(isMap)) return compareAlike(before, after, path);
  const length = Math.max(before.length, after.length);
  return Array.from({ length }, (_, index) => index).flatMap((index) =>
    compareValues(before[index], after[index], joinPath(path, index)),
  );
}

/** Lists of plain values are shown as what came and what went; a list that was only sorted anew as a whole. */
function compareSets(before: readonly Json[], after: readonly Json[], path: string): ValueChange[] {
  const gone = before.filter((value) => !after.includes(value));
  const come = after.filter((value) => !before.includes(value));
  if (gone.length === 0 && come.length === 0)
    return [{ path, before: [...before], after: [...after] }];
  return [
    ...gone.map((value) => ({ path: `${path}[]`, before: value })),
    ...come.map((value) => ({ path: `${path}[]`, after: value })),
  ];
}

/**
 * Lists of maps that nothing names, such as the statements of a policy: elements that are the same are left out, the
 * others are compared with the one that has most in common with them. Paths have the place in the second list.
 */
function compareAlike(
  before: readonly Json[],
  after: readonly Json[],
  path: string,
): ValueChange[] {
  const old = [...before.entries()];
  const young = [...after.entries()].filter(([, value]) => {
    const same = old.findIndex(([, other]) => isDeepStrictEqual(other, value));
    if (same !== -1) old.splice(same, 1);
    return same === -1;
  });
  if (old.length === 0 && young.length === 0)
    return [{ path, before: [...before], after: [...after] }];
  const candidates = old.flatMap(([from, value]) =>
    young.map(([to, other]) => ({ from, to, alike: alike(value, other) })),
  );
  const partners = new Map<number, number>();
  // The most alike first; among equals the order of the lists decides, for the sort is stable.
  for (const { from, to } of candidates
    .filter((candidate) => candidate.alike > 0)
    .sort((a, b) => b.alike - a.alike))
    if (!partners.has(to) && ![...partners.values()].includes(from)) partners.set(to, from);
  const gone = old.filter(([index]) => ![...partners.values()].includes(index));
  return [
    ...gone.map(([index, value]) => ({ path: joinPath(path, index), before: value })),
    ...young.flatMap(([index, value]) => {
      const partner = partners.get(index);
      const former = partner === undefined ? undefined : before[partner];
      return compareValues(former, value, joinPath(path, index));
    }),
  ];
}

/** How many properties two maps have in common, with what they hold counting more than that they are there. */
function alike(a: Json, b: Json): number {
  if (!isMap(a) || !isMap(b)) return 0;
  return Object.entries(a).reduce(
    (sum, [key, value]) => sum + (key in b ? (isDeepStrictEqual(value, b[key]) ? 3 : 1) : 0),
    0,
  );
}

/** Properties that name an element of a list, in the order in which they are tried. */
const IDENTITIES = ["name", "Sid", "key", "id"];

/** The property that tells all elements apart within each of the lists. */
function identity(all: readonly Json[], lists: readonly (readonly Json[])[]): string | undefined {
  if (all.length === 0 || !all.every(isMap)) return undefined;
  return IDENTITIES.find((key) =>
    lists.every((list) => {
      const names = list.map((element) => (element as Record<string, Json>)[key]);
      return (
        names.every((name) => typeof name === "string") && new Set(names).size === names.length
      );
    }),
  );
}

function byKey(list: readonly Json[], key: string): Record<string, Json> {
  return Object.fromEntries(
    list.map((element) => [(element as Record<string, string>)[key] ?? "", element]),
  );
}

/** `environment` and `["a.b"].value` or `PORT.value` make `environment["a.b"].value`, `environment[PORT].value`. */
function indexed(path: string, inner: string): string {
  if (inner.startsWith("[")) return `${path}${inner}`;
  const [, name = "", rest = ""] = /^([\w$-]+)(.*)$/s.exec(inner) ?? [];
  return `${path}[${name}]${rest}`;
}

function isScalar(value: Json): boolean {
  return typeof value !== "object" || value === null;
}
