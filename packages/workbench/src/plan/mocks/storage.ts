import type { MockResource, Rows } from "./resource.ts";
import { row } from "./rows.ts";

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

const bucketEntry = row("{bucket}:{name<}");

function bucketObject(r: MockResource) {
  const key = r.text("key") || r.name;
  return { id: key, arn: r.arn(`s3:${r.text("bucket")}/${key}`), key, versionId: r.hex(32) };
}

export const storage: Rows = {
  "s3/Bucket": bucket,
  "s3/BucketV2": bucket,
  ...Object.fromEntries(BUCKET_SETTINGS.map((name) => [`s3/Bucket${name}`, row("{bucket}")])),
  "s3/BucketMetric": bucketEntry,
  "s3/BucketIntelligentTieringConfiguration": bucketEntry,
  "s3/BucketObject": bucketObject,
  "s3/BucketObjectv2": (r) => ({
    ...bucketObject(r),
    ...{ checksumCrc32: "", checksumCrc32c: "", checksumCrc64nvme: "" },
    ...{ checksumSha1: "", checksumSha256: "" },
  }),
  "dynamodb/Table": (r) => {
    const streams = r.inputs["streamEnabled"] === true;
    return row("{name<255}", "dynamodb:table/{name<255}", {
      streamLabel: streams ? "2026-01-01T00:00:00.000" : "",
      streamArn: streams ? "@dynamodb:table/{name<255}/stream/{streamLabel}" : "",
    })(r);
  },
  "dynamodb/ResourcePolicy": row("{resourceArn}", "", { revisionId: "{digits13}" }),
  "dynamodb/ContributorInsights": row("name:{tableName}/index:{indexName}/{account}"),
  "backup/Vault": row("{name<50}", "backup:backup-vault:{name<50}", { recoveryPoints: 0 }),
  "backup/Plan": row("{uuid}", "backup:backup-plan:{id}", {
    name: "{name<50}",
    version: "{hex48}",
  }),
  "backup/Selection": row("{uuid}", "", { name: "{name<50}" }),
  "kinesis/FirehoseDeliveryStream": row("{arn}", "firehose:deliverystream/{name<64}"),
  "athena/Workgroup": row("{name<128}", "athena:workgroup/{name<128}"),
  "athena/NamedQuery": row("{uuid}", "", { name: "{name<128}" }),
  "glue/CatalogDatabase": row("{account}:{name<255}", "glue:database/{name<255}"),
  "glue/CatalogTable": row(
    "{account}:{databaseName}:{name<255}",
    "glue:table/{databaseName}/{name<255}",
  ),
};
