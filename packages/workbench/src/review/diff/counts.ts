import { counted } from "../../lib/words.ts";
import { isImage } from "./image.ts";
import { isHarmless } from "./risk/risks.ts";
import type { Operation, ResourceChange, StackChanges } from "./types.ts";

/** How many resources are created, updated, replaced, deleted. */
export type Counts = Record<Operation, number>;

/** As people see it: a new revision of the task definition is an update, and an image is no resource of its own. */
export function shownOperation(change: ResourceChange): Operation {
  return isHarmless(change) ? "update" : change.operation;
}

export function countsOf(resources: readonly ResourceChange[]): Counts {
  const counts: Counts = { replace: 0, delete: 0, update: 0, create: 0 };
  for (const change of resources) if (!isImage(change)) counts[shownOperation(change)] += 1;
  return counts;
}

/** `1 replace, 3 updates, 1 new`, what is worse first; empty for no change. */
export function countsText(counts: Counts): string {
  return (["replace", "delete", "update", "create"] as const)
    .filter((operation) => counts[operation] > 0)
    .map((operation) =>
      operation === "create" ? `${counts.create} new` : counted(counts[operation], operation),
    )
    .join(", ");
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
