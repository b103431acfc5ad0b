import type { ResourceChange } from "../types.ts";
import { changedSettings, off, type Setting, type Value } from "./settings.ts";

/** Days; absent or 0 keeps for ever. */
const days = (value: Value): number => (typeof value === "number" && value > 0 ? value : Infinity);

const TABLE = "aws:dynamodb/table:Table";

const unguarded = (): string => "loses its own deletion protection";

/** Settings that keep data. */
const KEEPERS: readonly Setting[] = [
  [
    "aws:cloudwatch/logGroup:LogGroup",
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
  ["aws:lb/loadBalancer:LoadBalancer", "enableDeletionProtection", off, unguarded],
  [
    "aws:s3/bucket:Bucket",
    "forceDestroy",
    (before, after) => off(after, before),
    () => "may be deleted with everything in it",
  ],
  [
    "aws:s3/bucketVersioning:BucketVersioning",
    "versioningConfiguration.status",
    (before, after) => before === "Enabled" && after !== "Enabled",
    () => "keeps no former versions of objects any more",
  ],
];

/** What a change of settings keeps shorter or guards less, without a resource being deleted. */
export function lessKept(change: ResourceChange): string[] {
  return change.operation === "update" ? changedSettings(KEEPERS, change) : [];
}
