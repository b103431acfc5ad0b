import { row, type Permission, type Permissions } from "./permission.ts";
import { actions } from "./policy.ts";

const BUCKET = { arnsOf: "aws:s3/bucket:Bucket", suffixes: ["", "/*"] };
const table = (read: string, write: string): Permission =>
  row(`dynamodb: ${read}`, `dynamodb: ${write}`, { arnsOf: "aws:dynamodb/table:Table" });

const bucket = (read: string, write: string): Permission =>
  row(`s3: ${read}`, `s3: ${write}`, BUCKET);
/** A setting of a bucket, which no deployment deletes but by putting the default. */
const setting = (name: string): Permission => bucket(`Get${name}`, `Put${name}`);
const lifecycle = setting("LifecycleConfiguration");
const logging = setting("BucketLogging");
const encryption = setting("EncryptionConfiguration");
const versioning = setting("BucketVersioning");
const wholeBucket: Permission = {
  // The provider reads every setting of a bucket, set or not.
  ...bucket(
    "GetBucketAcl GetBucketCORS GetBucketLocation GetBucketLogging GetBucketObjectLockConfiguration GetBucketPolicy GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite GetAccelerateConfiguration GetEncryptionConfiguration GetLifecycleConfiguration GetReplicationConfiguration",
    "CreateBucket DeleteBucket PutBucketTagging ListBucketVersions DeleteObject DeleteObjectVersion",
  ),
  // To ask whether a bucket is there is to be allowed to list it. Source: AWS, API reference of S3, HeadBucket.
  list: actions("s3: ListBucket"),
};
const object = { ...bucket("", "PutObject DeleteObject"), list: actions("s3: GetObjectTagging") };

export const data: Permissions = {
  "aws:backup/plan:Plan": row(
    "backup: GetBackupPlan ListTags",
    "backup: CreateBackupPlan UpdateBackupPlan DeleteBackupPlan TagResource UntagResource",
  ),
  "aws:backup/selection:Selection": row(
    "backup: GetBackupSelection",
    "backup: CreateBackupSelection DeleteBackupSelection",
  ),
  "aws:backup/vault:Vault": row(
    "backup: DescribeBackupVault ListTags",
    "backup: CreateBackupVault DeleteBackupVault TagResource UntagResource backup-storage: MountCapsule",
  ),
  "aws:dynamodb/contributorInsights:ContributorInsights": table(
    "DescribeContributorInsights",
    "UpdateContributorInsights",
  ),
  "aws:dynamodb/resourcePolicy:ResourcePolicy": table(
    "GetResourcePolicy",
    "PutResourcePolicy DeleteResourcePolicy",
  ),
  "aws:dynamodb/table:Table": table(
    "DescribeTable DescribeContinuousBackups DescribeTimeToLive ListTagsOfResource",
    "CreateTable UpdateTable DeleteTable UpdateContinuousBackups UpdateTimeToLive TagResource UntagResource",
  ),
  "aws:kms/alias:Alias": row("kms: ListAliases", "kms: CreateAlias UpdateAlias DeleteAlias"),
  "aws:kms/key:Key": row(
    "kms: DescribeKey GetKeyPolicy GetKeyRotationStatus ListResourceTags",
    // ECR makes grants for a repository in the caller's name, and retires them with it.
    // Source: AWS, "Encryption at rest", Amazon ECR User Guide.
    "kms: CancelKeyDeletion CreateGrant DisableKeyRotation EnableKey EnableKeyRotation PutKeyPolicy RetireGrant ScheduleKeyDeletion TagResource UntagResource UpdateKeyDescription",
    "own",
  ),
  "aws:kms/keyPolicy:KeyPolicy": row("kms: GetKeyPolicy", "kms: PutKeyPolicy", "own"),
  "aws:s3/bucket:Bucket": wholeBucket,
  "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": setting("BucketCORS"),
  "aws:s3/bucketIntelligentTieringConfiguration:BucketIntelligentTieringConfiguration": setting(
    "IntelligentTieringConfiguration",
  ),
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": lifecycle,
  "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2": lifecycle,
  "aws:s3/bucketLogging:BucketLogging": logging,
  "aws:s3/bucketLoggingV2:BucketLoggingV2": logging,
  "aws:s3/bucketMetric:BucketMetric": setting("MetricsConfiguration"),
  "aws:s3/bucketNotification:BucketNotification": setting("BucketNotification"),
  "aws:s3/bucketObject:BucketObject": object,
  "aws:s3/bucketObjectv2:BucketObjectv2": object,
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": setting("BucketOwnershipControls"),
  "aws:s3/bucketPolicy:BucketPolicy": bucket(
    "GetBucketPolicy",
    "PutBucketPolicy DeleteBucketPolicy",
  ),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": setting("BucketPublicAccessBlock"),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration":
    encryption,
  "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2":
    encryption,
  "aws:s3/bucketV2:BucketV2": wholeBucket,
  "aws:s3/bucketVersioning:BucketVersioning": versioning,
  "aws:s3/bucketVersioningV2:BucketVersioningV2": versioning,
};
