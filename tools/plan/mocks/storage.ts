import type { Computed, MockResource } from "./resource.ts";

const GLOBAL = { region: "", accountId: "" } as const;

function bucket(r: MockResource) {
  const given = r.physicalName("bucket", 63);
  // pulumi-aws lowercases the names that it makes itself (provider/resources.go, AutoNameTransform of aws_s3_bucket).
  const name = r.text("bucket") + r.text("bucketPrefix") === "" ? given.toLowerCase() : given;
  if (name !== name.toLowerCase())
    r.refusals.push(`bucket would be ${JSON.stringify(name)}; S3 allows no capital letters.`);
  return {
    id: name,
    arn: r.arn("s3", name, GLOBAL),
    bucket: name,
    bucketDomainName: `${name}.s3.amazonaws.com`,
    bucketRegion: r.region,
    bucketRegionalDomainName: `${name}.s3.${r.region}.amazonaws.com`,
    hostedZoneId: `Z${r.hex(13, "zone").toUpperCase()}`,
    websiteDomain: "",
    websiteEndpoint: "",
  };
}

/** Settings of a bucket have its name as identity. */
const bucketSetting: Computed = (r) => ({ id: r.text("bucket") });

const bucketEntry: Computed = (r) => {
  const name = r.physicalName();
  return { id: `${r.text("bucket")}:${name}`, name };
};

function bucketObject(r: MockResource) {
  const key = r.text("key") || r.name;
  return { id: key, arn: `arn:aws:s3:::${r.text("bucket")}/${key}`, key, versionId: r.hex(32) };
}

export const storage: Record<string, Computed> = {
  "aws:s3/bucket:Bucket": bucket,
  "aws:s3/bucketV2:BucketV2": bucket,
  ...Object.fromEntries(
    [
      "CorsConfiguration",
      "LifecycleConfiguration",
      "LifecycleConfigurationV2",
      "Logging",
      "LoggingV2",
      "Notification",
      "OwnershipControls",
      "Policy",
      "PublicAccessBlock",
      "ServerSideEncryptionConfiguration",
      "ServerSideEncryptionConfigurationV2",
      "Versioning",
      "VersioningV2",
    ].map((setting) => [`aws:s3/bucket${setting}:Bucket${setting}`, bucketSetting]),
  ),
  "aws:s3/bucketMetric:BucketMetric": bucketEntry,
  "aws:s3/bucketIntelligentTieringConfiguration:BucketIntelligentTieringConfiguration": bucketEntry,
  "aws:s3/bucketObject:BucketObject": bucketObject,
  "aws:s3/bucketObjectv2:BucketObjectv2": (r) => ({
    ...bucketObject(r),
    checksumCrc32: "",
    checksumCrc32c: "",
    checksumCrc64nvme: "",
    checksumSha1: "",
    checksumSha256: "",
  }),

  "aws:dynamodb/table:Table": (r) => {
    const name = r.physicalName("name", 255);
    const arn = r.arn("dynamodb", `table/${name}`);
    const stream = r.inputs["streamEnabled"] === true;
    return {
      id: name,
      arn,
      name,
      streamArn: stream ? `${arn}/stream/2026-01-01T00:00:00.000` : "",
      streamLabel: stream ? "2026-01-01T00:00:00.000" : "",
    };
  },
  "aws:dynamodb/resourcePolicy:ResourcePolicy": (r) => ({
    id: r.text("resourceArn"),
    revisionId: r.digits(13),
  }),
  "aws:dynamodb/contributorInsights:ContributorInsights": (r) => ({
    id: `name:${r.text("tableName")}/index:${r.text("indexName")}/${r.accountId}`,
  }),

  "aws:backup/vault:Vault": (r) => {
    const name = r.physicalName("name", 50);
    return { id: name, arn: r.arn("backup", `backup-vault:${name}`), name, recoveryPoints: 0 };
  },
  "aws:backup/plan:Plan": (r) => {
    const id = r.uuid();
    return {
      id,
      arn: r.arn("backup", `backup-plan:${id}`),
      name: r.physicalName("name", 50),
      version: r.hex(48),
    };
  },
  "aws:backup/selection:Selection": (r) => ({ id: r.uuid(), name: r.physicalName("name", 50) }),
};
