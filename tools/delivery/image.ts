import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { succeed, type RunCommand } from "./command.ts";
import type { PlannedImage } from "./planned-image.ts";

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

/** An image of an OCI layout, as skopeo names it. */
export const ociReference = (layout: string, tag: string): string => `oci:${layout}:${tag}`;

/** Skopeo adds to a layout that is there, and whoever reads it by no tag takes the first image: there has to be one. */
export async function clearLayout(layout: string): Promise<void> {
  for (const part of ["blobs", "index.json", "oci-layout"])
    await rm(path.join(layout, part), { recursive: true, force: true });
}
