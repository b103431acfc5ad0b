import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface SchedulerRoleArgs {
  accountId: string;
  /** Group of the schedule. */
  groupArn: pulumi.Input<string>;
  clusterArn: pulumi.Input<string>;
  /** ARN of the task definition without its revision. */
  taskDefinition: pulumi.Input<string>;
  /** Roles of the task. */
  passedRoleArns: pulumi.Input<string>[];
}

/** The role by which EventBridge Scheduler starts one task. Source: AWS, "Execution role", EventBridge Scheduler User Guide. */
export class SchedulerRole extends pulumi.ComponentResource {
  /** Known once the policy is attached: a start before it would be refused. */
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: SchedulerRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:service:SchedulerRole", name, {}, opts);

    const role = new aws.iam.Role(
      name,
      {
        description: "Lets EventBridge Scheduler start the task",
        assumeRolePolicy: pulumi.jsonStringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Action: "sts:AssumeRole",
              Principal: { Service: "scheduler.amazonaws.com" },
              // The group, since Scheduler names no single schedule. Source: AWS, "Cross-service confused deputy
              // prevention in EventBridge Scheduler".
              Condition: {
                StringEquals: {
                  "aws:SourceAccount": args.accountId,
                  "aws:SourceArn": args.groupArn,
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
              Action: ["ecs:RunTask"],
              Resource: pulumi.interpolate`${args.taskDefinition}:*`,
              Condition: { ArnEquals: { "ecs:cluster": args.clusterArn } },
            },
            {
              Effect: "Allow",
              Action: ["iam:PassRole"],
              Resource: args.passedRoleArns,
              Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
            },
          ],
        }),
      },
      { parent: this },
    );
    this.arn = pulumi.all([role.arn, policy.id]).apply(([arn]) => arn);
    this.registerOutputs({ arn: this.arn });
  }
}
