import { readFileSync } from "node:fs";

const FILE = "components/registry/base.Dockerfile";

/**
 * The base image of bundled apps, by digest, where an updater finds it. Dependabot reads no ARG.
 * Source: GitHub Docs, "Guidance for the configuration of private registries for Dependabot": Docker.
 * @throws Error, one sentence, where the file names none by digest
 */
export function pinnedBase(): string {
  const [, image] = /^FROM (\S+@sha256:[0-9a-f]{64})$/m.exec(readFileSync(FILE, "utf8")) ?? [];
  if (image === undefined)
    throw new Error(
      `${FILE} names no image by digest. Write FROM <image>:<tag>@sha256:<64 hex digits>, or set nodeImage.`,
    );
  return image;
}
