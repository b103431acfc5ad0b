import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Bucket } from "./bucket.ts";
import {
  assetReads,
  BUCKET_LOGS,
  bucketLogs,
  distributionLogs,
  loadBalancerLogs,
  trailLogs,
  type Account,
} from "./log-delivery.ts";

export interface StorageArgs {
  account: Account;
  /** Name of the trail that delivers into the logs bucket. @default - no trail does */
  trailName?: string | undefined;
  /** Region from which the log of a distribution is delivered into the logs bucket. @default - there is no distribution */
  distributionLogRegion?: string | undefined;
  /** `none` for an app that keeps nothing in DynamoDB. */
  table: "none" | "on-demand";
  /** A table that exists, of somebody else; empty for one of the stack's own. */
  tableName: string;
  /** Further regions of the stack's own table. */
  tableReplicas: readonly string[];
  /** How far back the table can be restored; 0 for not at all. */
  pointInTimeRecoveryDays: number;
  /** The past that the app's table is to be of: a time or the name of an export; empty for the stack's own table as it is. */
  restoreFrom: string;
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
  /** Whether it is somebody else's, by whatever key. @default false */
  readonly existing?: boolean;
}

/** A restore takes an hour as a rule, and longer the larger the table is. Source: AWS, "Point-in-time recovery", DynamoDB Developer Guide. */
const RESTORE_TIMEOUT = "12h";

/**
 * Buckets for assets, logs and backups, and the app's DynamoDB table with keys `pk` and `sk`, whose items expire at
 * `expires` (seconds). Access to assets and backups is logged in the logs bucket.
 * Cost: by use; the table about 0.71 USD a million writes, point-in-time recovery about 0.20 USD a GB and month.
 */
export class Storage extends pulumi.ComponentResource {
  readonly logBucket: pulumi.Output<string>;
  readonly logBucketArn: pulumi.Output<string>;
  readonly assets: Bucket;
  readonly backups: Bucket;
  /** The one that the app uses. */
  readonly table: Table | undefined;

  constructor(name: string, args: StorageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:storage:Storage", name, {}, opts);

    const { keyArn, deletionProtection } = args;
    const child = { parent: this };
    const deliveries = args.distributionLogRegion === undefined ? [] : [assetReads(args.account)];
    const assets = new Bucket(`${name}-assets`, { deliveries, keyArn, deletionProtection }, child);
    this.backups = new Bucket(
      `${name}-backups`,
      {
        retentionDays: args.backupRetentionDays,
        coldClass: "GLACIER_IR",
        keyArn,
        deletionProtection,
      },
      child,
    );
    // Load balancers and S3 deliver into buckets with S3-managed encryption only.
    const logs = new Bucket(
      `${name}-logs`,
      {
        retentionDays: args.accessLogRetentionDays,
        coldClass: "INTELLIGENT_TIERING",
        deliveries: [
          loadBalancerLogs(args.account),
          ...(args.trailName === undefined ? [] : trailLogs(args.account, args.trailName)),
          ...(args.distributionLogRegion === undefined
            ? []
            : [distributionLogs(args.account, args.distributionLogRegion)]),
          bucketLogs(args.account, [assets.arn, this.backups.arn]),
        ],
        deletionProtection,
      },
      child,
    );
    for (const [role, bucket] of Object.entries({ assets, backups: this.backups }))
      new aws.s3.BucketLogging(
        `${name}-${role}-logging`,
        {
          bucket: bucket.bucketName,
          targetBucket: logs.bucketName,
          targetPrefix: `${BUCKET_LOGS}${role}/`,
        },
        child,
      );
    this.logBucket = logs.bucketName;
    this.logBucketArn = logs.deliverableArn;
    this.assets = assets;
    this.table = args.tableName === "" ? this.tables(`${name}-table`, args) : existing(args);
    this.registerOutputs({
      logBucket: this.logBucket,
      assetsBucket: assets.bucketName,
      backupsBucket: this.backups.bucketName,
      tableName: this.table?.name,
    });
  }

  /** The stack's own table, or beside it the one of its past, which takes its place for the app. */
  private tables(name: string, args: StorageArgs): Table | undefined {
    if (args.table === "none") return undefined;
    const own = this.createTable(name, args, this.replicated(name, args));
    if (args.restoreFrom === "") return own;
    const { restoreFrom } = args;
    const past = restoreFrom.endsWith("Z")
      ? { restoreSourceName: own.name, restoreDateTime: restoreFrom }
      : { importTable: exported(restoreFrom, this.backups.bucketName) };
    // The name carries the moment: another one is another table, and none is replaced.
    return this.createTable(`${name}-${restoreFrom.replaceAll(":", "")}`.toLowerCase(), args, past);
  }

  /**
   * What makes a table a global one, in place: no change of these replaces it, and the provider adds and removes replicas one by one.
   * They have no tags, so that the stacks that use them may, and 35 days of recovery whatever the table has.
   * Source: Terraform AWS provider, internal/service/dynamodb/table.go, createReplicas and updateReplica.
   */
  private replicated(name: string, args: StorageArgs): Partial<aws.dynamodb.TableArgs> {
    if (args.tableReplicas.length === 0) return {};
    return {
      streamEnabled: true,
      streamViewType: "NEW_AND_OLD_IMAGES",
      replicas: args.tableReplicas.map((regionName) => ({
        regionName,
        pointInTimeRecovery: args.pointInTimeRecoveryDays > 0,
        deletionProtectionEnabled: args.deletionProtection,
        ...(args.keyArn && {
          kmsKeyArn: this.createKey(`${name}-${regionName}`, regionName, args),
        }),
      })),
    };
  }

  /** A replica takes a key of its region, and of the same kind as the table's. Source: AWS, "DynamoDB global tables security". */
  private createKey(name: string, region: string, { deletionProtection }: StorageArgs) {
    return new aws.kms.Key(
      name,
      {
        region,
        description: `The table in ${region}`,
        enableKeyRotation: true,
        deletionWindowInDays: 30,
      },
      { parent: this, protect: deletionProtection, retainOnDelete: deletionProtection },
    ).arn;
  }

  private createTable(
    name: string,
    args: StorageArgs,
    past: Partial<aws.dynamodb.TableArgs> = {},
  ): aws.dynamodb.Table {
    const days = args.pointInTimeRecoveryDays;
    return new aws.dynamodb.Table(
      name,
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
        ...past,
      },
      {
        parent: this,
        protect: args.deletionProtection,
        retainOnDelete: args.deletionProtection,
        // The stream that replicas came with stays after them: AWS refuses to end it while one is there, and the provider asks for that
        // before it removes them (hashicorp/terraform-provider-aws#34450). One that nobody reads costs nothing.
        ignoreChanges: args.tableReplicas.length === 0 ? ["streamEnabled", "streamViewType"] : [],
        ...(args.restoreFrom === "" ? {} : { customTimeouts: { create: RESTORE_TIMEOUT } }),
      },
    );
  }
}

function existing({ account, tableName }: StorageArgs): Table {
  const { partition, region, accountId } = account;
  return {
    name: pulumi.output(tableName),
    arn: pulumi.output(`arn:${partition}:dynamodb:${region}:${accountId}:table/${tableName}`),
    existing: true,
  };
}

/** An export in the backups bucket, where DynamoDB puts its items. Source: AWS, "DynamoDB table export output format". */
const exported = (
  name: string,
  bucket: pulumi.Input<string>,
): aws.types.input.dynamodb.TableImportTable => ({
  inputFormat: "DYNAMODB_JSON",
  inputCompressionType: "GZIP",
  s3BucketSource: { bucket, keyPrefix: `AWSDynamoDB/${name}/data/` },
});
