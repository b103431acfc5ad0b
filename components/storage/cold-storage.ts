import type * as aws from "@pulumi/aws";

type Rule = aws.types.input.s3.BucketLifecycleConfigurationRule;

/**
 * Where large objects go that are kept for long: `GLACIER_IR` for what is written once and read in an emergency, at once and for
 * 0.03 USD a GB; `INTELLIGENT_TIERING` for what may be read at any time, for nothing.
 */
export type ColdClass = "GLACIER_IR" | "INTELLIGENT_TIERING";

/** Days in S3 Standard before; intelligent tiering counts its own 30 and 90. */
const COLD_AFTER_DAYS = { GLACIER_IR: 30, INTELLIGENT_TIERING: 0 } as const;

/** Glacier Instant Retrieval bills 90 days at least, which follow 30 in Standard: what is deleted earlier is paid for all the same. */
const LONG_DAYS = 120;

/**
 * The smallest object whose move pays at once. By list prices of us-east-1, in USD:
 * Glacier Instant Retrieval saves 0.023 - 0.004 = 0.019 a GB and month for 0.00002 an object moved: over the 3 months of 120 days that
 * is even at 0.00002 / 0.057 GB = 0.35 MB. Intelligent tiering saves 0.0105 a GB and month from the 31st day on for 0.0000025 an object
 * and month: even at 0.24 MB. Neither takes objects below 128 KB. docs/cost.md has the whole of it.
 * Source: https://aws.amazon.com/s3/pricing/ (not verified here); AWS, "Understanding and managing Amazon S3 storage classes".
 */
const WORTH_BYTES = 1_048_576;

/** The lifecycle rules that move objects which are kept for so many days: one, or none where it would not pay. */
export const coldRules = (storageClass: ColdClass, retentionDays: number): Rule[] =>
  retentionDays < LONG_DAYS
    ? []
    : [
        {
          id: "cold",
          status: "Enabled",
          filter: { objectSizeGreaterThan: WORTH_BYTES },
          transitions: [{ days: COLD_AFTER_DAYS[storageClass], storageClass }],
        },
      ];
