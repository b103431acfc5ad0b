import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { CONTAINER_NAME } from "./container.ts";
import { failedRuns } from "./failed-runs.ts";
import type { Cluster, PlacementArgs } from "./fargate-service-args.ts";
import { SchedulerRole } from "./scheduler-role.ts";
import { taskDefinition, taskLogGroup, type TaskArgs } from "./task.ts";
import { TaskSecurityGroup } from "./task-security-group.ts";

export interface ScheduledTaskArgs extends TaskArgs, PlacementArgs {
  cluster: Cluster;
  /** `cron(0 3 * * ? *)`, `rate(1 hour)` or `at(2026-12-01T03:00:00)`. */
  schedule: string;
  /** IANA name; heeded by cron and at. */
  timeZone: string;
  enabled: boolean;
}

/**
 * A task that EventBridge Scheduler starts: a nightly job. On demand, since Spot may take it away halfway; started once,
 * because a second start might do its work twice.
 * Cost: the task while it runs; 14 million starts a month are free, and so are events of AWS.
 */
export class ScheduledTask extends pulumi.ComponentResource {
  readonly clusterName: pulumi.Output<string>;
  readonly taskDefinitionArn: pulumi.Output<string>;
  readonly logGroupName: pulumi.Output<string>;
  readonly scheduleName: pulumi.Output<string>;
  readonly scheduleGroupName: pulumi.Output<string>;
  /** Rule that matches each run that failed. */
  readonly failureRuleName: pulumi.Output<string>;

  constructor(name: string, args: ScheduledTaskArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:service:ScheduledTask", name, {}, opts);

    const logGroup = taskLogGroup(name, args, this);
    const { definition, roles } = taskDefinition(name, { ...args, listens: false }, logGroup, this);
    const securityGroup = new TaskSecurityGroup(`${name}-tasks`, args, { parent: this });
    // A group of its own: metrics and the role's trust know groups, not single schedules.
    const group = new aws.scheduler.ScheduleGroup(name, {}, { parent: this });
    const role = new SchedulerRole(
      `${name}-scheduler`,
      {
        accountId: args.account.accountId,
        groupArn: group.arn,
        clusterArn: args.cluster.arn,
        taskDefinition: definition.arnWithoutRevision,
        passedRoleArns: [roles.executionRoleArn, roles.taskRoleArn],
      },
      { parent: this },
    );
    const schedule = new aws.scheduler.Schedule(
      name,
      {
        groupName: group.name,
        description: `Starts the task ${name}`,
        scheduleExpression: args.schedule,
        scheduleExpressionTimezone: args.timeZone,
        flexibleTimeWindow: { mode: "OFF" },
        state: args.enabled ? "ENABLED" : "DISABLED",
        target: {
          arn: args.cluster.arn,
          roleArn: role.arn,
          // What ECS refuses for the moment, such as for want of capacity, is asked again for an hour.
          retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 },
          ecsParameters: {
            taskDefinitionArn: definition.arn,
            launchType: "FARGATE",
            taskCount: 1,
            networkConfiguration: {
              subnets: args.subnetIds,
              securityGroups: [securityGroup.id],
              assignPublicIp: args.taskSubnets === "public",
            },
          },
        },
      },
      { parent: this },
    );
    // Without a target, for how often it matches is a metric: one that publishes to the topic of alarms would need that topic and its key
    // opened to EventBridge. Source: AWS, "Using IAM policy conditions in Amazon EventBridge".
    const failures = new aws.cloudwatch.EventRule(
      `${name}-failures`,
      {
        description: `Runs of ${name} that failed`,
        eventPattern: pulumi
          .all([args.cluster.arn, definition.arnWithoutRevision])
          .apply(([clusterArn, taskDefinition]) =>
            failedRuns({ clusterArn, taskDefinition, container: CONTAINER_NAME }),
          ),
      },
      { parent: this },
    );
    this.clusterName = args.cluster.name;
    this.taskDefinitionArn = definition.arn;
    this.logGroupName = logGroup.name;
    this.scheduleName = schedule.name;
    this.scheduleGroupName = group.name;
    this.failureRuleName = failures.name;
    this.registerOutputs({
      taskDefinitionArn: this.taskDefinitionArn,
      scheduleName: this.scheduleName,
    });
  }
}
