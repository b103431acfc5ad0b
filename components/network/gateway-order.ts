import * as pulumi from "@pulumi/pulumi";

const NAT = "aws:ec2/natGateway:NatGateway";
const ROUTE = "aws:ec2/route:Route";

/** Far more than an internet gateway takes. A deployment in which it fails ends by itself, and waits for nothing. */
const LONGEST_MS = 300_000;

/**
 * AWS refuses a NAT gateway in a VPC whose internet gateway is not attached yet, and awsx makes both at once. A route to the internet gateway
 * is registered once that stands: the NAT gateways wait for one. Of use where the resources below are of a component in another process,
 * whose order cannot be told otherwise; it changes none of them.
 */
export function internetGatewayFirst(longestMs = LONGEST_MS): pulumi.ResourceTransform {
  const { promise: attached, resolve } = Promise.withResolvers<undefined>();
  return async ({ type, props }) => {
    if (type === ROUTE && (props as { gatewayId?: unknown }).gatewayId !== undefined)
      resolve(undefined);
    // A preview makes nothing.
    if (type !== NAT || pulumi.runtime.isDryRun()) return undefined;
    const timer = setTimeout(() => {
      resolve(undefined);
    }, longestMs);
    await attached;
    clearTimeout(timer);
    return undefined;
  };
}
