import type { Json } from "../../types.ts";
import { UNKNOWN, type ResourceChange } from "../types.ts";
import { grants, widened, type Grant } from "./policy.ts";

/** One resource that lets more happen than before. */
export interface Widening {
  resource: ResourceChange;
  /** What is new, sorted and without duplicates. Empty where only the deployment knows the policy. */
  grants: Grant[];
  /** True where the policy is known only after the deployment and `grants` is not complete. */
  unknown: boolean;
}

/** Inputs that hold a policy, by type. */
const POLICIES: Readonly<Record<string, readonly string[]>> = {
  "aws:ecr/repositoryPolicy:RepositoryPolicy": ["policy"],
  "aws:iam/groupPolicy:GroupPolicy": ["policy"],
  "aws:iam/policy:Policy": ["policy"],
  "aws:iam/role:Role": ["assumeRolePolicy"],
  "aws:iam/rolePolicy:RolePolicy": ["policy"],
  "aws:iam/userPolicy:UserPolicy": ["policy"],
  "aws:kms/key:Key": ["policy"],
  "aws:s3/bucketPolicy:BucketPolicy": ["policy"],
  "aws:secretsmanager/secretPolicy:SecretPolicy": ["policy"],
  "aws:sns/topicPolicy:TopicPolicy": ["policy"],
  "aws:sqs/queuePolicy:QueuePolicy": ["policy"],
  "aws:ec2/vpcEndpoint:VpcEndpoint": ["policy"],
};

/** Inputs that name policies kept elsewhere: each ARN that comes is a permission. */
const ATTACHMENTS: Readonly<Record<string, readonly string[]>> = {
  "aws:iam/role:Role": ["managedPolicyArns"],
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ["policyArn"],
};

/** Inputs that bound what a role may do: without them it may do more. */
const BOUNDARY = "permissionsBoundary";

/**
 * What a change lets happen that was not possible before.
 * @param planned inputs of the same resource in an offline plan, for policies that a preview does not know yet
 */
export function widening(
  resource: ResourceChange,
  planned?: Readonly<Record<string, Json>>,
): Widening | undefined {
  const { type, operation, before = {}, after = {} } = resource;
  const found: Grant[] = [];
  let unknown = false;
  for (const key of POLICIES[type] ?? []) {
    if (operation === "delete") continue;
    const isUnknown = after[key] === UNKNOWN;
    const old = grants(before[key]) ?? [];
    const young = grants(isUnknown ? planned?.[key] : after[key]) ?? [];
    // A plan's ids are not those of the account: only actions can be compared with what is deployed.
    found.push(
      ...(isUnknown ? widened(old.map(anywhere), young.map(anywhere)) : widened(old, young)),
    );
    unknown ||= isUnknown && planned?.[key] === undefined;
  }
  if (operation !== "delete")
    for (const key of ATTACHMENTS[type] ?? [])
      found.push(...attached(before[key], after[key]).map(attachment));
  if (
    type === "aws:iam/role:Role" &&
    typeof before[BOUNDARY] === "string" &&
    after[BOUNDARY] === undefined &&
    operation !== "delete"
  )
    found.push(withoutBoundary(before[BOUNDARY]));
  const list = unique(found);
  return list.length === 0 && !unknown ? undefined : { resource, grants: list, unknown };
}

function anywhere(grant: Grant): Grant {
  return { ...grant, resource: grant.resource === "*" ? "*" : UNKNOWN };
}

function attached(before: Json | undefined, after: Json | undefined): string[] {
  const list = (value: Json | undefined): Json[] =>
    value === undefined ? [] : Array.isArray(value) ? value : [value];
  const old = new Set(list(before));
  return list(after)
    .filter((arn) => !old.has(arn))
    .map(String);
}

function attachment(arn: string): Grant {
  return { ...PLAIN, action: "policy", written: "everything in the policy", resource: arn };
}

function withoutBoundary(boundary: string): Grant {
  return {
    ...PLAIN,
    action: "boundary",
    written: "everything that the boundary kept out",
    resource: boundary,
  };
}

const PLAIN = { effect: "Allow", principal: "", condition: "" } as const;

function unique(list: readonly Grant[]): Grant[] {
  const byKey = new Map(
    list.map((grant) => [
      JSON.stringify([
        grant.effect,
        grant.principal,
        grant.resource,
        grant.action,
        grant.condition,
      ]),
      grant,
    ]),
  );
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, grant]) => grant);
}
