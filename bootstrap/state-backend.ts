import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { secretsKeyAlias } from "@koa-fargate/workbench/pipeline/bootstrap/names.ts";

export interface StateBackendArgs {
  /** Physical name of the bucket: people type it, and a second run has to find it. */
  bucketName: string;
  /** Stacks whose secrets get a key of their own. */
  stacks: readonly string[];
}

/** How long a state that was written over can be brought back. */
const OLD_VERSIONS_DAYS = 365;

/**
 * Where Pulumi keeps its state: a bucket with every version of it, a key for the bucket, and a key per stack for the
 * secrets in it, so that who may read one stack's state cannot read another's secrets.
 * Cost: 1 USD a month per key.
 */
export class StateBackend extends pulumi.ComponentResource {
  readonly bucketArn: pulumi.Output<string>;
  readonly keyArn: pulumi.Output<string>;
  /** ARN of the key of a stack's secrets. */
  readonly secretsKeyArns: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, args: StateBackendArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:bootstrap:StateBackend", name, {}, opts);
    const child = { parent: this };
    // Losing one of these is losing the state.
    const kept = { ...child, protect: true, retainOnDelete: true };
    const newKey = (key: string, description: string): aws.kms.Key =>
      new aws.kms.Key(
        key,
        { description, enableKeyRotation: true, deletionWindowInDays: 30 },
        kept,
      );

    const { arn } = newKey(name, "State of Pulumi");
    const bucket = new aws.s3.Bucket(name, { bucket: args.bucketName }, kept);
    new aws.s3.BucketVersioning(
      `${name}-versioning`,
      { bucket: bucket.id, versioningConfiguration: { status: "Enabled" } },
      child,
    );
    const encryption = { sseAlgorithm: "aws:kms", kmsMasterKeyId: arn };
    new aws.s3.BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      {
        bucket: bucket.id,
        rules: [{ applyServerSideEncryptionByDefault: encryption, bucketKeyEnabled: true }],
      },
      child,
    );
    new aws.s3.BucketPublicAccessBlock(
      `${name}-public-access`,
      {
        bucket: bucket.id,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      child,
    );
    new aws.s3.BucketOwnershipControls(
      `${name}-ownership`,
      { bucket: bucket.id, rule: { objectOwnership: "BucketOwnerEnforced" } },
      child,
    );
    const oldVersions = {
      id: "old-versions",
      status: "Enabled",
      filter: {},
      noncurrentVersionExpiration: { noncurrentDays: OLD_VERSIONS_DAYS },
      abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
    };
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      { bucket: bucket.id, rules: [oldVersions] },
      child,
    );
    const tlsOnly = {
      Sid: "TlsOnly",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: [bucket.arn, pulumi.interpolate`${bucket.arn}/*`],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    };
    new aws.s3.BucketPolicy(
      `${name}-policy`,
      {
        bucket: bucket.id,
        policy: pulumi.jsonStringify({ Version: "2012-10-17", Statement: [tlsOnly] }),
      },
      child,
    );

    this.bucketArn = bucket.arn;
    this.keyArn = arn;
    const secretsKeyArn = (stack: string): pulumi.Output<string> => {
      const key = newKey(`secrets-${stack}`, `Secrets in the state of stack ${stack}`);
      new aws.kms.Alias(
        `secrets-${stack}-alias`,
        { name: secretsKeyAlias(stack), targetKeyId: key.keyId },
        child,
      );
      return key.arn;
    };
    this.secretsKeyArns = Object.fromEntries(
      args.stacks.map((stack) => [stack, secretsKeyArn(stack)]),
    );
    this.registerOutputs({ bucketArn: this.bucketArn, keyArn: this.keyArn });
  }
}
