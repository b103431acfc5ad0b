import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

export interface TopicArgs {
  /** Who is mailed; each address confirms its subscription once. */
  emails: readonly string[];
  /** HTTPS endpoints that it is posted to. @default none */
  endpoints?: readonly string[];
  /** Customer-managed key. @default - none: with a key of AWS's own, CloudWatch could not publish */
  keyArn?: pulumi.Input<string> | undefined;
  /** @default - the stack's */
  region?: string;
}

/** A topic that alarms go to, and who hears it. @returns its ARN */
export function topic(
  name: string,
  { emails, endpoints = [], keyArn, region }: TopicArgs,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const { arn } = new aws.sns.Topic(name, { region, kmsMasterKeyId: keyArn }, { parent });
  for (const [protocol, heard] of Object.entries({ email: emails, https: endpoints })) {
    // On-call services confirm by themselves; the provider waits a minute for it. Source: aws_sns_topic_subscription.
    const confirmed = protocol === "https" ? { endpointAutoConfirms: true } : {};
    heard.forEach((endpoint, index) => {
      new aws.sns.TopicSubscription(
        `${name}-${protocol}-${index + 1}`,
        { region, topic: arn, protocol, endpoint, ...confirmed },
        { parent },
      );
    });
  }
  return arn;
}
