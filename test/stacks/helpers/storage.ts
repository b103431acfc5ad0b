import type { Json, Plan } from "@koa-fargate/workbench/plan/types.ts";
import { all, at, byName, one, parsed, show } from "./plans.ts";

/** What is wrong with where a stack keeps things: one sentence each, none where all is right. */
export function storageProblems(plan: Plan): string[] {
  return [
    ...all(plan, "s3/bucket:Bucket").flatMap(({ name }) => wrongBucket(plan, name)),
    ...wide(plan),
  ];
}

/** A bucket is private, encrypted and versioned; the policy of one allows AWS's services alone. */
function wrongBucket(plan: Plan, bucket: string): string[] {
  const setting = (type: string, suffix: string) =>
    all(plan, type).find(({ name }) => name === `${bucket}-${suffix}`)?.inputs ?? {};
  const access = setting("BucketPublicAccessBlock", "access");
  const open = [
    "blockPublicAcls",
    "blockPublicPolicy",
    "ignorePublicAcls",
    "restrictPublicBuckets",
  ];
  const versioning = at(setting("BucketVersioning", "versioning"), "versioningConfiguration");
  const encryption = at(
    setting("BucketServerSideEncryptionConfiguration", "encryption"),
    ...["rules", 0, "applyServerSideEncryptionByDefault", "sseAlgorithm"],
  );
  const statements = at(parsed(setting("BucketPolicy", "policy")["policy"]), "Statement");
  const allowed = (statements as Record<string, Json>[]).filter(({ Effect }) => Effect === "Allow");
  return [
    ...open.filter((key) => access[key] !== true).map((key) => `${bucket} does not set ${key}`),
    at(versioning, "status") !== "Enabled" && `${bucket} keeps no versions`,
    encryption === undefined && `${bucket} is not encrypted`,
    ...allowed
      .filter(({ Principal }) => at(Principal, "Service") === undefined)
      .map(({ Sid }) => `${bucket} lets ${show(Sid)} in, which is no service of AWS`),
  ].filter((problem) => problem !== false);
}

/** The role of the schedule may export the stack's table into the stack's bucket, and nothing else. */
function wide(plan: Plan): string[] {
  const bucket = show(one(plan, "s3/bucket:Bucket", "storage-backups").outputs["arn"]);
  const own = [
    ...all(plan, "Table").map(({ outputs }) => outputs["arn"]),
    ...all(plan, "Key").map(({ outputs }) => outputs["arn"]),
    `${bucket}/*`,
  ];
  const policies = byName(plan, "RolePolicy", ({ inputs }) =>
    at(parsed(inputs["policy"]), "Statement"),
  );
  const statements = (policies["backups-policy"] ?? []) as Record<string, Json>[];
  return statements.flatMap(({ Action, Resource }) => [
    ...(own.includes(Resource) ? [] : [`backups may reach ${show(Resource)}`]),
    ...[Action]
      .flat()
      .flatMap((action) => (show(action).includes("*") ? [`backups may do ${show(action)}`] : [])),
  ]);
}
