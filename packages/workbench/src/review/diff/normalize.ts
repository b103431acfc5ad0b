import type { Json, PlannedResource } from "../../plan/types.ts";
import { mapTexts } from "../../lib/json.ts";
import { literally } from "../../lib/words.ts";

/** Shorter texts, such as a revision number, would be found where they do not belong. */
const SHORTEST = 8;

/** Resources whose outputs tell what is in them rather than who they are. */
const CONTENT = new Set(["docker:index/image:Image"]);

/**
 * Texts that a provider made up for a resource (ids, ARNs, physical names), by output. What the program chose itself,
 * or what says where the resource is rather than who it is, is not among them.
 */
export function computedTexts({ type, inputs, outputs }: PlannedResource): Map<string, string> {
  if (CONTENT.has(type)) return new Map();
  const chosen = new Set(Object.values(inputs));
  return new Map(
    Object.entries(outputs).filter(
      (entry): entry is [string, string] =>
        typeof entry[1] === "string" &&
        entry[1].length >= SHORTEST &&
        !PLACES.has(entry[0]) &&
        !(entry[0] in inputs) &&
        !chosen.has(entry[1]),
    ),
  );
}

/** Outputs that many resources share. */
const PLACES = new Set(["region", "ownerId", "registryId", "accountId", "zoneId", "hostedZoneId"]);

/** Texts of the second plan and what the same resources are called in the first. */
export type Renaming = ReadonlyMap<string, string>;

/** What has to be read as what, so that the same resource is called the same in two plans. */
export function renaming(pairs: Iterable<readonly [PlannedResource, PlannedResource]>): Renaming {
  const names = new Map<string, string>();
  for (const [before, after] of pairs) {
    const old = computedTexts(before);
    for (const [output, text] of computedTexts(after)) {
      const former = old.get(output);
      if (former !== undefined && former !== text) names.set(text, former);
    }
  }
  return names;
}

/** Replaces every such text wherever it occurs in a string of a value. */
export function replacer(names: Renaming): (value: Json) => Json {
  if (names.size === 0) return (value) => value;
  // The longest first: an ARN holds the name that stands alone elsewhere.
  const texts = [...names.keys()].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  const pattern = new RegExp(texts.map(literally).join("|"), "g");
  return (value) =>
    mapTexts(value, (text) => text.replace(pattern, (found) => names.get(found) ?? found));
}
