import type { Json } from "../../plan/types.ts";
import { opened } from "../../lib/json.ts";
import { isMap } from "../../plan/wire.ts";
import { UNKNOWN, type ResourceChange, type StackChanges } from "./types.ts";
import { ownContainer } from "../../ecs/own-container.ts";

/** The image that a stack runs before and after, each as few characters as tell images apart. */
export interface ImageChange {
  /** Absent where nothing ran before. */
  before?: string;
  after: string;
}

const IMAGE = "docker:index/image:Image";
const TASK = "aws:ecs/taskDefinition:TaskDefinition";

/**
 * The change of the app's image: by the digests that the task definition names, or by the tags, while the digest of an
 * image that is to be built is not known.
 */
export function imageChange({ resources }: StackChanges): ImageChange | undefined {
  const task = resources.find(({ type }) => type === TASK);
  const built = resources.filter(isImage);
  const tags = [
    tag(built.find(({ operation }) => operation !== "create")?.before) ?? revision(task?.before),
    tag(built.find(({ operation }) => operation !== "delete")?.after) ?? revision(task?.after),
  ];
  const digests = [reference(task?.before), reference(task?.after)];
  const same = [digests, tags].find(([old, young]) => old !== undefined && young !== undefined);
  const [before, after] = same ?? [digests[0] ?? tags[0], digests[1] ?? tags[1]];
  if (after === undefined || after === before) return undefined;
  return { ...(before === undefined ? {} : { before }), after };
}

/** Image of the own container of a task definition. */
function reference(inputs: Record<string, Json> | undefined): string | undefined {
  const image = container(inputs)["image"];
  if (typeof image !== "string" || image.includes(UNKNOWN)) return undefined;
  const digest = /@sha256:([0-9a-f]{12})[0-9a-f]*$/.exec(image)?.[1];
  return digest ?? image.slice(image.lastIndexOf("/") + 1);
}

/** The tag of the image, as the container is told it. */
function revision(inputs: Record<string, Json> | undefined): string | undefined {
  const { environment } = container(inputs);
  const entry = (Array.isArray(environment) ? environment : []).find(
    (variable) => isMap(variable) && variable["name"] === "REVISION",
  ) as Record<string, unknown> | undefined;
  return typeof entry?.["value"] === "string" ? entry["value"] : undefined;
}

function container(inputs: Record<string, Json> | undefined): Record<string, unknown> {
  const containers = opened(inputs?.["containerDefinitions"]);
  // The JSON of a task definition: the names of its fields are AWS's.
  return (
    ownContainer(Array.isArray(containers) ? (containers as Record<string, never>[]) : []) ?? {}
  );
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
