import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allow, serviceRole } from "../service-role.ts";
import type { Account } from "./log-delivery.ts";

export interface BackupsArgs {
  account: Account;
  /** With point-in-time recovery, which exports are made from. */
  tableArn: pulumi.Input<string>;
  bucket: { arn: pulumi.Input<string>; bucketName: pulumi.Input<string> };
  /** Days between two exports, 1 to 6. */
  backupIntervalDays: number;
  /** Key that encrypts table and bucket. @default - AWS-managed encryption */
  keyArn?: pulumi.Input<string> | undefined;
  /** Takes the alarms. */
  topicArn: pulumi.Input<string>;
}

/**
 * What an alarm waits for an export beyond the interval. An alarm looks at seven days at most, in periods of an hour: hence six days.
 * Source: AWS, PutMetricAlarm, CloudWatch API Reference.
 */
const LATE_HOURS = 6;

/**
 * Exports the table into the backups bucket, from its point-in-time recovery: no server, no read capacity, and nothing that the app
 * notices. Two alarms: one on a call that DynamoDB refused, one on an export that did not arrive, whatever kept it.
 * An export is of one moment, but not of one transaction: what was under way may be in it by half.
 * Source: AWS, "Requesting a table export in DynamoDB".
 * Cost: about 0.10 USD a GB of the table and export, and its storage; 0.20 USD a month for the alarms.
 */
export class Backups extends pulumi.ComponentResource {
  constructor(name: string, args: BackupsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:storage:Backups", name, {}, opts);

    const { bucket, keyArn, account, topicArn } = args;
    const hours = 24 * args.backupIntervalDays;
    const child = { parent: this };
    // A group of its own: metrics and the role's trust know groups, not single schedules.
    const group = new aws.scheduler.ScheduleGroup(name, {}, child);
    new aws.scheduler.Schedule(
      name,
      {
        groupName: group.name,
        description: "Exports the table into the backups bucket",
        scheduleExpression: `rate(${hours} hours)`,
        flexibleTimeWindow: { mode: "OFF" },
        target: {
          // Source: AWS, "Using universal targets", EventBridge Scheduler User Guide.
          arn: `arn:${account.partition}:scheduler:::aws-sdk:dynamodb:exportTableToPointInTime`,
          roleArn: this.role(name, args, group.arn),
          input: pulumi.jsonStringify({
            TableArn: args.tableArn,
            S3Bucket: bucket.bucketName,
            S3BucketOwner: account.accountId,
            S3SseAlgorithm: keyArn === undefined ? "AES256" : "KMS",
            S3SseKmsKeyId: keyArn,
          }),
          retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 },
        },
      },
      child,
    );
    // DynamoDB tells of no export by itself; its last file does. Keys are in the alphabet's order, as the provider writes them back.
    const arrived = new aws.cloudwatch.EventRule(
      name,
      {
        description: "Exports that are complete",
        eventPattern: pulumi.jsonStringify({
          detail: {
            bucket: { name: [bucket.bucketName] },
            object: { key: [{ suffix: "/manifest-summary.json" }] },
          },
          "detail-type": ["Object Created"],
          source: ["aws.s3"],
        }),
      },
      child,
    );
    new aws.s3.BucketNotification(name, { bucket: bucket.bucketName, eventbridge: true }, child);

    const calls = { statistic: "Sum", alarmActions: [topicArn], okActions: [topicArn] };
    new aws.cloudwatch.MetricAlarm(
      `${name}-refused`,
      {
        ...calls,
        alarmDescription:
          "DynamoDB refused to export the table. Look at point-in-time recovery, the role of the schedule and the key. Runbook: docs/runbook.md#alarm-backups-refused",
        namespace: "AWS/Scheduler",
        metricName: "TargetErrorCount",
        dimensions: { ScheduleGroup: group.name },
        period: 300,
        evaluationPeriods: 1,
        threshold: 0,
        comparisonOperator: "GreaterThanThreshold",
        treatMissingData: "notBreaching",
      },
      child,
    );
    new aws.cloudwatch.MetricAlarm(
      `${name}-missing`,
      {
        ...calls,
        alarmDescription: `No export of the table was completed for ${hours + LATE_HOURS} hours. Look at what npm run restore lists, and why one failed. Runbook: docs/runbook.md#alarm-backups-missing`,
        namespace: "AWS/Events",
        metricName: "MatchedEvents",
        dimensions: { RuleName: arrived.name },
        period: 3600,
        evaluationPeriods: hours + LATE_HOURS,
        threshold: 1,
        comparisonOperator: "LessThanThreshold",
        // Nothing arrived is nothing counted. A new alarm has no data either, but calls only once it had some.
        treatMissingData: "missing",
        insufficientDataActions: [topicArn],
      },
      child,
    );
    this.registerOutputs({});
  }

  /** ARN of the role by which Scheduler exports this table into this bucket. */
  private role(
    name: string,
    { account, tableArn, bucket, keyArn }: BackupsArgs,
    groupArn: pulumi.Output<string>,
  ): pulumi.Output<string> {
    const services = ["dynamodb", "s3"].map((one) => `${one}.${account.region}.amazonaws.com`);
    return serviceRole(
      { role: `${name}-role`, policy: `${name}-policy` },
      {
        description: "Lets EventBridge Scheduler export the table",
        service: "scheduler.amazonaws.com",
        condition: {
          StringEquals: { "aws:SourceAccount": account.accountId, "aws:SourceArn": groupArn },
        },
        // DynamoDB writes in the name of who asks. Source: AWS, "Requesting a table export in DynamoDB", prerequisites.
        statements: [
          allow(["dynamodb:ExportTableToPointInTime"], tableArn),
          allow(
            ["s3:AbortMultipartUpload", "s3:PutObject", "s3:PutObjectAcl"],
            pulumi.interpolate`${bucket.arn}/*`,
          ),
          // The guide names no actions: these are what DynamoDB reads a table by and S3 encrypts by (assumed).
          ...(keyArn === undefined
            ? []
            : [
                allow(["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"], keyArn, {
                  StringEquals: { "kms:ViaService": services },
                }),
              ]),
        ],
      },
      this,
    );
  }
}
