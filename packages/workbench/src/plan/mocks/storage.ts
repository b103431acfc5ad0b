import type { Computed, MockResource, Rows } from "./resource.ts";
import { byArn, byId, byName, ofInputs } from "./rows.ts";

function bucket(r: MockResource) {
  const given = r.physicalName("bucket", 63);
  // pulumi-aws lowercases the names that it makes itself (provider/resources.go, AutoNameTransform of aws_s3_bucket).
  const name = r.text("bucket") + r.text("bucketPrefix") === "" ? given.toLowerCase() : given;
  if (name !== name.toLowerCase())
    r.refusals.push(`bucket would be ${JSON.stringify(name)}; S3 allows no capital letters.`);
  return {
    id: name,
    arn: r.arn(`s3:${name}`),
    bucket: name,
    bucketDomainName: `${name}.s3.amazonaws.com`,
    bucketRegion: r.region,
    bucketRegionalDomainName: `${name}.s3.${r.region}.amazonaws.com`,
    hostedZoneId: r.zoneId("zone"),
    websiteDomain: "",
    websiteEndpoint: "",
  };
}

/** Settings of a bucket have its name as identity, and no tags. */
export const BUCKET_SETTINGS = [
  ...["CorsConfiguration", "LifecycleConfiguration", "LifecycleConfigurationV2", "Logging"],
  ...["LoggingV2", "Notification", "OwnershipControls", "Policy", "PublicAccessBlock"],
  ...["ServerSideEncryptionConfiguration", "ServerSideEncryptionConfigurationV2"],
  ...["Versioning", "VersioningV2"],
];

const bucketEntry: Computed = (r) => {
  const name = r.physicalName();
  return { id: `${r.text("bucket")}:${name}`, name };
};

function bucketObject(r: MockResource) {
  const key = r.text("key") || r.name;
  return { id: key, arn: r.arn(`s3:${r.text("bucket")}/${key}`), key, versionId: r.hex(32) };
}

export const storage: Rows = {
  "s3/Bucket": bucket,
  "s3/BucketV2": bucket,
  ...Object.fromEntries(BUCKET_SETTINGS.map((name) => [`s3/Bucket${name}`, ofInputs("{bucket}")])),
  "s3/BucketMetric": bucketEntry,
  "s3/BucketIntelligentTieringConfiguration": bucketEntry,
  "s3/BucketObject": bucketObject,
  "s3/BucketObjectv2": (r) => ({
    ...bucketObject(r),
    checksumCrc32: "",
    checksumCrc32c: "",
    checksumCrc64nvme: "",
    checksumSha1: "",
    checksumSha256: "",
  }),
  "dynamodb/Table": byName("dynamodb:table/", { max: 255 }, (r, name) => {
    const streamLabel = r.inputs["streamEnabled"] === true ? "2026-01-01T00:00:00.000" : "";
    const streamArn = streamLabel && r.arn(`dynamodb:table/${name}/stream/${streamLabel}`);
    return { streamArn, streamLabel };
  }),
  "dynamodb/ResourcePolicy": ofInputs("{resourceArn}", (r) => ({ revisionId: r.digits(13) })),
  "dynamodb/ContributorInsights": (r) => ({
    id: `name:${r.text("tableName")}/index:${r.text("indexName")}/${r.accountId}`,
  }),
  "backup/Vault": byName("backup:backup-vault:", { max: 50 }, { recoveryPoints: 0 }),
  "backup/Plan": byId(
    "backup:backup-plan:",
    (r) => r.uuid(),
    (r) => ({ name: r.physicalName("name", 50), version: r.hex(48) }),
  ),
  "backup/Selection": (r) => ({ id: r.uuid(), name: r.physicalName("name", 50) }),
  "kinesis/FirehoseDeliveryStream": byArn("firehose:deliverystream/", { max: 64 }),
  "athena/Workgroup": byName("athena:workgroup/", { max: 128 }),
  "athena/NamedQuery": (r) => ({ id: r.uuid(), name: r.physicalName("name", 128) }),
  "glue/CatalogDatabase": (r) => {
    const name = r.physicalName("name", 255);
    return { id: `${r.accountId}:${name}`, arn: r.arn(`glue:database/${name}`), name };
  },
  "glue/CatalogTable": (r) => {
    const [database, name] = [r.text("databaseName"), r.physicalName("name", 255)];
    const id = `${r.accountId}:${database}:${name}`;
    return { id, arn: r.arn(`glue:table/${database}/${name}`), name };
  },
};
