import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { logGroup, type LogGroupArgs } from "../log-group.ts";
import { allow, serviceRole } from "../service-role.ts";

export interface FlowLogsArgs extends LogGroupArgs {
  account: { partition: string; region: string; accountId: string };
  vpcId: pulumi.Input<string>;
  /** Rejected traffic shows probes and wrong rules; all traffic shows everything and costs more. */
  traffic: "rejected" | "all";
}

/** Flow logs of a VPC in CloudWatch, by a role that may write to their log group alone. Cost: about 0.57 USD a GB. */
export class FlowLogs extends pulumi.ComponentResource {
  readonly logGroupName: pulumi.Output<string>;

  constructor(name: string, args: FlowLogsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:network:FlowLogs", name, {}, opts);

    const group = logGroup(name, args, this);
    const { partition, region, accountId } = args.account;
    const roleArn = serviceRole(
      { role: `${name}-role`, policy: `${name}-policy` },
      {
        description: "Writes the flow logs of the VPC",
        service: "vpc-flow-logs.amazonaws.com",
        condition: {
          StringEquals: { "aws:SourceAccount": accountId },
          ArnLike: {
            "aws:SourceArn": `arn:${partition}:ec2:${region}:${accountId}:vpc-flow-log/*`,
          },
        },
        statements: [
          // AWS lists CreateLogGroup and DescribeLogGroups too, on every group ("IAM role for publishing flow logs to
          // CloudWatch Logs", Amazon VPC User Guide). Ours exists, and would come back unencrypted after its removal;
          // the flow logs of the AWS CDK (aws-cdk-lib/aws-ec2) deliver with these three.
          allow(
            ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
            pulumi.interpolate`${group.arn}:*`,
          ),
        ],
      },
      this,
    );
    new aws.ec2.FlowLog(
      name,
      {
        vpcId: args.vpcId,
        trafficType: args.traffic === "all" ? "ALL" : "REJECT",
        logDestinationType: "cloud-watch-logs",
        logDestination: group.arn,
        iamRoleArn: roleArn,
        maxAggregationInterval: 60,
      },
      { parent: this },
    );
    this.logGroupName = group.name;
    this.registerOutputs({ logGroupName: this.logGroupName });
  }
}
