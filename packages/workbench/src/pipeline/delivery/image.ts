import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { ToolError } from "../../lib/command-line.ts";
import { planStack } from "../../plan/evaluate.ts";
import { fullKey, loadProject, loadStackConfig, stackNames } from "../../plan/project.ts";
import type { Program } from "../../plan/protocol.ts";
import { ofType } from "../../plan/plan-reader.ts";
import { plannedServices } from "../../plan/services.ts";
import type { Plan } from "../../plan/types.ts";
import { succeed, type RunCommand } from "../../lib/command.ts";

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
 * Reads the image of the main service out of a plan: another service's is built by its own `pulumi up`.
 * @throws ToolError when the stack builds none because its config names one
 */
export function plannedImage(plan: Plan): PlannedImage {
  const runs = plannedServices(plan)[0]?.container["image"];
  const resource = ofType(plan, "docker:index/image:Image").find(
    ({ outputs }) => outputs["repoDigest"] === runs,
  );
  if (resource === undefined)
    throw new ToolError(
      `Stack ${plan.stack} builds no image: its config names one under image. Remove that key, or promote to this stack instead.`,
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

export interface BuiltImage {
  /** Content tag. */
  tag: string;
  /** `sha256:` and 64 hexadecimal digits: of the manifest in the layout, and in every registry it is copied to. */
  digest: string;
}

/**
 * Holds the content tag inside of the image, where a signature covers it: a tag in a registry can be given to any image,
 * an older one with a valid signature among them.
 */
export const CONTENT_LABEL = "koa-fargate.content";

/**
 * Builds the image and writes it as an OCI layout: layers and manifest as registries will hold them, so that what is
 * scanned, what dev runs and what prod runs have one digest. A folder and no tar file: Trivy reads OCI layouts from
 * folders alone (aquasecurity/trivy#5775).
 * @param layout folder to write; another image in it gives way
 * @throws CommandError when docker or skopeo fails
 */
export async function buildImage(
  run: RunCommand,
  { tag, platform, dockerfile, context, buildArgs }: PlannedImage,
  layout: string,
): Promise<BuiltImage> {
  const name = `koa-fargate-delivery:${tag}`;
  const build = [
    ...["build", "--platform", platform, "--file", dockerfile, "--tag", name],
    ...Object.entries(buildArgs).flatMap(([key, value]) => ["--build-arg", `${key}=${value}`]),
    ...["--label", `${CONTENT_LABEL}=${tag}`, context],
  ];
  // An attestation of the builder would make an index of it; the workflow signs the image itself.
  const env = { BUILDX_NO_DEFAULT_ATTESTATIONS: "1" };
  await succeed(run, "docker", build, { show: true, env });
  await clearLayout(layout);
  const folder = await mkdtemp(path.join(tmpdir(), "image-"));
  try {
    const digestFile = path.join(folder, "digest");
    const [os = "", arch = ""] = platform.split("/");
    const copy = [
      ...["--override-os", os, "--override-arch", arch, "copy", "--digestfile", digestFile],
      ...[`docker-daemon:${name}`, ociReference(layout, tag)],
    ];
    await succeed(run, "skopeo", copy, { show: true });
    return { tag, digest: (await readFile(digestFile, "utf8")).trim() };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * The images that a Dockerfile builds on by a tag that moves. A content tag names the text of the reference, so another
 * image under it is no other content.
 */
export function movingBases({ buildArgs }: PlannedImage, dockerfile: string): string[] {
  const values = new Map(Object.entries(buildArgs));
  for (const [, name = "", value = ""] of dockerfile.matchAll(/^\s*ARG\s+(\w+)=(\S+)/gim))
    if (!values.has(name)) values.set(name, value);
  const stages = new Set(["scratch"]);
  const moving = new Set<string>();
  for (const [, reference = "", stage] of dockerfile.matchAll(
    /^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/gim,
  )) {
    const base = reference.replace(/\$\{?(\w+)\}?/g, (_, name: string) => values.get(name) ?? "");
    if (!stages.has(base) && !base.includes("@sha256:")) moving.add(base);
    if (stage !== undefined) stages.add(stage);
  }
  return [...moving];
}

/**
 * @throws ToolError where a layout holds another image than the one that was built, scanned or tested: whatever put it
 * there, that one was not
 */
export async function refuseOtherLayout(layout: string, digest: string): Promise<void> {
  const index = JSON.parse(await readFile(path.join(layout, "index.json"), "utf8")) as {
    manifests: { digest: string }[];
  };
  const held = index.manifests.map((manifest) => manifest.digest).join(" and ");
  if (held !== digest)
    throw new ToolError(
      `${layout} holds ${held}, but ${digest} was scanned and is to be deployed: run the workflow again from its beginning.`,
    );
}

/** An image of an OCI layout, as skopeo names it. */
export const ociReference = (layout: string, tag: string): string => `oci:${layout}:${tag}`;

/** Skopeo adds to a layout that is there, and whoever reads it by no tag takes the first image: there has to be one. */
export async function clearLayout(layout: string): Promise<void> {
  for (const part of ["blobs", "index.json", "oci-layout"])
    await rm(path.join(layout, part), { recursive: true, force: true });
}
