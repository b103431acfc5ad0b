import { counted } from "../../lib/words.ts";
import { isImage } from "./image.ts";
import { isHarmless } from "./risk/risks.ts";
import { UNKNOWN, type Operation, type ResourceChange, type StackChanges } from "./types.ts";

/** How many resources are created, updated, replaced, deleted. */
export interface Counts extends Record<Operation, number> {
  /** Updates that only take over what becomes of others. */
  follow: number;
}

/** As people see it: a new revision of the task definition is an update, and an image is no resource of its own. */
export function shownOperation(change: ResourceChange): Operation {
  return isHarmless(change) ? "update" : change.operation;
}

export function countsOf(resources: readonly ResourceChange[]): Counts {
  const counts: Counts = { replace: 0, delete: 0, update: 0, create: 0, follow: 0 };
  for (const change of resources)
    if (!isImage(change)) counts[follows(change) ? "follow" : shownOperation(change)] += 1;
  return counts;
}

/**
 * Whether an update only takes over what becomes of other resources: all its new values are known after the deployment. A
 * service is deployed by such an update, so it is none.
 */
export function follows({ type, operation, properties }: ResourceChange): boolean {
  return (
    operation === "update" &&
    type !== "aws:ecs/service:Service" &&
    properties.length > 0 &&
    properties.every(({ after }) => after !== undefined && JSON.stringify(after).includes(UNKNOWN))
  );
}

/** `1 replace, 3 updates, 1 new, 7 follow`, what is worse first; empty for no change. */
export function countsText(counts: Counts): string {
  const words = (["replace", "delete", "update", "create"] as const)
    .filter((operation) => counts[operation] > 0)
    .map((operation) =>
      operation === "create" ? `${counts.create} new` : counted(counts[operation], operation),
    );
  const { follow } = counts;
  return [...words, ...(follow === 0 ? [] : [`${follow} follow${follow === 1 ? "s" : ""}`])].join(
    ", ",
  );
}

/** What happens to a stack, in a few words. */
export function stackText(changes: StackChanges): string {
  if (isFirst(changes)) return `first deployment, ${counted(changes.resources.length, "resource")}`;
  const counts = countsText(countsOf(changes.resources));
  if (counts !== "") return counts;
  if (changes.resources.length > 0) return "new image";
  return "no changes";
}

/** Whether nothing of the stack is there yet. */
export function isFirst({ resources, unchanged }: StackChanges): boolean {
  return (
    unchanged === 0 &&
    resources.length > 0 &&
    resources.every(({ operation }) => operation === "create")
  );
}
