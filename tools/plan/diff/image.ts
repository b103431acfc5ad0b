import type { Json } from "../types.ts";
import { isMap } from "../wire.ts";
import { UNKNOWN, type ResourceChange, type StackChanges } from "./types.ts";
import { opened } from "./values.ts";

/** The image that a stack runs before and after, each as few characters as tell images apart. */
export interface ImageChange {
  /** Absent where nothing ran before. */
  before?: string;
  after: string;
}

const IMAGE = "docker:index/image:Image";
const TASK = "aws:ecs/taskDefinition:TaskDefinition";

/**
 * The change of the app's image: by the digest that the task definition names, or by the tag of the image that is to be
 * built, while its digest is not known.
 */
export function imageChange({ resources }: StackChanges): ImageChange | undefined {
  const task = resources.find(({ type }) => type === TASK);
  const built = resources.filter(({ type }) => type === IMAGE);
  const before =
    reference(task?.before) ?? tag(built.find(({ operation }) => operation !== "create")?.before);
  const after =
    reference(task?.after) ?? tag(built.find(({ operation }) => operation !== "delete")?.after);
  if (after === undefined || after === before) return undefined;
  return { ...(before === undefined ? {} : { before }), after };
}

/** Image of the first container of a task definition. */
function reference(inputs: Record<string, Json> | undefined): string | undefined {
  const containers = opened(inputs?.["containerDefinitions"]);
  const first = Array.isArray(containers) ? containers[0] : undefined;
  const image = isMap(first) ? first["image"] : undefined;
  if (typeof image !== "string" || image.includes(UNKNOWN)) return undefined;
  const digest = /@sha256:([0-9a-f]{12})[0-9a-f]*$/.exec(image)?.[1];
  return digest ?? image.slice(image.lastIndexOf("/") + 1);
}

/** `app-fa596408e3be336d` of an image that is to be built. */
function tag(inputs: Record<string, Json> | undefined): string | undefined {
  const context = isMap(inputs?.["build"]) ? inputs["build"]["context"] : undefined;
  return typeof context === "string" ? context.slice(context.lastIndexOf("/") + 1) : undefined;
}

/** Whether a change is the image's alone: a new tag is a new resource, and the old one goes. */
export function isImage({ type }: ResourceChange): boolean {
  return type === IMAGE;
}
