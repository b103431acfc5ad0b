import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Topics } from "./metric-alarm.ts";

export interface NotificationsArgs {
  /** `essential`: one topic for everything; `full`: one for each severity. */
  monitoring: "essential" | "full";
  /** Who is mailed; each address confirms its subscription once. */
  alarmEmails: readonly string[];
  /** HTTPS endpoints that pages are posted to, such as that of an on-call service. */
  pageEndpoints: readonly string[];
  /** Who is mailed when a page goes on. */
  escalationEmails: readonly string[];
  /** Customer-managed key. @default - none: with a key of AWS's own, CloudWatch could not publish */
  keyArn?: pulumi.Input<string> | undefined;
}

/**
 * The topics that alarms go to, and who hears them.
 * Cost: mails are free up to 1,000 a month, posts up to 100,000.
 */
export class Notifications extends pulumi.ComponentResource {
  readonly topics: Topics;
  readonly escalationTopicArn: pulumi.Output<string> | undefined;

  constructor(name: string, args: NotificationsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:observability:Notifications", name, {}, opts);

    const topic = (role: string, emails: readonly string[], endpoints: readonly string[] = []) => {
      const made = new aws.sns.Topic(
        role,
        args.keyArn === undefined ? {} : { kmsMasterKeyId: args.keyArn },
        { parent: this },
      );
      for (const [protocol, heard] of Object.entries({ email: emails, https: endpoints })) {
        // On-call services confirm by themselves; the provider waits a minute for it. Source: aws_sns_topic_subscription.
        const confirmed = protocol === "https" ? { endpointAutoConfirms: true } : {};
        heard.forEach((endpoint, index) => {
          new aws.sns.TopicSubscription(
            `${role}-${protocol}-${index + 1}`,
            { topic: made.arn, protocol, endpoint, ...confirmed },
            { parent: this },
          );
        });
      }
      return made.arn;
    };
    const full = args.monitoring === "full";
    const ticket = topic(name, args.alarmEmails);
    const page = full ? topic(`${name}-page`, args.alarmEmails, args.pageEndpoints) : ticket;
    this.topics = { page, ticket };
    this.escalationTopicArn =
      full && args.escalationEmails.length > 0
        ? topic(`${name}-escalation`, args.escalationEmails)
        : undefined;
    this.registerOutputs({ topics: this.topics });
  }
}
