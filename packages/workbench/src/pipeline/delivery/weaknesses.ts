import { counted } from "../../lib/words.ts";
import { cutLines, type Concern } from "./issues.ts";

/** `trivy image --format json`, as far as it is read. */
export interface Scan {
  /** What was scanned, by digest. */
  ArtifactName?: string;
  Results?: {
    Vulnerabilities?: {
      VulnerabilityID: string;
      Severity: string;
      PkgName: string;
      InstalledVersion: string;
      FixedVersion?: string;
    }[];
  }[];
}

/** What became known of the image that a stack runs, which was scanned before it was deployed. */
export function weaknessesOf(stack: string, scan: Scan, runUrl: string): Concern {
  const found = (scan.Results ?? [])
    .flatMap(({ Vulnerabilities = [] }) => Vulnerabilities)
    .map(
      ({ VulnerabilityID, Severity, PkgName, InstalledVersion, FixedVersion = "" }) =>
        `${VulnerabilityID} ${Severity} ${PkgName} ${InstalledVersion} -> ${FixedVersion}`,
    );
  const lines = [...new Set(found)].sort();
  const text = [
    `The image that **${stack}** runs has known weaknesses that newer packages fix: ${counted(lines.length, "finding")} by ${runUrl}`,
    "",
    ...cutLines([scan.ArtifactName ?? "", ...lines]),
    "",
    "- Packages of the base: merge the update of `components/registry/base.Dockerfile` that Dependabot proposes. Another base is another image, so it is deployed.",
    "- Packages of the app: update them in its lock file.",
    "- What does no harm here, or cannot be mended yet: a line in `.trivyignore`, with its reason and its last day.",
    "",
    "This issue closes itself when the next scan finds nothing.",
  ];
  return {
    name: `weaknesses ${stack}`,
    title: `Known weaknesses in what ${stack} runs`,
    text: lines.length === 0 ? undefined : text.join("\n"),
    over: `Nothing is known any more against what ${stack} runs: ${runUrl}`,
  };
}
