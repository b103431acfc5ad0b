import { lastLines, type RunCommand } from "./command.ts";

/** An image of which nothing says that the pipeline built it. */
export class AttestationError extends Error {
  override readonly name = "AttestationError";
}

/** What the pipeline signs about each image: where it comes from, and what it holds. */
const PREDICATES = ["https://slsa.dev/provenance/v1", "https://cyclonedx.org/bom"] as const;

/**
 * Verifies that the deployment's own workflow, run on main, built an image: another workflow, or this one on a branch,
 * has an identity of the same repository too.
 * @param image by digest
 * @param repository of the workflow, such as `owner/name`
 * @throws AttestationError where provenance or SBOM is missing or not signed by it
 */
export async function verifyImage(
  run: RunCommand,
  image: string,
  repository: string,
): Promise<void> {
  const signer = `${repository}/.github/workflows/deploy.yml`;
  for (const predicate of PREDICATES) {
    const { code, stdout, stderr } = await run("gh", [
      ...["attestation", "verify", `oci://${image}`, "--repo", repository],
      ...["--signer-workflow", signer, "--source-ref", "refs/heads/main"],
      ...["--predicate-type", predicate],
    ]);
    if (code !== 0)
      throw new AttestationError(
        `${image} has no valid attestation ${predicate} by ${signer} on main, so it does not count as built by it. Push to main to have it built there. gh says: ${lastLines(stderr === "" ? stdout : stderr, 3)}`,
      );
  }
}

/** Whether `verifyImage` passes; whatever keeps it from passing is no reason to trust the image. */
export async function isAttested(
  run: RunCommand,
  image: string,
  repository: string,
): Promise<boolean> {
  try {
    await verifyImage(run, image, repository);
    return true;
  } catch (error) {
    if (error instanceof AttestationError) return false;
    throw error;
  }
}
