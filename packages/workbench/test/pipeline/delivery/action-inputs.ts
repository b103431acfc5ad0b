/**
 * The inputs of each action that the workflows may set, as the action.yml of the pinned version names them. GitHub only
 * warns about a misspelt input, and the linters do not know them: a gate that is misspelt is a gate that stands open.
 */
export const ACTION_INPUTS: Readonly<Record<string, readonly string[]>> = {
  "actions/attest": [
    "create-storage-record",
    "push-to-registry",
    "sbom-path",
    "subject-digest",
    "subject-name",
    "subject-path",
  ],
  "actions/checkout": ["fetch-depth", "persist-credentials", "ref"],
  "actions/dependency-review-action": ["fail-on-severity"],
  "actions/download-artifact": [
    "github-token",
    "merge-multiple",
    "name",
    "path",
    "pattern",
    "run-id",
  ],
  "actions/setup-node": ["node-version-file", "package-manager-cache"],
  "actions/upload-artifact": [
    "compression-level",
    "if-no-files-found",
    "name",
    "path",
    "retention-days",
  ],
  "aquasecurity/trivy-action": [
    "cache",
    "exit-code",
    "format",
    "ignore-unfixed",
    "image-ref",
    "input",
    "output",
    "scan-ref",
    "scan-type",
    "severity",
    "trivyignores",
  ],
  "aws-actions/amazon-ecr-login": [],
  "aws-actions/configure-aws-credentials": [
    "allowed-account-ids",
    "aws-region",
    "role-duration-seconds",
    "role-session-name",
    "role-to-assume",
  ],
  "github/codeql-action/analyze": ["category"],
  "github/codeql-action/init": ["build-mode", "languages", "queries"],
  "github/codeql-action/upload-sarif": ["sarif_file"],
  "ossf/scorecard-action": ["publish_results", "results_file", "results_format"],
  "pulumi/actions": ["pulumi-version"],
};
