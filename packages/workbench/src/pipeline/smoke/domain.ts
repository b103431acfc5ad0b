import { resolve4 } from "node:dns/promises";
import { fetchAt } from "./reach.ts";

/** IPv4 addresses of a name. Rejects where it has none. */
export type Resolve = (name: string) => Promise<readonly string[]>;

/** Whether a service is called by a name of its own, and not by its load balancer's. */
export const hasOwnName = (url: string, albDnsName: string): boolean =>
  albDnsName !== "" && new URL(url).hostname !== albDnsName;

/**
 * How to reach a stack whatever its name leads to: at its own load balancer, under the name of the URL.
 * @returns undefined where the URL is the load balancer's own
 */
export const fetchOf = (url: string, albDnsName: string): typeof fetch | undefined =>
  hasOwnName(url, albDnsName) ? fetchAt(albDnsName) : undefined;

/**
 * Where the name of a service leads, and what is missing.
 * @returns a sentence; undefined where it leads to the load balancer
 */
export async function domainGap(
  url: string,
  albDnsName: string,
  resolve: Resolve = resolve4,
): Promise<string | undefined> {
  if (!hasOwnName(url, albDnsName)) return undefined;
  const { hostname } = new URL(url);
  const [name, balancer] = await Promise.all(
    [hostname, albDnsName].map(async (host) => resolve(host).catch((): readonly string[] => [])),
  );
  const fix = `Set hostedZone, so that the stack makes the record, or make one that leads to ${albDnsName}: an alias in Route 53, a CNAME elsewhere.`;
  if (name === undefined || name.length === 0)
    return `${hostname} does not resolve, so callers do not reach the service yet. ${fix}`;
  if (balancer?.length === 0)
    return `${hostname} leads to ${name.join(", ")}, and ${albDnsName} does not resolve, so nobody can tell whether that is right.`;
  return name.some((address) => balancer?.includes(address))
    ? undefined
    : `${hostname} leads to ${name.join(", ")}, and not to this stack's load balancer (${balancer?.join(", ") ?? ""}). That is right where routing chose another stack, or a proxy stands before it. Otherwise: ${fix}`;
}
