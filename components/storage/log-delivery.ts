import type * as pulumi from "@pulumi/pulumi";
import type { Delivery } from "./bucket.ts";

/** What may write into the logs bucket, and only on behalf of this account and region. */

export interface Account {
  /** Such as `aws`. */
  partition: string;
  region: string;
  accountId: string;
}

/**
 * Access and connection logs of load balancers.
 * Source: AWS, "Access logs for your Application Load Balancer", step 2.
 */
export function loadBalancerLogs({ partition, region, accountId }: Account): Delivery {
  return {
    sid: "LoadBalancerLogs",
    service: "logdelivery.elasticloadbalancing.amazonaws.com",
    actions: ["s3:PutObject"],
    keys: ["access", "connection"].map((prefix) => `${prefix}/AWSLogs/${accountId}/*`),
    condition: {
      ArnLike: {
        "aws:SourceArn": `arn:${partition}:elasticloadbalancing:${region}:${accountId}:loadbalancer/*`,
      },
    },
  };
}

/**
 * Access logs of a CloudFront distribution, which CloudWatch Logs delivers from one region for all.
 * Source: AWS, "Logs sent to Amazon S3" of "Logging that requires additional permissions [V2]".
 */
export function distributionLogs(
  { partition, accountId }: Account,
  deliveryRegion: string,
): Delivery {
  return {
    sid: "DistributionLogs",
    service: "delivery.logs.amazonaws.com",
    actions: ["s3:PutObject"],
    keys: [`AWSLogs/${accountId}/CloudFront/*`],
    condition: {
      StringEquals: {
        "aws:SourceAccount": accountId,
        "s3:x-amz-acl": "bucket-owner-full-control",
      },
      ArnLike: {
        "aws:SourceArn": `arn:${partition}:logs:${deliveryRegion}:${accountId}:delivery-source:*`,
      },
    },
  };
}

/**
 * Log files of a CloudTrail trail.
 * Source: AWS, "Amazon S3 bucket policy for CloudTrail".
 */
export function trailLogs({ partition, region, accountId }: Account, trail: string): Delivery[] {
  const service = "cloudtrail.amazonaws.com";
  const source = {
    "aws:SourceArn": `arn:${partition}:cloudtrail:${region}:${accountId}:trail/${trail}`,
  };
  return [
    {
      sid: "TrailChecksBucket",
      service,
      actions: ["s3:GetBucketAcl"],
      keys: [],
      condition: { StringEquals: source },
    },
    {
      sid: "TrailLogs",
      service,
      actions: ["s3:PutObject"],
      keys: [`trail/AWSLogs/${accountId}/*`],
      condition: {
        StringEquals: { ...source, "s3:x-amz-acl": "bucket-owner-full-control" },
      },
    },
  ];
}

/** What CloudFront reads of the assets bucket. Source: AWS, "Restrict access to an Amazon S3 origin", origin access control. */
export const assetReads = ({ partition, accountId }: Account): Delivery => ({
  sid: "Distributions",
  service: "cloudfront.amazonaws.com",
  actions: ["s3:GetObject"],
  keys: ["assets/*"],
  condition: {
    ArnLike: { "aws:SourceArn": `arn:${partition}:cloudfront::${accountId}:distribution/*` },
  },
});

/** Key prefix of what is logged about the access to other buckets. */
export const BUCKET_LOGS = "s3/";

/**
 * Server access logs of buckets: who read, wrote and deleted what. They come within hours, by best effort, and cost their storage alone;
 * CloudTrail's data events come within minutes, for 0.10 USD a 100,000 requests.
 * Source: AWS, "Enabling Amazon S3 server access logging", bucket policy.
 */
export const bucketLogs = (
  { accountId }: Account,
  bucketArns: readonly pulumi.Input<string>[],
): Delivery => ({
  sid: "BucketLogs",
  service: "logging.s3.amazonaws.com",
  actions: ["s3:PutObject"],
  keys: [`${BUCKET_LOGS}*`],
  condition: {
    StringEquals: { "aws:SourceAccount": accountId },
    ArnLike: { "aws:SourceArn": [...bucketArns] },
  },
});
