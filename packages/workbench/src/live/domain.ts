import { resolve4, reverse } from "node:dns/promises";

/** IPv4 addresses of a name. Rejects where it has none. */
export type Resolve = (name: string) => Promise<readonly string[]>;

const CLOUDFRONT = ".cloudfront.net";

/**
 * Whether an address is one of CloudFront's, which may answer with others for each name, but lets one distribution alone have a name.
 * Source: AWS, "Requirements for using alternate domain names", Amazon CloudFront Developer Guide; that every address of it is called
 * `server-<address>.<place>.r.cloudfront.net` is assumed.
 */
async function isCloudFront(address: string, owners: Resolve): Promise<boolean> {
  const names = await owners(address).catch((): readonly string[] => []);
  return names.some((name) => name.endsWith(CLOUDFRONT));
}

/** Outputs that tell where a stack is reached whatever its names lead to. */
export interface Front {
  albDnsName?: string;
  /** Of the distribution before a load balancer that nobody else reaches. */
  distributionDnsName?: string;
}

/** Host name of a stack's own front: its distribution's, else its load balancer's; empty where it has none. */
export const frontOf = ({ albDnsName = "", distributionDnsName = albDnsName }: Front): string =>
  distributionDnsName;

/** Whether a service is called by a name of its own, and not by its front's. */
export const hasOwnName = (url: string, front: string): boolean =>
  url !== "" && front !== "" && new URL(url).hostname !== front;

/**
 * Where the name of a service leads today, and what is missing.
 * @param front - as `frontOf` has it
 * @param owners - names of an address
 * @returns a sentence; undefined where it leads there
 */
export async function domainGap(
  url = "",
  front: string,
  resolve: Resolve = resolve4,
  owners: Resolve = reverse,
): Promise<string | undefined> {
  if (!hasOwnName(url, front)) return undefined;
  const { hostname } = new URL(url);
  const [name, own] = await Promise.all(
    [hostname, front].map(async (host) => resolve(host).catch((): readonly string[] => [])),
  );
  const fix = `Set hostedZone, so that the stack makes the record, or make one that leads to ${front}: an alias in Route 53, a CNAME elsewhere.`;
  if (name === undefined || name.length === 0)
    return `${hostname} does not resolve, so callers do not reach the service yet. ${fix}`;
  if (own?.length === 0)
    return `${hostname} leads to ${name.join(", ")}, and ${front} does not resolve, so nobody can tell whether that is right.`;
  const distribution = front.endsWith(CLOUDFRONT);
  const there =
    name.some((address) => own?.includes(address)) ||
    (distribution && (await isCloudFront(name[0] ?? "", owners)));
  const what = distribution ? "distribution" : "load balancer";
  return there
    ? undefined
    : `${hostname} leads to ${name.join(", ")}, and not to this stack's ${what} (${own?.join(", ") ?? ""}). That is right where routing chose another stack, or a proxy stands before it. Otherwise: ${fix}`;
}
