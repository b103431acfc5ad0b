import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface FlowLogsArgs {
  account: { partition: string; region: string; accountId: string };
  vpcId: pulumi.Input<string>;
  /** Rejected traffic shows probes and wrong rules; all traffic shows everything and costs more. */
  traffic: "rejected" | "all";
  retentionDays: number;
  /** Key that encrypts the logs. @default - AWS-managed encryption */
  keyArn?: pulumi.Input<string> | undefined;
  /** Protects the logs from deletion. */
  deletionProtection: boolean;
}

/** Flow logs of a VPC in CloudWatch, by a role that may write to their log group alone. Cost: about 0.57 USD a GB. */
export class FlowLogs extends pulumi.ComponentResource {
  readonly logGroupName: pulumi.Output<string>;

  constructor(name: string, args: FlowLogsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:network:FlowLogs", name, {}, opts);

    const group = new aws.cloudwatch.LogGroup(
      name,
      {
        retentionInDays: args.retentionDays,
        ...(args.keyArn === undefined ? {} : { kmsKeyId: args.keyArn }),
      },
      { parent: this, protect: args.deletionProtection, retainOnDelete: args.deletionProtection },
    );
    const { partition, region, accountId } = args.account;
    const role = new aws.iam.Role(
      `${name}-role`,
      {
        description: "Writes the flow logs of the VPC",
        assumeRolePolicy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Action: "sts:AssumeRole",
              Principal: { Service: "vpc-flow-logs.amazonaws.com" },
              // Keeps the service from using the role for a flow log of another account.
              Condition: {
                StringEquals: { "aws:SourceAccount": accountId },
                ArnLike: {
                  "aws:SourceArn": `arn:${partition}:ec2:${region}:${accountId}:vpc-flow-log/*`,
                },
              },
            },
          ],
        }),
      },
      { parent: this },
    );
    const policy = new aws.iam.RolePolicy(
      `${name}-policy`,
      {
        role: role.id,
        policy: pulumi.jsonStringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              // AWS lists CreateLogGroup and DescribeLogGroups too, on every group ("IAM role for publishing flow logs to
              // CloudWatch Logs", Amazon VPC User Guide). Ours exists, and would come back unencrypted after its removal;
              // the flow logs of the AWS CDK (aws-cdk-lib/aws-ec2) deliver with these three.
              Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
              Resource: pulumi.interpolate`${group.arn}:*`,
            },
          ],
        }),
      },
      { parent: this },
    );
    new aws.ec2.FlowLog(
      name,
      {
        vpcId: args.vpcId,
        trafficType: args.traffic === "all" ? "ALL" : "REJECT",
        logDestinationType: "cloud-watch-logs",
        logDestination: group.arn,
        // Known once the policy is attached: without it the flow log starts with an access error.
        iamRoleArn: pulumi.all([role.arn, policy.id]).apply(([arn]) => arn),
        maxAggregationInterval: 60,
      },
      { parent: this },
    );
    this.logGroupName = group.name;
    this.registerOutputs({ logGroupName: this.logGroupName });
  }
}
