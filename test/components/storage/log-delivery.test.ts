import { expect } from "chai";
import { loadBalancerLogs, trailLogs } from "../../../components/storage/log-delivery.ts";

const account = { partition: "aws", region: "eu-west-1", accountId: "123456789012" };

describe("log delivery", () => {
  it("load balancers of the account write access and connection logs below their prefixes", () => {
    expect(loadBalancerLogs(account)).to.deep.equal({
      sid: "LoadBalancerLogs",
      service: "logdelivery.elasticloadbalancing.amazonaws.com",
      actions: ["s3:PutObject"],
      keys: ["access/AWSLogs/123456789012/*", "connection/AWSLogs/123456789012/*"],
      condition: {
        ArnLike: {
          "aws:SourceArn": "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/*",
        },
      },
    });
  });

  it("the trail checks the bucket and writes below its prefix, in the account's name", () => {
    const source = { "aws:SourceArn": "arn:aws:cloudtrail:eu-west-1:123456789012:trail/t" };

    expect(trailLogs(account, "t")).to.deep.equal([
      {
        sid: "TrailChecksBucket",
        service: "cloudtrail.amazonaws.com",
        actions: ["s3:GetBucketAcl"],
        keys: [],
        condition: { StringEquals: source },
      },
      {
        sid: "TrailLogs",
        service: "cloudtrail.amazonaws.com",
        actions: ["s3:PutObject"],
        keys: ["trail/AWSLogs/123456789012/*"],
        condition: { StringEquals: { ...source, "s3:x-amz-acl": "bucket-owner-full-control" } },
      },
    ]);
  });
});
