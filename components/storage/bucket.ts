import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyDocument } from "../service-role.ts";
import { coldRules, type ColdClass } from "./cold-storage.ts";

/** A statement of a bucket policy, without the bucket's own ARNs. */
export interface Delivery {
  sid: string;
  /** Service principal that delivers, such as `logdelivery.elasticloadbalancing.amazonaws.com`. */
  service: string;
  actions: readonly string[];
  /** Key patterns below the bucket; empty for the bucket itself. */
  keys: readonly string[];
  condition: Readonly<
    Record<string, Readonly<Record<string, pulumi.Input<string> | pulumi.Input<string>[]>>>
  >;
}

export interface BucketArgs {
  /** Days until an object expires. @default - objects stay */
  retentionDays?: number;
  /** Class of objects that are large and kept for long. @default - S3 Standard for all */
  coldClass?: ColdClass;
  /** Services that may write into it. */
  deliveries?: readonly Delivery[];
  /** Key that encrypts the objects. @default - S3-managed encryption */
  keyArn?: pulumi.Input<string> | undefined;
  deletionProtection: boolean;
}

/** Old versions of an object stay as long, so that an overwritten or deleted one can be brought back. */
const OLD_VERSION_DAYS = 30;

/** Private, versioned and encrypted S3 bucket that refuses plain HTTP. Cost: about 0.023 USD a GB and month. */
export class Bucket extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  /** Name of the bucket, known once its policy stands: what is delivered right away is allowed. */
  readonly bucketName: pulumi.Output<string>;
  /** Where CloudFront reaches it. */
  readonly domainName: pulumi.Output<string>;
  /** Its ARN, likewise. */
  readonly deliverableArn: pulumi.Output<string>;

  constructor(name: string, args: BucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:storage:Bucket", name, {}, opts);

    const bucket = new aws.s3.Bucket(
      name,
      { forceDestroy: !args.deletionProtection },
      { parent: this, protect: args.deletionProtection, retainOnDelete: args.deletionProtection },
    );
    const child = { parent: this };
    const target = { bucket: bucket.bucket };
    const access = new aws.s3.BucketPublicAccessBlock(
      `${name}-access`,
      {
        ...target,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      child,
    );
    new aws.s3.BucketOwnershipControls(
      `${name}-ownership`,
      { ...target, rule: { objectOwnership: "BucketOwnerEnforced" } },
      child,
    );
    new aws.s3.BucketVersioning(
      `${name}-versioning`,
      { ...target, versioningConfiguration: { status: "Enabled" } },
      child,
    );
    new aws.s3.BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      {
        ...target,
        rules: [
          {
            bucketKeyEnabled: args.keyArn !== undefined,
            applyServerSideEncryptionByDefault:
              args.keyArn === undefined
                ? { sseAlgorithm: "AES256" }
                : { sseAlgorithm: "aws:kms", kmsMasterKeyId: args.keyArn },
          },
        ],
      },
      child,
    );
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      {
        ...target,
        rules: [
          {
            id: "expire",
            status: "Enabled",
            filter: {},
            abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
            noncurrentVersionExpiration: { noncurrentDays: OLD_VERSION_DAYS },
            expiration: args.retentionDays === undefined ? undefined : { days: args.retentionDays },
          },
          ...(args.coldClass === undefined
            ? []
            : coldRules(args.coldClass, args.retentionDays ?? 0)),
        ],
      },
      child,
    );
    const policy = new aws.s3.BucketPolicy(
      `${name}-policy`,
      { ...target, policy: bucketPolicy(bucket.arn, args.deliveries ?? []) },
      // S3 refuses two such calls at the same time on one bucket.
      { parent: this, dependsOn: [access] },
    );
    this.arn = bucket.arn;
    this.bucketName = policy.bucket;
    this.domainName = bucket.bucketRegionalDomainName;
    this.deliverableArn = pulumi.all([bucket.arn, policy.id]).apply(([arn]) => arn);
    this.registerOutputs({ bucketName: this.bucketName });
  }
}

const bucketPolicy = (
  arn: pulumi.Output<string>,
  deliveries: readonly Delivery[],
): pulumi.Output<string> =>
  policyDocument([
    {
      Sid: "RefusePlainHttp",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: [arn, pulumi.interpolate`${arn}/*`],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
    ...deliveries.map(({ sid, service, actions, keys, condition }) => ({
      Sid: sid,
      Effect: "Allow",
      Principal: { Service: service },
      Action: actions,
      Resource: keys.length === 0 ? arn : keys.map((key) => pulumi.interpolate`${arn}/${key}`),
      Condition: condition,
    })),
  ]);
