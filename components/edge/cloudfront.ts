import type * as aws from "@pulumi/aws";

/** What CloudFront is told about every request: which it keeps, hands on and writes down. Pure. */

/** Region of what CloudFront takes from a region: certificates, web ACLs, deliveries of logs. Source: AWS, Amazon CloudFront Developer Guide. */
export const VIEWER_REGION = "us-east-1";

/** Addresses of CloudFront's servers, which a load balancer lets in. Source: AWS, "Restrict access with VPC origins". */
export const ORIGIN_FACING = "com.amazonaws.global.cloudfront.origin-facing";

/** Seconds that CloudFront waits for an answer, and keeps a silent connection, at most. Source: AWS, VpcOriginConfig, Amazon CloudFront API Reference. */
export const LONGEST_WAIT_SECONDS = 120;

/** The app gives up before CloudFront does; and CloudFront lets a connection go first: one that the load balancer closes under a request is a 502. */
const MARGIN_SECONDS = 5;

/** Policies of AWS by their ids. Source: AWS, "Use managed cache policies", "... origin request policies", "... response headers policies". */
const POLICIES = {
  cachingOptimized: "658327ea-f89d-4fab-a63d-7e88639e58f6",
  cachingDisabled: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
  allViewer: "216adef6-5c7f-47e4-b989-5492eafa07d3",
  securityHeaders: "67f7725c-6f97-4210-82d7-5512b31e9d03",
} as const;

/** An API: nothing is kept, and method, host name, headers, cookies and query go on to the app as the caller sent them. */
export const apiBehavior = (
  targetOriginId: string,
): aws.types.input.cloudfront.DistributionDefaultCacheBehavior => ({
  targetOriginId,
  viewerProtocolPolicy: "redirect-to-https",
  allowedMethods: ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"],
  cachedMethods: ["GET", "HEAD"],
  compress: true,
  cachePolicyId: POLICIES.cachingDisabled,
  originRequestPolicyId: POLICIES.allViewer,
  responseHeadersPolicyId: POLICIES.securityHeaders,
});

/** Static files, whose paths change with them: kept as long as they say, and the app is not asked. */
export const assetsBehavior = (
  targetOriginId: string,
): aws.types.input.cloudfront.DistributionOrderedCacheBehavior => ({
  pathPattern: "/assets/*",
  targetOriginId,
  viewerProtocolPolicy: "redirect-to-https",
  allowedMethods: ["GET", "HEAD"],
  cachedMethods: ["GET", "HEAD"],
  compress: true,
  cachePolicyId: POLICIES.cachingOptimized,
  responseHeadersPolicyId: POLICIES.securityHeaders,
});

/**
 * How long CloudFront waits for the load balancer, and keeps a connection to it, in seconds.
 * @param answer - longest time that the app takes
 * @param idle - time-out of the load balancer
 */
export const originTimes = (
  answer: number,
  idle: number,
): { originReadTimeout: number; originKeepaliveTimeout: number } => ({
  originReadTimeout: Math.min(answer + MARGIN_SECONDS, LONGEST_WAIT_SECONDS),
  originKeepaliveTimeout: Math.min(Math.max(idle - MARGIN_SECONDS, 1), LONGEST_WAIT_SECONDS),
});

/**
 * What the access log has of a request: AWS's usual fields but for the caller's cookies, which prove who somebody is.
 * Source: AWS, "Standard logging reference", Amazon CloudFront Developer Guide.
 */
export const LOG_FIELDS: readonly string[] = (
  "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) " +
  "cs-uri-query x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for " +
  "ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version c-port time-to-first-byte " +
  "x-edge-detailed-result-type sc-content-type sc-content-len"
).split(" ");
