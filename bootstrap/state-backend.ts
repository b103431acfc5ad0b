import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { secretsKeyAlias } from "./names.ts";

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
    // Losing one of these is losing the state.
    const kept = { parent: this, protect: true, retainOnDelete: true };

    const key = new aws.kms.Key(
      name,
      { description: "State of Pulumi", enableKeyRotation: true, deletionWindowInDays: 30 },
      kept,
    );
    const bucket = new aws.s3.Bucket(name, { bucket: args.bucketName }, kept);
    const child = { parent: this };
    new aws.s3.BucketVersioning(
      `${name}-versioning`,
      { bucket: bucket.id, versioningConfiguration: { status: "Enabled" } },
      child,
    );
    new aws.s3.BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      {
        bucket: bucket.id,
        rules: [
          {
            applyServerSideEncryptionByDefault: {
              sseAlgorithm: "aws:kms",
              kmsMasterKeyId: key.arn,
            },
            bucketKeyEnabled: true,
          },
        ],
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
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      {
        bucket: bucket.id,
        rules: [
          {
            id: "old-versions",
            status: "Enabled",
            filter: {},
            noncurrentVersionExpiration: { noncurrentDays: OLD_VERSIONS_DAYS },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
          },
        ],
      },
      child,
    );
    new aws.s3.BucketPolicy(
      `${name}-policy`,
      {
        bucket: bucket.id,
        policy: pulumi.jsonStringify({
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "TlsOnly",
              Effect: "Deny",
              Principal: "*",
              Action: "s3:*",
              Resource: [bucket.arn, pulumi.interpolate`${bucket.arn}/*`],
              Condition: { Bool: { "aws:SecureTransport": "false" } },
            },
          ],
        }),
      },
      child,
    );

    this.bucketArn = bucket.arn;
    this.keyArn = key.arn;
    this.secretsKeyArns = Object.fromEntries(
      args.stacks.map((stack) => [stack, this.secretsKey(stack).arn]),
    );
    this.registerOutputs({ bucketArn: this.bucketArn, keyArn: this.keyArn });
  }

  private secretsKey(stack: string): aws.kms.Key {
    const key = new aws.kms.Key(
      `secrets-${stack}`,
      {
        description: `Secrets in the state of stack ${stack}`,
        enableKeyRotation: true,
        deletionWindowInDays: 30,
      },
      { parent: this, protect: true, retainOnDelete: true },
    );
    new aws.kms.Alias(
      `secrets-${stack}-alias`,
      { name: secretsKeyAlias(stack), targetKeyId: key.keyId },
      { parent: this },
    );
    return key;
  }
}
