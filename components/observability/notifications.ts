import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface NotificationsArgs {
  /** Who is mailed; each address confirms its subscription once. */
  alarmEmails: readonly string[];
  /** Customer-managed key. @default - none: with a key of AWS's own, CloudWatch could not publish */
  keyArn?: pulumi.Input<string> | undefined;
}

/** The topic that alarms go to. Cost: mails are free up to 1,000 a month. */
export class Notifications extends pulumi.ComponentResource {
  readonly topicArn: pulumi.Output<string>;

  constructor(name: string, args: NotificationsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:observability:Notifications", name, {}, opts);

    const topic = new aws.sns.Topic(
      name,
      args.keyArn === undefined ? {} : { kmsMasterKeyId: args.keyArn },
      { parent: this },
    );
    args.alarmEmails.forEach((endpoint, index) => {
      new aws.sns.TopicSubscription(
        `${name}-email-${index + 1}`,
        { topic: topic.arn, protocol: "email", endpoint },
        { parent: this },
      );
    });
    this.topicArn = topic.arn;
    this.registerOutputs({ topicArn: this.topicArn });
  }
}
