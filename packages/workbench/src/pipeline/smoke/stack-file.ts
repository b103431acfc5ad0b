import { readFile, writeFile } from "node:fs/promises";
import { isMap, parseDocument } from "yaml";
import { LONGEST_START } from "../../project/role-path.ts";

/**
 * What makes a copy of a stack short-lived: it runs at any hour, waits for nobody, and can be destroyed. A web ACL stays,
 * for a few cents: what AWS thinks of its rules is among what the walk is to find out.
 */
const SHORT_LIVED: Readonly<Record<string, unknown>> = {
  awakeHours: "always",
  approval: "none",
  deletionProtection: false,
  auditTrail: "none",
  alarmEmails: [],
  // That of the source keeps a stack of another name from its own resources.
  permissionsBoundaryArn: "",
};

/** Records in the source's zone are its own: a second stack would be refused, or take callers away. */
const NAMES = [
  ...["hostedZone", "createHostedZone", "extraDomainNames"],
  ...["routing", "routingWeight", "failoverRole", "geolocations"],
];

/**
 * Writes the file of a fresh stack with the settings of another one, but short-lived.
 * @param project name of the Pulumi project
 * @returns the source's secrets provider; undefined for the backend's own
 */
export async function writeSmokeStack(
  source: string,
  target: string,
  { project, stack }: { project: string; stack: string },
): Promise<string | undefined> {
  const document = parseDocument(await readFile(source, "utf8"));
  document.commentBefore = ` Made by npm run smoke:aws; it destroys the stack and removes this file.`;
  const provider = document.get("secretsprovider");
  // The key of the source's secrets does not open those of another stack.
  document.delete("encryptedkey");
  document.delete("encryptionsalt");
  document.delete("secretsprovider");
  for (const [key, value] of Object.entries(SHORT_LIVED))
    document.setIn(["config", `${project}:${key}`], value);
  const at = (key: string): string[] => ["config", `${project}:${key}`];
  document.deleteIn(at("image"));
  // Without the zone there is no certificate but one that exists.
  if (document.hasIn(at("hostedZone")) && !document.getIn(at("certificateArn"))) {
    document.deleteIn(at("domainName"));
    document.setIn(at("tls"), "optional");
  }
  for (const key of NAMES) document.deleteIn(at(key));
  const prefix = document.getIn(at("namePrefix"));
  const start = typeof prefix === "string" && prefix !== "" ? prefix : project;
  const room = LONGEST_START - stack.length - 1;
  if (start.length > room)
    document.setIn(at("namePrefix"), start.slice(0, room).replace(/-+$/, ""));
  const tags = document.getIn(["config", "aws:defaultTags", "tags"]);
  if (isMap(tags)) tags.set("stack", stack);
  await writeFile(target, document.toString());
  return typeof provider === "string" ? provider : undefined;
}
