import { ToolError } from "../../lib/command-line.ts";

/** A name that cannot be taken, or a project that cannot be renamed; the message says why and what to do. */
export class RenameError extends ToolError {
  override readonly name = "RenameError";
}

/**
 * The state bucket is called `<name>-state-<account>-<region>`, of which S3 allows 63 characters; regions have 14 at most.
 * Source: AWS, "General purpose bucket naming rules".
 */
const LONGEST = 63 - "-state-123456789012-ap-southeast-1".length;

/** Prefixes that S3 keeps for itself; `xn--` is one more, and has two hyphens in a row. */
const RESERVED = ["sthree-", "amzn-s3-demo-"];

/**
 * Refuses a name that Pulumi, or AWS for something that is called by it, would refuse. A project's name becomes part of the
 * names of buckets and of a DNS zone (small letters, digits, hyphens) and of a trail (no two hyphens in a row; source: AWS,
 * CloudTrail's "Naming requirements").
 * @param namespaces - of Pulumi packages, whose settings would be the project's
 * @throws RenameError in one sentence
 */
export function checkName(name: string, namespaces: ReadonlySet<string>): void {
  const refuse = (reason: string): never => {
    throw new RenameError(`${JSON.stringify(name)} cannot be the project's name: ${reason}`);
  };
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
    refuse(
      "it names buckets, roles and a DNS zone, so it has to be small letters, digits and single hyphens in between, beginning with a letter, such as orders-api.",
    );
  if (name.length > LONGEST)
    refuse(
      `it has ${name.length} characters, and the state bucket <name>-state-<account>-<region> may have 63: take ${LONGEST} at most.`,
    );
  const reserved = RESERVED.find((prefix) => name.startsWith(prefix));
  if (reserved !== undefined)
    refuse(`S3 takes no bucket that begins with ${reserved}: choose another beginning.`);
  if (namespaces.has(name))
    refuse(
      `it is a namespace of Pulumi, whose settings ${name}:... would be the project's: choose another.`,
    );
}
