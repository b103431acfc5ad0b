import type { Json, Plan } from "../plan/types.ts";

/** The image that a stack builds, as its plan describes it. */
export interface PlannedImage {
  /** Tag that names the content, such as `app-0123456789abcdef`. */
  tag: string;
  /** Folder of the staged context, relative to the repository. */
  context: string;
  dockerfile: string;
  /** Such as `linux/arm64`. */
  platform: string;
  buildArgs: Readonly<Record<string, string>>;
}

/**
 * Reads the image out of a plan.
 * @throws Error, one sentence, when the stack builds none because its config names one
 */
export function plannedImage(plan: Plan): PlannedImage {
  const resource = plan.resources.find(({ type }) => type === "docker:index/image:Image");
  if (resource === undefined)
    throw new Error(
      `Stack ${plan.stack} builds no image: its config names one under image. Remove that key, or promote to this stack instead.`,
    );
  const build = map(resource.inputs["build"]);
  return {
    tag: text(resource.inputs["imageName"]).split(":").at(-1) ?? "",
    context: text(build["context"]),
    dockerfile: text(build["dockerfile"]),
    platform: text(build["platform"]),
    buildArgs: Object.fromEntries(
      Object.entries(map(build["args"])).map(([key, value]) => [key, text(value)]),
    ),
  };
}

/**
 * The one image that all stacks run.
 * @param images by stack
 * @throws Error, one sentence, when two stacks would build different ones: what was tested in one is not what the next runs
 */
export function sameImage(
  images: readonly (readonly [stack: string, PlannedImage])[],
): PlannedImage {
  const [first, ...others] = images;
  if (first === undefined) throw new Error("No Pulumi.<stack>.yaml lies beside Pulumi.yaml.");
  for (const [stack, image] of others)
    if (image.tag !== first[1].tag)
      throw new Error(
        `Stacks ${first[0]} and ${stack} build different images (${first[1].tag}, ${image.tag}). Give them the same appPath, cpuArchitecture and nodeImage.`,
      );
  return first[1];
}

function map(value: Json | undefined): Record<string, Json> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

/**
 * URNs that a deployment of the registry alone has to name: the repository, and whatever it stands on.
 * Pulumi refuses a target whose dependencies neither exist nor are targets themselves.
 */
export function repositoryTargets(plan: Plan): string[] {
  const byUrn = new Map(plan.resources.map((resource) => [resource.urn, resource]));
  const targets = new Set<string>();
  const add = (urn: string | undefined): void => {
    const resource = urn === undefined ? undefined : byUrn.get(urn);
    if (resource === undefined || targets.has(resource.urn)) return;
    targets.add(resource.urn);
    add(resource.parent);
    resource.dependencies.forEach(add);
  };
  for (const { urn, type } of plan.resources)
    if (type === "aws:ecr/repository:Repository") add(urn);
  return [...targets].sort();
}
