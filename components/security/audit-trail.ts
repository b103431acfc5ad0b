import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { logGroup, type LogGroupArgs } from "../log-group.ts";
import { allow, serviceRole } from "../service-role.ts";

/** The retention is that of the events in CloudWatch; the bucket has one of its own. The key encrypts the log files, too. */
export interface AuditTrailArgs extends LogGroupArgs {
  account: { partition: string; region: string; accountId: string };
  /** Name of the trail: the policies of bucket and key allow this one. */
  trailName: string;
  /** Bucket that allows the delivery. */
  logBucket: pulumi.Input<string>;
}

/**
 * CloudTrail trail: who changed what in the account, in every region, with files that prove that they were not altered,
 * and in CloudWatch Logs, where events can be searched and alarmed on within minutes (Security Hub control CloudTrail.5).
 * Cost: the first trail of an account is free, a second one 2 USD per 100,000 events; CloudWatch Logs about 0.57 USD a GB.
 * Off where the organisation has one.
 */
export class AuditTrail extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly logGroupName: pulumi.Output<string>;

  constructor(name: string, args: AuditTrailArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:security:AuditTrail", name, {}, opts);

    const group = logGroup(name, args, this);
    const trail = new aws.cloudtrail.Trail(
      name,
      {
        name: args.trailName,
        s3BucketName: args.logBucket,
        s3KeyPrefix: "trail",
        isMultiRegionTrail: true,
        includeGlobalServiceEvents: true,
        enableLogFileValidation: true,
        cloudWatchLogsGroupArn: pulumi.interpolate`${group.arn}:*`,
        cloudWatchLogsRoleArn: this.deliveryRole(name, group.arn, args.account),
        kmsKeyId: args.keyArn,
      },
      // Who may take the trail away can hide what else was done.
      { parent: this, protect: args.deletionProtection },
    );
    this.arn = trail.arn;
    this.logGroupName = group.name;
    this.registerOutputs({ arn: this.arn });
  }

  /** ARN of a role that may write the trail's own streams of the log group, known once it may. */
  private deliveryRole(
    name: string,
    groupArn: pulumi.Output<string>,
    { region, accountId }: AuditTrailArgs["account"],
  ): pulumi.Output<string> {
    return serviceRole(
      { role: `${name}-role`, policy: `${name}-policy` },
      {
        description: "Writes the events of the trail into its log group",
        // CloudTrail names neither source account nor source ARN here: a condition on them ends the delivery.
        // Source: AWS, "Role policy document for CloudTrail to use CloudWatch Logs for monitoring".
        service: "cloudtrail.amazonaws.com",
        statements: [
          allow(
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            // The prefix is CloudTrail's own; events of other regions come through the trail's home region.
            pulumi.interpolate`${groupArn}:log-stream:${accountId}_CloudTrail_${region}*`,
          ),
        ],
      },
      this,
    );
  }
}
