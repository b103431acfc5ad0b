import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface AuditTrailArgs {
  /** Name of the trail: the policies of bucket and key allow this one. */
  trailName: string;
  /** Bucket that allows the delivery. */
  logBucket: pulumi.Input<string>;
  /** Key that encrypts the log files. @default - S3-managed encryption */
  keyArn?: pulumi.Input<string> | undefined;
}

/**
 * CloudTrail trail: who changed what in the account, in every region, with files that prove that they were not altered.
 * Cost: the first trail of an account is free, a second one 2 USD per 100,000 events. Off where the organisation has one.
 */
export class AuditTrail extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: AuditTrailArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:security:AuditTrail", name, {}, opts);

    const trail = new aws.cloudtrail.Trail(
      name,
      {
        name: args.trailName,
        s3BucketName: args.logBucket,
        s3KeyPrefix: "trail",
        isMultiRegionTrail: true,
        includeGlobalServiceEvents: true,
        enableLogFileValidation: true,
        ...(args.keyArn === undefined ? {} : { kmsKeyId: args.keyArn }),
      },
      { parent: this },
    );
    this.arn = trail.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
