import { ToolError } from "../lib/command-line.ts";
import { planStack } from "../plan/evaluate.ts";
import { fullKey, loadProject, loadStackConfig, stackNames } from "../plan/project.ts";
import type { Program } from "../plan/protocol.ts";
import type { Plan } from "../plan/types.ts";

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
 * @throws ToolError where the stacks would build different ones
 */
export async function imageOfStacks(root: string, program?: Program): Promise<StacksImage> {
  const { name } = await loadProject(root);
  const images: [stack: string, PlannedImage][] = [];
  const pinned: [stack: string, image: string][] = [];
  for (const stack of await stackNames(root)) {
    const options = { stack, root, overrides: { image: "" }, ...(program && { program }) };
    images.push([stack, plannedImage(await planStack(options))]);
    const image = (await loadStackConfig(root, stack)).get(fullKey(name, "image"));
    if (typeof image === "string" && image !== "") pinned.push([stack, image]);
  }
  return { image: sameImage(images), pinned };
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

/** Inputs of a `docker.Image` as components/registry gives them. */
interface ImageInputs {
  imageName: string;
  build: Omit<PlannedImage, "tag" | "buildArgs"> & { args: PlannedImage["buildArgs"] };
}

/**
 * Reads the image out of a plan.
 * @throws ToolError when the stack builds none because its config names one
 */
export function plannedImage({ stack, resources }: Plan): PlannedImage {
  const resource = resources.find(({ type }) => type === "docker:index/image:Image");
  if (resource === undefined)
    throw new ToolError(
      `Stack ${stack} builds no image: its config names one under image. Remove that key, or promote to this stack instead.`,
    );
  const { imageName, build } = resource.inputs as unknown as ImageInputs;
  const { context, dockerfile, platform, args: buildArgs } = build;
  return { tag: imageName.split(":").at(-1) ?? "", context, dockerfile, platform, buildArgs };
}

/**
 * The one image that all stacks run.
 * @param images by stack
 * @throws ToolError when two stacks would build different ones: what was tested in one is not what the next runs
 */
export function sameImage(
  images: readonly (readonly [stack: string, PlannedImage])[],
): PlannedImage {
  const [first, ...others] = images;
  if (first === undefined) throw new ToolError("No Pulumi.<stack>.yaml lies beside Pulumi.yaml.");
  const other = others.find(([, { tag }]) => tag !== first[1].tag);
  if (other !== undefined)
    throw new ToolError(
      `Stacks ${first[0]} and ${other[0]} build different images (${first[1].tag}, ${other[1].tag}). Give them the same appPath, cpuArchitecture and nodeImage.`,
    );
  return first[1];
}

/**
 * URNs that a deployment of the registry alone has to name: the repository, and whatever it stands on.
 * Pulumi refuses a target whose dependencies neither exist nor are targets themselves.
 */
export function repositoryTargets(plan: Plan): string[] {
  const byUrn = new Map(plan.resources.map((resource) => [resource.urn, resource]));
  const targets = new Set<string>();
  const add = (urn = ""): void => {
    const resource = byUrn.get(urn);
    if (resource === undefined || targets.has(urn)) return;
    targets.add(urn);
    [resource.parent, ...resource.dependencies].forEach((dependency) => {
      add(dependency);
    });
  };
  for (const { urn, type } of plan.resources)
    if (type === "aws:ecr/repository:Repository") add(urn);
  return [...targets].sort();
}
