import { isMap } from "../../../plan/wire.ts";
import type { Json } from "../../../plan/types.ts";
import type { ResourceChange } from "../types.ts";
import { quote } from "./quote.ts";

type Value = Json | undefined;

/** A setting that keeps data: type, path of nested inputs, whether the second value keeps less, and what that means. */
type Keeper = readonly [
  type: string,
  path: string,
  less: (before: Value, after: Value) => boolean,
  says: (before: string, after: string) => string,
];

const off = (before: Value, after: Value): boolean => before === true && after !== true;
/** Days; absent or 0 keeps for ever. */
const days = (value: Value): number => (typeof value === "number" && value > 0 ? value : Infinity);

const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";
const TABLE = "aws:dynamodb/table:Table";
const LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const BUCKET = "aws:s3/bucket:Bucket";
const VERSIONING = "aws:s3/bucketVersioning:BucketVersioning";

const unguarded = (): string => "loses its own deletion protection";

const KEEPERS: readonly Keeper[] = [
  [
    LOG_GROUP,
    "retentionInDays",
    (before, after) => days(after) < days(before),
    (before, after) =>
      `keeps log events for ${after} instead of ${before} days: older ones are deleted`,
  ],
  [
    TABLE,
    "pointInTimeRecovery.enabled",
    off,
    () => "cannot be restored to a point in time any more",
  ],
  [TABLE, "deletionProtectionEnabled", off, unguarded],
  [LOAD_BALANCER, "enableDeletionProtection", off, unguarded],
  [
    BUCKET,
    "forceDestroy",
    (before, after) => off(after, before),
    () => "may be deleted with everything in it",
  ],
  [
    VERSIONING,
    "versioningConfiguration.status",
    (before, after) => before === "Enabled" && after !== "Enabled",
    () => "keeps no former versions of objects any more",
  ],
];

/** What a change of settings keeps shorter or guards less, without a resource being deleted. */
export function lessKept({ type, operation, before, after }: ResourceChange): string[] {
  if (operation !== "update") return [];
  return KEEPERS.filter(([of]) => of === type).flatMap(([, path, less, says]) => {
    const [old, young] = [at(before, path), at(after, path)];
    return less(old, young) ? [says(text(old), text(young))] : [];
  });
}

function at(inputs: Record<string, Json> | undefined, path: string): Value {
  return path
    .split(".")
    .reduce<Value>((value, key) => (isMap(value) ? value[key] : undefined), inputs);
}

function text(value: Value): string {
  return typeof value === "number" || typeof value === "string" ? quote(String(value)) : "all";
}
