import { ToolError } from "../lib/command-line.ts";
import { lastLines, type RunCommand } from "./command.ts";

/** What the pipeline signs about each image: where it comes from, and what it holds. */
const PREDICATES = ["https://slsa.dev/provenance/v1", "https://cyclonedx.org/bom"];

/**
 * Verifies that the deployment's own workflow, run on main, built an image: another workflow, or this one on a branch,
 * has an identity of the same repository too.
 * @param image by digest
 * @param repository of the workflow, such as `owner/name`
 * @throws ToolError where provenance or SBOM is missing or not signed by it
 */
export async function verifyImage(
  run: RunCommand,
  image: string,
  repository: string,
): Promise<void> {
  const wrong = await missingAttestation(run, image, repository);
  if (wrong !== undefined) throw new ToolError(wrong);
}

/** Whether `verifyImage` passes; whatever keeps it from passing is no reason to trust the image. */
export async function isAttested(
  run: RunCommand,
  image: string,
  repository: string,
): Promise<boolean> {
  return (await missingAttestation(run, image, repository)) === undefined;
}

async function missingAttestation(
  run: RunCommand,
  image: string,
  repository: string,
): Promise<string | undefined> {
  const signer = `${repository}/.github/workflows/deploy.yml`;
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
