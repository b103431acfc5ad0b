import { ToolError } from "../../lib/command-line.ts";
import { digestOfImage } from "../../live/release/pins.ts";
import { release, type ReleaseRepository } from "../../live/release/release.ts";
import { lastLines, succeed, type RunCommand } from "../../lib/command.ts";
import { excused, isNamed } from "../../lib/excused.ts";
import { clearLayout, CONTENT_LABEL, ociReference, type BuiltImage } from "./image.ts";

/** Digest that a tag names in a repository; undefined where there is no such tag. */
export type DigestOf = (repositoryUrl: string, tag: string) => Promise<string | undefined>;

export interface PushRequest {
  repositoryUrl: string;
  /** Folder of the OCI layout that holds the image. */
  layout: string;
  image: BuiltImage;
  /**
   * Whether the pipeline built an image by digest, scanned and signed it. Only such a one is taken in place of the one
   * that was built now.
   * @default none did
   */
  attested?: (image: string) => Promise<boolean>;
}

export interface PushedImage {
  /** By digest. */
  image: string;
  /** Whether an earlier run built this one, and signed it. */
  attested: boolean;
}

/**
 * Brings the layout's image into a repository. Tags name the content and are immutable: where the tag is taken by an image
 * that an earlier run of the pipeline built from the same content, that one stays, so that nothing is deployed again. An
 * image that anybody else pushed under the tag, or that is of other content, is left alone; the one that was built goes beside it, by a tag of its own.
 * @throws ToolError when that tag names another image too
 */
export async function pushImage(
  run: RunCommand,
  digestOf: DigestOf,
  { repositoryUrl, layout, image: { tag, digest }, attested }: PushRequest,
): Promise<PushedImage> {
  // Another digest would be another image: this fails instead of converting.
  const copy = (from: string, to: string): Promise<string> =>
    succeed(run, "skopeo", ["copy", "--preserve-digests", from, to], { show: true });
  const source = ociReference(layout, tag);
  const present = await digestOf(repositoryUrl, tag);
  const taken = present !== undefined && present !== digest;
  if (taken) {
    const other = `${repositoryUrl}@${present}`;
    const trusted = (await attested?.(other)) === true;
    if (trusted && (await contentOf(run, other)) === tag) {
      // The next stack gets the layout: it has to hold what runs here, not a second build of the same content.
      await clearLayout(layout);
      await copy(`docker://${other}`, source);
      return { image: other, attested: true };
    }
  }
  // A tag that names content and build.
  const own = taken ? `${tag}-${digest.slice("sha256:".length).slice(0, 12)}` : tag;
  const there = taken ? await digestOf(repositoryUrl, own) : present;
  if (there === undefined) await copy(source, `docker://${repositoryUrl}:${own}`);
  else if (there !== digest)
    throw new ToolError(
      `${repositoryUrl} holds ${there} under ${own}, the tag of ${digest}: somebody pushed it by hand. Delete that tag and run this again.`,
    );
  return { image: `${repositoryUrl}@${digest}`, attested: false };
}

/**
 * Brings an image of a registry into a folder, byte for byte.
 * @param image by digest
 * @returns its digest
 */
export async function pullImage(run: RunCommand, image: string, layout: string): Promise<string> {
  const digest = digestOfImage(image);
  if (!/^sha256:[0-9a-f]{64}$/.test(digest))
    throw new ToolError(
      `${image === "" ? "Nothing" : image} runs there, which is no image by digest: there is nothing to bring over.`,
    );
  await clearLayout(layout);
  const to = ociReference(layout, "promoted");
  const args = ["copy", "--preserve-digests", `docker://${image}`, to];
  await succeed(run, "skopeo", args, { show: true });
  return digest;
}

/** The content tag that an image was built with; undefined where it says none. */
async function contentOf(run: RunCommand, image: string): Promise<string | undefined> {
  const text = await succeed(run, "skopeo", ["inspect", "--config", `docker://${image}`]);
  const { config } = JSON.parse(text) as { config?: { Labels?: Record<string, string> | null } };
  return config?.Labels?.[CONTENT_LABEL];
}

/** Parts of an ECR repository's address, `<account>.dkr.ecr.<region>.amazonaws.com/<name>`. */
export function parseRepositoryUrl(url: string) {
  const [, registryId, region, name] =
    /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/(.+)$/.exec(url) ?? [];
  if (registryId === undefined || region === undefined || name === undefined)
    throw new ToolError(`${url} is not the address of an ECR repository.`);
  return { registryId, region, name };
}

/**
 * Makes an image that a repository holds a release of it: tagged by time, and pinned against the expiry of old releases,
 * as `npm run promote` does.
 * @param before image by digest that runs now; empty for none
 * @returns the release's tag
 */
export async function releaseImage(
  repository: ReleaseRepository,
  { digest, before, at }: { digest: string; before: string; at: Date },
): Promise<string> {
  return release(repository, {
    digest,
    at,
    inUse: before === "" ? [] : [digestOfImage(before)],
    copy: (tag) => repository.addTag(digest, tag),
    // The workflow hands the image over by `up --image`.
    configure: () => Promise.resolve(),
  });
}

/** Asks ECR, by the credentials in the environment. */
export const ecrDigestOf: DigestOf = async (repositoryUrl, imageTag) => {
  const { ECR } = await import("@aws-sdk/client-ecr");
  const { registryId, region, name: repositoryName } = parseRepositoryUrl(repositoryUrl);
  const client = new ECR({ region });
  const request = { registryId, repositoryName, imageIds: [{ imageTag }] };
  const answer = await client
    .describeImages(request)
    .catch(excused(isNamed("ImageNotFoundException"), undefined))
    .finally(() => {
      client.destroy();
    });
  return answer?.imageDetails?.[0]?.imageDigest;
};

/** One repository of ECR, as the releases see it. */
export async function ecrRepository(repositoryUrl: string): Promise<ReleaseRepository> {
  const { ECR } = await import("@aws-sdk/client-ecr");
  const { EcrRepository } = await import("../../live/registry/ecr-repository.ts");
  const { region, name } = parseRepositoryUrl(repositoryUrl);
  return new EcrRepository(new ECR({ region }), name);
}

/**
 * What the pipeline signs about each image: where it comes from, what it holds (CycloneDX, by Trivy), and what the app is bundled
 * from (SPDX, by npm). Two of one type would pass for each other. Source: actions/attest, src/sbom.ts.
 */
const PREDICATES = [
  "https://slsa.dev/provenance/v1",
  "https://cyclonedx.org/bom",
  "https://spdx.dev/Document/v2.3",
];

/**
 * Verifies that the deployment's own workflow, run on main, built an image: another workflow, or this one on a branch,
 * has an identity of the same repository too.
 * @param image by digest
 * @param repository of the workflow, such as `owner/name`
 * @param workflow name of its file
 * @returns why the image is not to be trusted, where provenance or an SBOM is missing or not signed by it
 */
export async function missingAttestation(
  run: RunCommand,
  image: string,
  repository: string,
  workflow = "deploy.yml",
): Promise<string | undefined> {
  const signer = `${repository}/.github/workflows/${workflow}`;
  for (const predicate of PREDICATES) {
    const { code, stdout, stderr } = await run("gh", [
      ...["attestation", "verify", `oci://${image}`, "--repo", repository],
      ...["--signer-workflow", signer, "--source-ref", "refs/heads/main"],
      ...["--predicate-type", predicate],
    ]);
    if (code !== 0)
      return `${image} has no valid attestation ${predicate} by ${signer} on main, so it does not count as built by it. Push to main to have it built there. gh says: ${lastLines(stderr === "" ? stdout : stderr, 3)}`;
  }
  return undefined;
}
