import { byToken } from "../../plan/aws-types.ts";
import { compute, image } from "./compute.ts";
import { data } from "./data.ts";
import { network } from "./network.ts";
import { observability } from "./observability.ts";
import { named, row, type Permission, type Permissions } from "./permission.ts";
import { actions } from "./policy.ts";

export const ROLE = "aws:iam/role:Role";

const role = (file: string, read: string, write: string): Permission =>
  row(`iam/${file}`, `iam: ${read}`, [[named(ROLE), `iam: ${write}`]]);

const roles: Permissions = {
  // PassRole and the permissions boundary have statements of their own.
  "iam/Role": role(
    "role.go",
    "GetRole GetRolePolicy ListAttachedRolePolicies ListInstanceProfilesForRole ListRolePolicies ListRoleTags",
    "CreateRole DeleteRole TagRole UntagRole UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription",
  ),
  "iam/RolePolicy": role("role_policy.go", "GetRolePolicy", "PutRolePolicy DeleteRolePolicy"),
  "iam/RolePolicyAttachment": role(
    "role_policy_attachment.go",
    "ListAttachedRolePolicies",
    "AttachRolePolicy DetachRolePolicy",
  ),
};

/**
 * What each resource type needs that the program can make, in any configuration. A type without a row is refused: nobody would have
 * thought about it. What a user adds is declared in workbench.config.ts.
 */
export const PERMISSIONS: Permissions = {
  "docker:index/image:Image": image,
  ...byToken({ ...compute, ...data, ...network, ...observability, ...roles }),
};

/** What the provider functions need that the program calls. */
export const FUNCTIONS: Readonly<Record<string, readonly string[]>> = byToken({
  "ec2/getManagedPrefixList": actions(
    "ec2: DescribeManagedPrefixLists GetManagedPrefixListEntries",
  ),
  "ec2/getSubnet": actions("ec2: DescribeSubnets"),
  "ec2/getVpc": actions("ec2: DescribeVpcs DescribeVpcAttribute DescribeRouteTables"),
  "ecr/getAuthorizationToken": actions("ecr: GetAuthorizationToken"),
  "ecr/getImage": actions("ecr: DescribeImages"),
  "ecr/getImages": actions("ecr: DescribeImages ListImages"),
  "iam/getPolicyDocument": [],
  "index/getAvailabilityZones": actions("ec2: DescribeAvailabilityZones"),
  "index/getCallerIdentity": actions("sts: GetCallerIdentity"),
  "index/getPartition": [],
  "index/getRegion": actions("ec2: DescribeRegions"),
  "route53/getZone": actions("route53: GetHostedZone ListHostedZones ListTagsForResource"),
  "secretsmanager/getSecretVersions": actions("secretsmanager: ListSecretVersionIds"),
});

/** What the verification of a deployment reads to say why one failed: the last lines of the app's own log. */
export const LOG_LINES = actions("logs: GetLogEvents FilterLogEvents");
