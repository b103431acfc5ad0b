import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyDocument } from "../service-role.ts";
import { topic } from "../topic.ts";
import type { Topics } from "./metric-alarm.ts";

export interface NotificationsArgs {
  account: { partition: string; accountId: string };
  /** The tags by which the stack's cost is told. */
  project: string;
  stack: string;
  /** Name of what the provider does not name. */
  stackName: string;
  /** `essential`: one topic for everything; `full`: one for each severity. */
  monitoring: "essential" | "full";
  /** Who is mailed; each address confirms its subscription once. */
  alarmEmails: readonly string[];
  /** HTTPS endpoints that pages are posted to, such as that of an on-call service. */
  pageEndpoints: readonly string[];
  /** Who is mailed when a page goes on. */
  escalationEmails: readonly string[];
  /** `workspace/channel` of Slack; empty for none. */
  slackChannel: string;
  /** Budget of the stack in US dollars; 0 for none. */
  monthlyBudgetUsd: number;
  /** Customer-managed key. @default - none: with a key of AWS's own, CloudWatch could not publish */
  keyArn?: pulumi.Input<string> | undefined;
}

/**
 * The topics that alarms go to, who hears them, and the stack's budget.
 * Cost: mails are free up to 1,000 a month, posts up to 100,000; Slack and a budget cost nothing.
 */
export class Notifications extends pulumi.ComponentResource {
  readonly topics: Topics;
  readonly escalationTopicArn: pulumi.Output<string> | undefined;

  constructor(name: string, args: NotificationsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:observability:Notifications", name, {}, opts);

    const full = args.monitoring === "full";
    const { keyArn, alarmEmails: emails, pageEndpoints: endpoints, escalationEmails } = args;
    const ticket = topic(name, { emails, keyArn }, this);
    const page = full ? topic(`${name}-page`, { emails, endpoints, keyArn }, this) : ticket;
    this.topics = { page, ticket };
    this.escalationTopicArn =
      full && escalationEmails.length > 0
        ? topic(`${name}-escalation`, { emails: escalationEmails, keyArn }, this)
        : undefined;
    if (args.slackChannel !== "") this.slack(name, args, full ? [ticket, page] : [ticket]);
    if (args.monthlyBudgetUsd > 0) this.budget(name, args, ticket);
    this.registerOutputs({ topics: this.topics });
  }

  /** Messages alone: its role may do nothing. */
  private slack(
    name: string,
    { stackName, slackChannel }: NotificationsArgs,
    snsTopicArns: pulumi.Output<string>[],
  ): void {
    const [slackTeamId = "", slackChannelId = ""] = slackChannel.split("/");
    const role = new aws.iam.Role(
      `${name}-slack`,
      {
        description: "Posts alarms to Slack, and may do nothing else",
        assumeRolePolicy: JSON.stringify(
          aws.iam.assumeRolePolicyForPrincipal({ Service: "chatbot.amazonaws.com" }),
        ),
      },
      { parent: this },
    );
    new aws.chatbot.SlackChannelConfiguration(
      `${name}-slack`,
      {
        ...{ configurationName: stackName, iamRoleArn: role.arn, snsTopicArns },
        ...{ slackTeamId, slackChannelId },
      },
      { parent: this },
    );
  }

  /**
   * Alarms and the budget may publish: a policy of one's own takes the place of SNS's, by which alarms do.
   * Source: AWS Cost Management User Guide, "Creating an Amazon SNS topic for budget notifications".
   */
  private budget(name: string, args: NotificationsArgs, topicArn: pulumi.Output<string>): void {
    const { partition, accountId } = args.account;
    const publishers = {
      cloudwatch: `arn:${partition}:cloudwatch:*:${accountId}:alarm:*`,
      budgets: `arn:${partition}:budgets::${accountId}:*`,
    };
    const policy = policyDocument(
      Object.entries(publishers).map(([service, source]) => ({
        ...{ Effect: "Allow", Action: "sns:Publish", Resource: topicArn },
        Principal: { Service: `${service}.amazonaws.com` },
        Condition: {
          StringEquals: { "aws:SourceAccount": accountId },
          ArnLike: { "aws:SourceArn": source },
        },
      })),
    );
    const opened = new aws.sns.TopicPolicy(
      `${name}-policy`,
      { arn: topicArn, policy },
      { parent: this },
    );
    const tags = [`user:project$${args.project}`, `user:stack$${args.stack}`];
    const notice = (notificationType: "ACTUAL" | "FORECASTED", threshold: number) => ({
      ...{ notificationType, threshold, thresholdType: "PERCENTAGE" },
      comparisonOperator: "GREATER_THAN",
      subscriberSnsTopicArns: [topicArn],
    });
    new aws.budgets.Budget(
      `${name}-budget`,
      {
        ...{ name: args.stackName, budgetType: "COST", timeUnit: "MONTHLY" },
        ...{ limitAmount: String(args.monthlyBudgetUsd), limitUnit: "USD" },
        // The stack's own, once both tags are activated for cost allocation. Assumed: different tags are both asked for.
        costFilters: [{ name: "TagKeyValue", values: tags }],
        notifications: [notice("ACTUAL", 80), notice("ACTUAL", 100), notice("FORECASTED", 100)],
      },
      // AWS refuses a topic that it may not publish to.
      { parent: this, dependsOn: [opened] },
    );
  }
}
