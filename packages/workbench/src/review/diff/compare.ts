import { countable } from "../groups.ts";
import type { Json, Plan, PlannedResource } from "../../plan/types.ts";
import { boxOf, compareBoxes, compareNames, compareText } from "./boxes.ts";
import { forcesNew, withKept } from "../../plan/provider/facts.ts";
import { topLevel } from "./force-new.ts";
import { isOfRegion, movesOf, type Move } from "./moves.ts";
import { computedTexts, renaming, replacer } from "./normalize.ts";
import { UNKNOWN, type PropertyChange, type ResourceChange, type StackChanges } from "./types.ts";
import { compareMaps, type ValueChange } from "./values.ts";

/**
 * What a deployment of the second plan would change where the first is deployed. Knows no cloud: drift does not show,
 * and which changes replace a resource comes from a table ({@link forcesNew}).
 */
export function comparePlans(before: Plan, after: Plan): StackChanges {
  const pairs = pair(before, after);
  const rename = replacer(renaming(pairs.values()));
  const region = movesOf(before, after).find(({ what }) => what === "region");
  const moved = (resource: PlannedResource) => (isOfRegion(resource) ? region : undefined);
  const changes = new Map<string, ResourceChange>();
  for (const resource of countable(after.resources)) {
    const old = pairs.get(resource.urn)?.[0];
    const change =
      old === undefined ? created(resource) : changed(old, resource, rename, moved(resource));
    if (change !== undefined) changes.set(resource.urn, change);
  }
  followReplacements(changes, pairs, rename, moved);

  const kept = new Set([...pairs.values()].map(([old]) => old.urn));
  const deleted = countable(before.resources)
    .filter(({ urn }) => !kept.has(urn))
    .map(removed);
  const paired = [...changes.values()].filter(({ operation }) => operation !== "create");
  return {
    project: after.project,
    stack: after.stack,
    source: "plan",
    resources: [...changes.values(), ...deleted].sort(compareChanges),
    unchanged: pairs.size - paired.length,
    config: compareMaps(before.config, after.config).map((change) => ({
      ...change,
      replaces: false,
    })),
  };
}

export function compareChanges(a: ResourceChange, b: ResourceChange): number {
  return (
    compareBoxes(a.box, b.box) ||
    compareText(a.type, b.type) ||
    compareNames(a.name, b.name) ||
    compareText(a.urn, b.urn)
  );
}

type Pair = readonly [PlannedResource, PlannedResource];

/** The same resource in both plans, by its URN in the second: same URN, or an alias of the former one. */
function pair(before: Plan, after: Plan): Map<string, Pair> {
  const old = new Map(countable(before.resources).map((resource) => [resource.urn, resource]));
  const pairs = new Map<string, Pair>();
  for (const resource of countable(after.resources)) {
    const former = [resource.urn, ...formerUrns(resource)].find((urn) => old.has(urn));
    const match = old.get(former ?? "");
    if (former === undefined || match === undefined) continue;
    old.delete(former);
    pairs.set(resource.urn, [match, resource]);
  }
  return pairs;
}

function formerUrns({ urn, options }: PlannedResource): string[] {
  return (options.aliases ?? []).flatMap((alias) => {
    if (alias.startsWith("urn:")) return [alias];
    const name = /^name=(\S+)$/.exec(alias)?.[1];
    return name === undefined ? [] : [[...urn.split("::").slice(0, 3), name].join("::")];
  });
}

type Rename = (value: Json) => Json;

function changed(
  before: PlannedResource,
  after: PlannedResource,
  rename: Rename,
  moved?: Move,
): ResourceChange | undefined {
  const renamed = rename(after.inputs) as Record<string, Json>;
  const inputs = withKept(after.type, before.inputs, renamed);
  const properties = propertyChanges(before, after, inputs);
  if (moved !== undefined)
    properties.push({ path: "region", before: moved.before, after: moved.after, replaces: true });
  const unprotected = before.options.protect === true && after.options.protect !== true;
  if (unprotected)
    properties.push({ path: "protect", before: true, after: false, replaces: false });
  if (properties.length === 0) return undefined;
  return {
    ...described(after),
    ...at(after),
    operation: properties.some(({ replaces }) => replaces) ? "replace" : "update",
    properties,
    before: before.inputs,
    after: inputs,
    // The engine asks the protection that the program sets now.
    protected: after.options.protect === true,
    retained: before.options.retainOnDelete === true,
    unprotected,
  };
}

function propertyChanges(
  before: PlannedResource,
  after: PlannedResource,
  inputs: Record<string, Json>,
): PropertyChange[] {
  return compareMaps(before.inputs, inputs)
    .filter(({ path }) => !ignored(path, after))
    .map((change) => ({ ...change, replaces: replaces(change, after) }));
}

function ignored(path: string, { options }: PlannedResource): boolean {
  return (options.ignoreChanges ?? []).some((pattern) => covers(pattern, path));
}

function replaces({ path }: ValueChange, { type, options }: PlannedResource): boolean {
  return (
    forcesNew(type, topLevel(path)) ||
    (options.replaceOnChanges ?? []).some((pattern) => covers(pattern, path))
  );
}

/** Whether a path of the options, such as `tags` or `*`, names the changed property or what holds it. */
function covers(pattern: string, path: string): boolean {
  return (
    pattern === "*" ||
    path === pattern ||
    path.startsWith(`${pattern}.`) ||
    path.startsWith(`${pattern}[`)
  );
}

/**
 * A new resource has new ids: what refers to them changes too, and may have to be replaced for it. Repeats until
 * nothing follows any more.
 */
function followReplacements(
  changes: Map<string, ResourceChange>,
  pairs: ReadonlyMap<string, Pair>,
  rename: Rename,
  moved: (resource: PlannedResource) => Move | undefined,
): void {
  const unknown = new Map<string, string>();
  const done = new Set<string>();
  for (;;) {
    const fresh = [...changes.values()].filter(
      ({ urn, operation }) => operation === "replace" && !done.has(urn),
    );
    if (fresh.length === 0) return;
    for (const { urn } of fresh) {
      done.add(urn);
      const old = pairs.get(urn)?.[0];
      if (old !== undefined)
        for (const text of computedTexts(old).values()) unknown.set(text, UNKNOWN);
    }
    const forget = replacer(unknown);
    for (const [urn, [before, after]] of pairs) {
      const change = changed(before, after, (value) => forget(rename(value)), moved(after));
      if (change !== undefined && refersTo(after, done)) changes.set(urn, change);
    }
  }
}

/** A text alone proves nothing: two resources may carry the same, such as the hosted zone of a region. */
function refersTo({ propertyDependencies }: PlannedResource, urns: ReadonlySet<string>): boolean {
  return Object.values(propertyDependencies).some((sources) =>
    sources.some((source) => urns.has(source)),
  );
}

function created(resource: PlannedResource): ResourceChange {
  return { ...described(resource), ...at(resource), operation: "create", after: resource.inputs };
}

function removed(resource: PlannedResource): ResourceChange {
  return {
    ...described(resource),
    operation: "delete",
    before: resource.inputs,
    protected: resource.options.protect === true,
    retained: resource.options.retainOnDelete === true,
  };
}

/** A line of the commit that is looked at: what is deleted has none there. */
const at = ({ source }: PlannedResource) => (source === undefined ? {} : { source });

function described({ urn, type, name, box, dependencies }: PlannedResource) {
  return {
    urn,
    type,
    name,
    box: box ?? boxOf(urn),
    dependencies,
    properties: [],
    protected: false,
    retained: false,
    unprotected: false,
  };
}
