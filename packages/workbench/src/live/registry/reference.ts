import { OpsError } from "../errors.ts";

/** An image by digest: `<host>/<name>@sha256:<hex>`. */
export interface ImageReference {
  /** Host, with port where it has one. */
  host: string;
  /** Repository on that host. */
  name: string;
  digest: string;
}

const FORM = /^([^/@]+)\/([^@]+)@(sha256:[0-9a-f]{64})$/;

/** @throws OpsError when the text is not an image by digest */
export function parseImage(text: string): ImageReference {
  const match = FORM.exec(text);
  const [, host, name, digest] = match ?? [];
  if (host === undefined || name === undefined || digest === undefined)
    throw new OpsError(
      `The image ${text} is not named by digest (<repository>@sha256:...), so there is no telling which one it is. Deploy the stack again: it names its image by digest.`,
    );
  return { host, name: name.replace(/:[^:/]*$/, ""), digest };
}

/** `123456789012.dkr.ecr.eu-west-1.amazonaws.com/registry-1a2b` -> host and repository name. */
export function parseRepository(url: string): { host: string; name: string } {
  const slash = url.indexOf("/");
  if (slash < 1)
    throw new OpsError(`The repository ${url} has no host. Run \`pulumi up\` to write it anew.`);
  return { host: url.slice(0, slash), name: url.slice(slash + 1) };
}
