import { expect } from "chai";
import { missingAttestation } from "../../../src/pipeline/delivery/registry.ts";
import { failure, fakeCommands } from "./fakes.ts";

const IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/registry-1a2b3c4@sha256:1";
const VERIFY = `gh attestation verify oci://${IMAGE} --repo owner/name --signer-workflow owner/name/.github/workflows/deploy.yml --source-ref refs/heads/main --predicate-type`;
const PROVENANCE = `${VERIFY} https://slsa.dev/provenance/v1`;
const SBOM = `${VERIFY} https://cyclonedx.org/bom`;
const APP_SBOM = `${VERIFY} https://spdx.dev/Document/v2.3`;

describe("Attestations of an image", () => {
  it("are provenance and two SBOMs of different types, by the deployment's workflow on main", async () => {
    const { run, calls } = fakeCommands({ gh: {} });
    expect(await missingAttestation(run, IMAGE, "owner/name")).to.equal(undefined);
    expect(calls).to.deep.equal([PROVENANCE, SBOM, APP_SBOM]);
  });

  it("are missing where one of them is", async () => {
    for (const missing of [PROVENANCE, SBOM, APP_SBOM]) {
      const { run } = fakeCommands({
        [missing]: { code: 1, stderr: "no attestations found" },
        gh: {},
      });
      const predicate = missing.split(" ").at(-1) ?? "";
      expect(await missingAttestation(run, IMAGE, "owner/name")).to.equal(
        `${IMAGE} has no valid attestation ${predicate} by owner/name/.github/workflows/deploy.yml on main, so it does not count as built by it. Push to main to have it built there. gh says: no attestations found`,
      );
    }
  });

  it("are those of the workflow that stands at the root, where the project is a folder of the repository", async () => {
    const { run, calls } = fakeCommands({ gh: {} });
    await missingAttestation(run, IMAGE, "owner/name", "orders-deploy.yml");
    expect(calls[0]).to.equal(PROVENANCE.replace("/deploy.yml", "/orders-deploy.yml"));
  });

  it("cannot be asked for without gh, which is a failure and no answer", async () => {
    const run = (): Promise<never> => Promise.reject(new Error("gh is not on PATH."));
    expect(await failure(missingAttestation(run, IMAGE, "owner/name"))).to.equal(
      "gh is not on PATH.",
    );
  });
});
