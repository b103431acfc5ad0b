import {
  anyOf,
  made,
  named,
  row,
  TAGGED,
  untagged,
  type Permission,
  type Permissions,
} from "./permission.ts";
import { actions } from "./policy.ts";

const BUCKET = named("aws:s3/bucket:Bucket");
const OBJECTS = named("aws:s3/bucket:Bucket", "$&/*");
const ASSETS = named("aws:s3/bucket:Bucket", "$&/assets/*");
const TABLE = named("aws:dynamodb/table:Table");
const ALIAS = named("aws:kms/alias:Alias");

/** A setting of a bucket, which the provider deletes by an action of the same name as the one that writes it. */
const setting = (file: string, name: string): Permission =>
  row(`s3/bucket_${file}`, `s3: Get${name}`, [[BUCKET, `s3: Put${name}`]]);

export const data: Permissions = {
  "dynamodb/Table": row(
    "dynamodb/table.go",
    "dynamodb: DescribeTable DescribeContinuousBackups DescribeTimeToLive ListTagsOfResource",
    [
      [
        TABLE,
        "dynamodb: CreateTable UpdateTable UpdateContinuousBackups UpdateTimeToLive TagResource UntagResource",
      ],
    ],
    [[TABLE, "dynamodb: DeleteTable"]],
  ),
  // The key is told by its tags only minutes after it is made, so that what follows at once goes by the alias's own name.
  // Source: AWS, "ABAC for AWS KMS", AWS KMS Developer Guide.
  "kms/Alias": row("kms/alias.go", "kms: ListAliases", [
    [ALIAS, "kms: CreateAlias UpdateAlias DeleteAlias"],
    [anyOf("kms:key"), "kms: CreateAlias"],
    [TAGGED, "kms: UpdateAlias DeleteAlias"],
  ]),
  "kms/Key": row(
    "kms/key.go",
    "kms: DescribeKey GetKeyPolicy GetKeyRotationStatus ListResourceTags",
    [
      [made(), "kms: CreateKey"],
      [untagged("kms:key"), "kms: TagResource"],
      // Right after the key is made, as above.
      [anyOf("kms:key"), "kms: EnableKeyRotation"],
      // ECR makes grants for a repository in the caller's name, and retires them with it.
      // Source: AWS, "Encryption at rest", Amazon ECR User Guide.
      [
        TAGGED,
        "kms: CancelKeyDeletion CreateGrant EnableKey PutKeyPolicy RetireGrant TagResource UntagResource UpdateKeyDescription",
      ],
    ],
    [[TAGGED, "kms: DisableKey DisableKeyRotation ScheduleKeyDeletion"]],
  ),
  "s3/Bucket": {
    ...row(
      "s3/bucket.go",
      // The provider reads every setting of a bucket, set or not.
      "s3: GetBucketAcl GetBucketCORS GetBucketLocation GetBucketLogging GetBucketObjectLockConfiguration GetBucketPolicy GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite GetAccelerateConfiguration GetEncryptionConfiguration GetLifecycleConfiguration GetReplicationConfiguration ListTagsForResource",
      // Where attribute-based access is switched on for a bucket, S3 takes the second pair of actions alone for its tags.
      // Source: AWS, "Enabling ABAC in general purpose buckets", Amazon S3 User Guide.
      [[BUCKET, "s3: CreateBucket PutBucketTagging TagResource UntagResource"]],
      [
        [BUCKET, "s3: DeleteBucket ListBucketVersions"],
        [OBJECTS, "s3: DeleteObject DeleteObjectVersion"],
      ],
    ),
    // To ask whether a bucket is there is to be allowed to list it. Source: AWS, API reference of S3, HeadBucket.
    list: { on: BUCKET, actions: actions("s3: ListBucket") },
  },
  "s3/BucketLifecycleConfiguration": setting(
    "lifecycle_configuration.go",
    "LifecycleConfiguration",
  ),
  // Static files, which everybody may read: nothing else of a bucket lies there.
  "s3/BucketObjectv2": {
    ...row(
      "s3/object.go",
      "s3: GetObjectTagging",
      [[ASSETS, "s3: PutObject PutObjectTagging"]],
      [
        [BUCKET, "s3: ListBucketVersions"],
        [ASSETS, "s3: DeleteObject DeleteObjectVersion"],
      ],
    ),
    list: { on: ASSETS, actions: actions("s3: GetObject") },
  },
  "s3/BucketLogging": setting("logging.go", "BucketLogging"),
  "s3/BucketNotification": setting("notification.go", "BucketNotification"),
  "s3/BucketOwnershipControls": setting("ownership_controls.go", "BucketOwnershipControls"),
  "s3/BucketPolicy": row("s3/bucket_policy.go", "s3: GetBucketPolicy", [
    [BUCKET, "s3: PutBucketPolicy DeleteBucketPolicy"],
  ]),
  "s3/BucketPublicAccessBlock": setting("public_access_block.go", "BucketPublicAccessBlock"),
  "s3/BucketServerSideEncryptionConfiguration": setting(
    "server_side_encryption_configuration.go",
    "EncryptionConfiguration",
  ),
  "s3/BucketVersioning": setting("versioning.go", "BucketVersioning"),
};
