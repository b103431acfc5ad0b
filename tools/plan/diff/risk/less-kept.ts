import type { Json } from "../../types.ts";
import type { ResourceChange } from "../types.ts";
import { quote } from "./quote.ts";

/** A setting that keeps data, and what it means when it goes down. */
interface Keeper {
  /** Path of nested input names; lists are entered at their first element. */
  path: readonly string[];
  /** Whether the second value keeps less than the first. */
  less: (before: Json | undefined, after: Json | undefined) => boolean;
  says: (before: string, after: string) => string;
}

const off = (before: Json | undefined, after: Json | undefined): boolean =>
  before === true && after !== true;
/** Days; absent or 0 keeps for ever. */
const shorter = (before: Json | undefined, after: Json | undefined): boolean =>
  days(after) < days(before);
const days = (value: Json | undefined): number =>
  typeof value === "number" && value > 0 ? value : Infinity;

const KEEPERS: Readonly<Record<string, readonly Keeper[]>> = {
  "aws:cloudwatch/logGroup:LogGroup": [
    {
      path: ["retentionInDays"],
      less: shorter,
      says: (before, after) =>
        `keeps log events for ${after} instead of ${before} days: older ones are deleted`,
    },
  ],
  "aws:dynamodb/table:Table": [
    {
      path: ["pointInTimeRecovery", "enabled"],
      less: off,
      says: () => "cannot be restored to a point in time any more",
    },
    {
      path: ["deletionProtectionEnabled"],
      less: off,
      says: () => "loses its own deletion protection",
    },
  ],
  "aws:lb/loadBalancer:LoadBalancer": [
    {
      path: ["enableDeletionProtection"],
      less: off,
      says: () => "loses its own deletion protection",
    },
  ],
  "aws:s3/bucket:Bucket": [
    {
      path: ["forceDestroy"],
      less: (before, after) => before !== true && after === true,
      says: () => "may be deleted with everything in it",
    },
  ],
  "aws:s3/bucketVersioning:BucketVersioning": [
    {
      path: ["versioningConfiguration", "status"],
      less: (before, after) => before === "Enabled" && after !== "Enabled",
      says: () => "keeps no former versions of objects any more",
    },
  ],
};

/** What a change of settings keeps shorter or guards less, without a resource being deleted. */
export function lessKept({ type, operation, before, after }: ResourceChange): string[] {
  if (operation !== "update") return [];
  return (KEEPERS[type] ?? []).flatMap(({ path, less, says }) => {
    const [old, young] = [at(before, path), at(after, path)];
    return less(old, young) ? [says(text(old), text(young))] : [];
  });
}

function at(inputs: Record<string, Json> | undefined, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>(
    (value, key) =>
      typeof value === "object" && value !== null && !Array.isArray(value) ? value[key] : undefined,
    inputs,
  );
}

function text(value: Json | undefined): string {
  return typeof value === "number" || typeof value === "string" ? quote(String(value)) : "all";
}
