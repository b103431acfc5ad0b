import * as pulumi from "@pulumi/pulumi";
import { allow, serviceRole } from "../service-role.ts";

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

    this.arn = serviceRole(
      { role: name, policy: `${name}-policy` },
      {
        description: "Lets EventBridge Scheduler start the task",
        service: "scheduler.amazonaws.com",
        // The group, since Scheduler names no single schedule. Source: AWS, "Cross-service confused deputy
        // prevention in EventBridge Scheduler".
        condition: {
          StringEquals: { "aws:SourceAccount": args.accountId, "aws:SourceArn": args.groupArn },
        },
        statements: [
          allow(["ecs:RunTask"], pulumi.interpolate`${args.taskDefinition}:*`, {
            ArnEquals: { "ecs:cluster": args.clusterArn },
          }),
          allow(["iam:PassRole"], args.passedRoleArns, {
            StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" },
          }),
        ],
      },
      this,
    );
    this.registerOutputs({ arn: this.arn });
  }
}
