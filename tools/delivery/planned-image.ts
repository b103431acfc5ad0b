import { planStack } from "../plan/evaluate.ts";
import { fullKey, loadProject, loadStackConfig, stackNames } from "../plan/project.ts";
import type { Program } from "../plan/protocol.ts";
import type { Json, Plan } from "../plan/types.ts";

/** Stacks of which no image can be built, in one sentence. */
export class ImageError extends Error {
  override readonly name = "ImageError";
}

/** What the pipeline builds. */
export interface StacksImage {
  image: PlannedImage;
  /** Stacks whose file names an image, as promote and rollback write it, each with that image. */
  pinned: readonly (readonly [stack: string, image: string])[];
}

/**
 * The one image that all stacks build, whatever image any of their files names: one that was committed must not stop the
 * others, and the pipeline deploys what it built in any case.
 * @param root folder of Pulumi.yaml
 * @param program to plan. @default the project's own
 * @throws ImageError where the stacks would build different ones
 */
export async function imageOfStacks(root: string, program?: Program): Promise<StacksImage> {
  const { name } = await loadProject(root);
  const stacks = await stackNames(root);
  const plans = await Promise.all(
    stacks.map((stack) =>
      planStack({
        stack,
        root,
        overrides: { image: "" },
        ...(program === undefined ? {} : { program }),
      }),
    ),
  );
  const pins = await Promise.all(
    stacks.map(async (stack) => {
      const image = (await loadStackConfig(root, stack)).get(fullKey(name, "image"));
      return typeof image === "string" && image !== "" ? [[stack, image] as const] : [];
    }),
  );
  return {
    image: sameImage(plans.map((plan) => [plan.stack, plannedImage(plan)])),
    pinned: pins.flat(),
  };
}

/** What has to be known of a stack whose file names an image. */
export function pinWarning([stack, image]: StacksImage["pinned"][number]): string {
  return `Pulumi.${stack}.yaml names the image ${image}: the pipeline deploys the one that it builds all the same. Take the key out with pulumi config rm image --stack ${stack}; to stay on that image, keep ${stack} from being deployed until it may change.`;
}

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
 * @throws ImageError when the stack builds none because its config names one
 */
export function plannedImage(plan: Plan): PlannedImage {
  const resource = plan.resources.find(({ type }) => type === "docker:index/image:Image");
  if (resource === undefined)
    throw new ImageError(
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
 * @throws ImageError when two stacks would build different ones: what was tested in one is not what the next runs
 */
export function sameImage(
  images: readonly (readonly [stack: string, PlannedImage])[],
): PlannedImage {
  const [first, ...others] = images;
  if (first === undefined) throw new ImageError("No Pulumi.<stack>.yaml lies beside Pulumi.yaml.");
  for (const [stack, image] of others)
    if (image.tag !== first[1].tag)
      throw new ImageError(
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
