import { compute } from "./compute.ts";
import { data } from "./data.ts";
import { network } from "./network.ts";
import { observability } from "./observability.ts";
import { named, row, type Permission, type Permissions } from "./permission.ts";
import { actions } from "./policy.ts";

export const ROLE = "aws:iam/role:Role";

const role = (file: string, read: string, write: string): Permission =>
  row(`iam/${file}`, `iam: ${read}`, [[named(ROLE), `iam: ${write}`]]);

/**
 * What each resource type needs that the program can make, in any configuration. A type without a row is refused: nobody would have
 * thought about it. What a user adds is declared in workbench.config.ts.
 */
export const PERMISSIONS: Permissions = {
  ...compute,
  ...data,
  ...network,
  ...observability,
  // PassRole and the permissions boundary have statements of their own.
  [ROLE]: role(
    "role.go",
    "GetRole GetRolePolicy ListAttachedRolePolicies ListInstanceProfilesForRole ListRolePolicies ListRoleTags",
    "CreateRole DeleteRole TagRole UntagRole UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription",
  ),
  "aws:iam/rolePolicy:RolePolicy": role(
    "role_policy.go",
    "GetRolePolicy",
    "PutRolePolicy DeleteRolePolicy",
  ),
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": role(
    "role_policy_attachment.go",
    "ListAttachedRolePolicies",
    "AttachRolePolicy DetachRolePolicy",
  ),
};

/** What the provider functions need that the program calls. */
export const FUNCTIONS: Readonly<Record<string, readonly string[]>> = {
  "aws:ec2/getManagedPrefixList:getManagedPrefixList": actions(
    "ec2: DescribeManagedPrefixLists GetManagedPrefixListEntries",
  ),
  "aws:ec2/getSubnet:getSubnet": actions("ec2: DescribeSubnets"),
  "aws:ec2/getVpc:getVpc": actions("ec2: DescribeVpcs DescribeVpcAttribute DescribeRouteTables"),
  "aws:ecr/getAuthorizationToken:getAuthorizationToken": actions("ecr: GetAuthorizationToken"),
  "aws:ecr/getImage:getImage": actions("ecr: DescribeImages"),
  "aws:ecr/getImages:getImages": actions("ecr: DescribeImages ListImages"),
  "aws:iam/getPolicyDocument:getPolicyDocument": [],
  "aws:index/getAvailabilityZones:getAvailabilityZones": actions("ec2: DescribeAvailabilityZones"),
  "aws:index/getCallerIdentity:getCallerIdentity": actions("sts: GetCallerIdentity"),
  "aws:index/getPartition:getPartition": [],
  "aws:index/getRegion:getRegion": actions("ec2: DescribeRegions"),
  "aws:route53/getZone:getZone": actions(
    "route53: GetHostedZone ListHostedZones ListTagsForResource",
  ),
  "aws:secretsmanager/getSecretVersions:getSecretVersions": actions(
    "secretsmanager: ListSecretVersionIds",
  ),
};

/** What the verification of a deployment reads to say why one failed: the last lines of the app's own log. */
export const LOG_LINES = actions("logs: GetLogEvents FilterLogEvents");
