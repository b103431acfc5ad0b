import { of, type Permission, type Permissions, type Scope } from "./permission.ts";

const ROLE: Scope = { arnsOf: "aws:iam/role:Role" };

const rolePolicy: Permission = {
  read: of("iam", "GetRolePolicy"),
  write: of("iam", "PutRolePolicy DeleteRolePolicy"),
  on: ROLE,
};

/** Roles of the service. PassRole and the permissions boundary have statements of their own. */
export const identity: Permissions = {
  "aws:iam/role:Role": {
    read: of(
      "iam",
      "GetRole ListAttachedRolePolicies ListInstanceProfilesForRole ListRolePolicies ListRoleTags",
    ),
    write: of(
      "iam",
      "CreateRole DeleteRole TagRole UntagRole UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription",
    ),
    on: ROLE,
  },
  "aws:iam/rolePolicy:RolePolicy": rolePolicy,
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
    read: of("iam", "ListAttachedRolePolicies"),
    write: of("iam", "AttachRolePolicy DetachRolePolicy"),
    on: ROLE,
  },
  "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": {
    read: of("iam", "ListAttachedRolePolicies"),
    write: of("iam", "AttachRolePolicy DetachRolePolicy"),
    on: ROLE,
  },
};
