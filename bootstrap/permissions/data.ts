import { of, type Permission, type Permissions, type Scope } from "./permission.ts";

const BUCKET: Scope = { arnsOf: "aws:s3/bucket:Bucket", suffixes: ["", "/*"] };
const TABLE: Scope = { arnsOf: "aws:dynamodb/table:Table" };

const bucket = (read: string, write: string): Permission => ({
  read: of("s3", read),
  write: of("s3", write),
  on: BUCKET,
});
const lifecycle = bucket("GetLifecycleConfiguration", "PutLifecycleConfiguration");
const logging = bucket("GetBucketLogging", "PutBucketLogging");
const encryption = bucket("GetEncryptionConfiguration", "PutEncryptionConfiguration");
const versioning = bucket("GetBucketVersioning", "PutBucketVersioning");
/** The provider reads every setting of a bucket, set or not. */
const settings = bucket(
  "GetBucketAcl GetBucketCORS GetBucketLocation GetBucketLogging GetBucketObjectLockConfiguration GetBucketPolicy GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite GetAccelerateConfiguration GetEncryptionConfiguration GetLifecycleConfiguration GetReplicationConfiguration",
  "CreateBucket DeleteBucket PutBucketTagging ListBucketVersions DeleteObject DeleteObjectVersion",
);
/** To ask whether a bucket is there is to be allowed to list it. Source: AWS, API reference of S3, HeadBucket. */
const wholeBucket: Permission = { ...settings, list: of("s3", "ListBucket") };
const object: Permission = {
  ...{ read: [], list: of("s3", "GetObjectTagging") },
  write: of("s3", "PutObject DeleteObject"),
  on: BUCKET,
};

export const data: Permissions = {
  "aws:backup/plan:Plan": {
    read: of("backup", "GetBackupPlan ListTags"),
    write: of(
      "backup",
      "CreateBackupPlan UpdateBackupPlan DeleteBackupPlan TagResource UntagResource",
    ),
    on: "region",
  },
  "aws:backup/selection:Selection": {
    read: of("backup", "GetBackupSelection"),
    write: of("backup", "CreateBackupSelection DeleteBackupSelection"),
    on: "region",
  },
  "aws:backup/vault:Vault": {
    read: of("backup", "DescribeBackupVault ListTags"),
    write: [
      ...of("backup", "CreateBackupVault DeleteBackupVault TagResource UntagResource"),
      ...of("backup-storage", "MountCapsule"),
    ],
    on: "region",
  },
  "aws:dynamodb/contributorInsights:ContributorInsights": {
    read: of("dynamodb", "DescribeContributorInsights"),
    write: of("dynamodb", "UpdateContributorInsights"),
    on: TABLE,
  },
  "aws:dynamodb/resourcePolicy:ResourcePolicy": {
    read: of("dynamodb", "GetResourcePolicy"),
    write: of("dynamodb", "PutResourcePolicy DeleteResourcePolicy"),
    on: TABLE,
  },
  "aws:dynamodb/table:Table": {
    read: of(
      "dynamodb",
      "DescribeTable DescribeContinuousBackups DescribeTimeToLive ListTagsOfResource",
    ),
    write: of(
      "dynamodb",
      "CreateTable UpdateTable DeleteTable UpdateContinuousBackups UpdateTimeToLive TagResource UntagResource",
    ),
    on: TABLE,
  },
  "aws:kms/alias:Alias": {
    read: of("kms", "ListAliases"),
    write: of("kms", "CreateAlias UpdateAlias DeleteAlias"),
    on: "region",
  },
  "aws:kms/key:Key": {
    read: of("kms", "DescribeKey GetKeyPolicy GetKeyRotationStatus ListResourceTags"),
    write: of(
      "kms",
      "CancelKeyDeletion CreateGrant DisableKeyRotation EnableKey EnableKeyRotation PutKeyPolicy RetireGrant ScheduleKeyDeletion TagResource UntagResource UpdateKeyDescription",
    ),
    // ECR makes grants for a repository in the caller's name, and retires them with it.
    // Source: AWS, "Encryption at rest", Amazon ECR User Guide.
    on: "own",
  },
  "aws:kms/keyPolicy:KeyPolicy": {
    read: of("kms", "GetKeyPolicy"),
    write: of("kms", "PutKeyPolicy"),
    on: "own",
  },
  "aws:s3/bucket:Bucket": wholeBucket,
  "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": bucket(
    "GetBucketCORS",
    "PutBucketCORS",
  ),
  "aws:s3/bucketIntelligentTieringConfiguration:BucketIntelligentTieringConfiguration": bucket(
    "GetIntelligentTieringConfiguration",
    "PutIntelligentTieringConfiguration",
  ),
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": lifecycle,
  "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2": lifecycle,
  "aws:s3/bucketLogging:BucketLogging": logging,
  "aws:s3/bucketLoggingV2:BucketLoggingV2": logging,
  "aws:s3/bucketMetric:BucketMetric": bucket("GetMetricsConfiguration", "PutMetricsConfiguration"),
  "aws:s3/bucketNotification:BucketNotification": bucket(
    "GetBucketNotification",
    "PutBucketNotification",
  ),
  "aws:s3/bucketObject:BucketObject": object,
  "aws:s3/bucketObjectv2:BucketObjectv2": object,
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": bucket(
    "GetBucketOwnershipControls",
    "PutBucketOwnershipControls",
  ),
  "aws:s3/bucketPolicy:BucketPolicy": bucket(
    "GetBucketPolicy",
    "PutBucketPolicy DeleteBucketPolicy",
  ),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": bucket(
    "GetBucketPublicAccessBlock",
    "PutBucketPublicAccessBlock",
  ),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration":
    encryption,
  "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2":
    encryption,
  "aws:s3/bucketV2:BucketV2": wholeBucket,
  "aws:s3/bucketVersioning:BucketVersioning": versioning,
  "aws:s3/bucketVersioningV2:BucketVersioningV2": versioning,
};
