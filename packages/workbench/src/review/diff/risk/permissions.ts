import type { Json } from "../../../plan/types.ts";
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

/** Types whose input `policy` is one. */
const WITH_POLICY = new Set([
  "aws:ec2/vpcEndpoint:VpcEndpoint",
  "aws:ecr/repositoryPolicy:RepositoryPolicy",
  "aws:iam/groupPolicy:GroupPolicy",
  "aws:iam/policy:Policy",
  "aws:iam/rolePolicy:RolePolicy",
  "aws:iam/userPolicy:UserPolicy",
  "aws:kms/key:Key",
  "aws:s3/bucketPolicy:BucketPolicy",
  "aws:secretsmanager/secretPolicy:SecretPolicy",
  "aws:sns/topicPolicy:TopicPolicy",
  "aws:sqs/queuePolicy:QueuePolicy",
]);
const ROLE = "aws:iam/role:Role";
const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";

/**
 * What a change lets happen that was not possible before, as a list of at most one.
 * @param planned inputs of the same resource in an offline plan, for policies that a preview does not know yet
 */
export function widening(
  resource: ResourceChange,
  planned?: Readonly<Record<string, Json>>,
): Widening[] {
  const { type, operation, before = {}, after = {} } = resource;
  if (operation === "delete") return [];
  const found: Grant[] = [];
  let unknown = false;
  const policy = type === ROLE ? "assumeRolePolicy" : WITH_POLICY.has(type) ? "policy" : undefined;
  if (policy !== undefined) {
    const isUnknown = after[policy] === UNKNOWN;
    const old = grants(before[policy]) ?? [];
    const young = grants(isUnknown ? planned?.[policy] : after[policy]) ?? [];
    // A plan's ids are not those of the account: only actions can be compared with what is deployed.
    found.push(
      ...(isUnknown ? widened(old.map(anywhere), young.map(anywhere)) : widened(old, young)),
    );
    unknown = isUnknown && planned?.[policy] === undefined;
  }
  // Each ARN of a policy kept elsewhere is a permission.
  const attached =
    type === ROLE ? "managedPolicyArns" : type === ATTACHMENT ? "policyArn" : undefined;
  if (attached !== undefined) {
    const old = arns(before[attached]);
    const come = arns(after[attached]).filter((arn) => !old.includes(arn));
    found.push(...come.map((arn) => whole("policy", "everything in the policy", arn)));
  }
  // Without its boundary a role may do more.
  const boundary = before["permissionsBoundary"];
  if (type === ROLE && typeof boundary === "string" && after["permissionsBoundary"] === undefined)
    found.push(whole("boundary", "everything that the boundary kept out", boundary));
  const list = unique(found);
  return list.length === 0 && !unknown ? [] : [{ resource, grants: list, unknown }];
}

function anywhere(grant: Grant): Grant {
  return { ...grant, resource: grant.resource === "*" ? "*" : UNKNOWN };
}

function arns(value: Json | undefined): string[] {
  return [value].flat().filter((arn) => typeof arn === "string");
}

/** All that a policy allows, or that a boundary kept out. */
function whole(action: "policy" | "boundary", written: string, arn: string): Grant {
  return { effect: "Allow", principal: "", condition: "", action, written, resource: arn };
}

/** Sorted and without duplicates. */
function unique(list: readonly Grant[]): Grant[] {
  const key = ({ effect, principal, resource, action, condition }: Grant): string =>
    JSON.stringify([effect, principal, resource, action, condition]);
  const byKey = new Map(list.map((grant) => [key(grant), grant]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, grant]) => grant);
}
