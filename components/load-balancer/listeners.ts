import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** What the listeners of the load balancer have in common, and the ports that they open. */

/** AWS's recommended policy: TLS 1.3 and 1.2 with post-quantum key exchange. The API's own default is from 2016. */
const TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09";

/** Only a rule forwards: ECS moves the weights of a rule, and what no rule takes is nobody's. */
export const NOT_FOUND = {
  type: "fixed-response",
  fixedResponse: { contentType: "text/plain", messageBody: "Not found\n", statusCode: "404" },
};

/** With a certificate port 80 is there only to say so. */
export const TO_HTTPS = {
  type: "redirect",
  redirect: { port: "443", protocol: "HTTPS", statusCode: "HTTP_301" },
};

/** Settings of a listener that terminates TLS; strict transport security keeps browsers from trying HTTP first. */
export function https(
  certificateArn: pulumi.Input<string>,
): Omit<aws.lb.ListenerArgs, "loadBalancerArn" | "defaultActions"> {
  return {
    protocol: "HTTPS",
    certificateArn,
    sslPolicy: TLS_POLICY,
    routingHttpResponseServerEnabled: false,
    routingHttpResponseStrictTransportSecurityHeaderValue: "max-age=63072000; includeSubDomains",
    routingHttpResponseXContentTypeOptionsHeaderValue: "nosniff",
  };
}

export interface OpenPortsArgs {
  /** ACM certificate; empty for plain HTTP. */
  certificateArn: pulumi.Input<string>;
  /** IPv4 ranges that may call. */
  ingressCidrs: readonly string[];
  /** With traffic shifting, a port that reaches the new version before callers do; 0 for none. */
  testListenerPort: number;
  /** IPv4 ranges that may call that port. */
  testIngressCidrs: readonly string[];
}

/** The ports that the security group opens, and to whom: with a certificate port 80 redirects. */
export const openPorts = (
  args: OpenPortsArgs,
): { port: number; description: string; cidrs: readonly string[] }[] =>
  [
    { port: 80, description: "HTTP", cidrs: args.ingressCidrs },
    { port: 443, description: "HTTPS", cidrs: args.certificateArn === "" ? [] : args.ingressCidrs },
    { port: args.testListenerPort, description: "Test listener", cidrs: args.testIngressCidrs },
  ].filter(({ port }) => port > 0);
