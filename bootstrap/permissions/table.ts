import { compute } from "./compute.ts";
import { data } from "./data.ts";
import { edge } from "./edge.ts";
import { identity } from "./identity.ts";
import { network } from "./network.ts";
import { observability } from "./observability.ts";
import { of, type Permissions } from "./permission.ts";

/** What each resource type of the service needs. A type without a row is refused: nobody would have thought about it. */
export const PERMISSIONS: Permissions = {
  ...compute,
  ...data,
  ...edge,
  ...identity,
  ...network,
  ...observability,
};

/** What the provider functions need that the program calls. */
export const FUNCTIONS: Readonly<Record<string, readonly string[]>> = {
  "aws:ec2/getManagedPrefixList:getManagedPrefixList": of(
    "ec2",
    "DescribeManagedPrefixLists GetManagedPrefixListEntries",
  ),
  "aws:ec2/getSubnet:getSubnet": of("ec2", "DescribeSubnets"),
  "aws:ec2/getVpc:getVpc": of("ec2", "DescribeVpcs DescribeVpcAttribute DescribeRouteTables"),
  "aws:ecr/getAuthorizationToken:getAuthorizationToken": of("ecr", "GetAuthorizationToken"),
  "aws:ecr/getImage:getImage": of("ecr", "DescribeImages"),
  "aws:ecr/getImages:getImages": of("ecr", "DescribeImages ListImages"),
  "aws:iam/getPolicyDocument:getPolicyDocument": [],
  "aws:index/getAvailabilityZones:getAvailabilityZones": of("ec2", "DescribeAvailabilityZones"),
  "aws:index/getCallerIdentity:getCallerIdentity": of("sts", "GetCallerIdentity"),
  "aws:index/getPartition:getPartition": [],
  "aws:index/getRegion:getRegion": of("ec2", "DescribeRegions"),
  "aws:route53/getZone:getZone": of("route53", "GetHostedZone ListHostedZones ListTagsForResource"),
};

/** What the verification of a deployment reads to say why one failed: the last lines of the app's own log. */
export const LOG_LINES = of("logs", "GetLogEvents FilterLogEvents");
