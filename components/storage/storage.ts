import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Bucket } from "./bucket.ts";
import { distributionLogs, loadBalancerLogs, trailLogs, type Account } from "./log-delivery.ts";

export interface StorageArgs {
  account: Account;
  /** Name of the trail that delivers into the logs bucket. @default - no trail does */
  trailName?: string | undefined;
  /** Region from which the log of a distribution is delivered into the logs bucket. @default - there is no distribution */
  distributionLogRegion?: string | undefined;
  /** `none` for an app that keeps nothing in DynamoDB. */
  table: "none" | "on-demand";
  /** How far back the table can be restored; 0 for not at all. */
  pointInTimeRecoveryDays: number;
  accessLogRetentionDays: number;
  backupRetentionDays: number;
  /** Key that encrypts table, assets and backups. @default - AWS-managed encryption */
  keyArn?: pulumi.Input<string> | undefined;
  deletionProtection: boolean;
}

/** The app's DynamoDB table. */
export interface Table {
  readonly name: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
}

/**
 * Buckets for assets, logs and backups, and the app's DynamoDB table with keys `pk` and `sk`, whose items expire at
 * `expires` (seconds).
 * Cost: by use; the table about 0.71 USD a million writes, point-in-time recovery about 0.20 USD a GB and month.
 */
export class Storage extends pulumi.ComponentResource {
  readonly logBucket: pulumi.Output<string>;
  readonly logBucketArn: pulumi.Output<string>;
  readonly assetsBucket: pulumi.Output<string>;
  readonly backupsBucket: pulumi.Output<string>;
  readonly table: Table | undefined;

  constructor(name: string, args: StorageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:storage:Storage", name, {}, opts);

    const { keyArn, deletionProtection } = args;
    const child = { parent: this };
    // Load balancers deliver into buckets with S3-managed encryption only.
    const logs = new Bucket(
      `${name}-logs`,
      {
        retentionDays: args.accessLogRetentionDays,
        deliveries: [
          loadBalancerLogs(args.account),
          ...(args.trailName === undefined ? [] : trailLogs(args.account, args.trailName)),
          ...(args.distributionLogRegion === undefined
            ? []
            : [distributionLogs(args.account, args.distributionLogRegion)]),
        ],
        deletionProtection,
      },
      child,
    );
    const assets = new Bucket(`${name}-assets`, { keyArn, deletionProtection }, child);
    const backups = new Bucket(
      `${name}-backups`,
      { retentionDays: args.backupRetentionDays, keyArn, deletionProtection },
      child,
    );
    this.logBucket = logs.bucketName;
    this.logBucketArn = logs.deliverableArn;
    this.assetsBucket = assets.bucketName;
    this.backupsBucket = backups.bucketName;
    this.table = args.table === "none" ? undefined : this.createTable(name, args);
    this.registerOutputs({
      logBucket: this.logBucket,
      assetsBucket: this.assetsBucket,
      backupsBucket: this.backupsBucket,
      tableName: this.table?.name,
    });
  }

  private createTable(name: string, args: StorageArgs): Table {
    const days = args.pointInTimeRecoveryDays;
    return new aws.dynamodb.Table(
      `${name}-table`,
      {
        billingMode: "PAY_PER_REQUEST",
        hashKey: "pk",
        rangeKey: "sk",
        attributes: [
          { name: "pk", type: "S" },
          { name: "sk", type: "S" },
        ],
        ttl: { attributeName: "expires", enabled: true },
        pointInTimeRecovery:
          days === 0 ? { enabled: false } : { enabled: true, recoveryPeriodInDays: days },
        deletionProtectionEnabled: args.deletionProtection,
        // Left out, it would stay as it was, on a key that is deleted: the provider takes a missing block for no change
        // (hashicorp/terraform-provider-aws#29811). Not enabled means a key that AWS owns, which is the default.
        serverSideEncryption:
          args.keyArn === undefined
            ? { enabled: false }
            : { enabled: true, kmsKeyArn: args.keyArn },
      },
      {
        parent: this,
        protect: args.deletionProtection,
        retainOnDelete: args.deletionProtection,
      },
    );
  }
}
