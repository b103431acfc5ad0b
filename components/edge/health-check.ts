import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { topic } from "../topic.ts";

export interface HealthCheckArgs {
  region: string;
  /** Host name of the stack's own load balancer: the service's name may lead to another region. */
  hostName: pulumi.Input<string>;
  healthPath: string;
  /** Takes the alarm where the stack is in the region of the metrics. */
  topicArn: pulumi.Input<string>;
  alarmEmails: readonly string[];
  /** Checks of other stacks with the same names. */
  otherHealthCheckIds: readonly string[];
}

/** Metrics of health checks are in one region. Source: AWS, "Monitoring health checks using CloudWatch", Route 53 Developer Guide. */
export const METRICS_REGION = "us-east-1";

const INTERVAL_SECONDS = 30;
const FAILURES = 3;

/**
 * Asks the load balancer from outside, over HTTPS, whether it may be answered with; and an alarm on that. AWS does not compare the
 * certificate's name, so the load balancer's own does.
 * Cost: about 1.75 USD a month with its HTTPS, and 0.10 USD for the alarm.
 */
export class HealthCheck extends pulumi.ComponentResource {
  readonly healthCheckId: pulumi.Output<string>;

  constructor(name: string, args: HealthCheckArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:edge:HealthCheck", name, {}, opts);

    const check = new aws.route53.HealthCheck(
      name,
      {
        type: "HTTPS",
        fqdn: args.hostName,
        port: 443,
        resourcePath: args.healthPath,
        enableSni: true,
        requestInterval: INTERVAL_SECONDS,
        failureThreshold: FAILURES,
      },
      { parent: this },
    );
    this.healthCheckId = check.id;
    // An alarm only calls a topic of its own region, and so does the stack's key: nothing secret passes.
    const topicArn =
      args.region === METRICS_REGION
        ? args.topicArn
        : topic(name, { emails: args.alarmEmails, region: METRICS_REGION }, this);
    this.alarm(
      name,
      check,
      topicArn,
      `${args.healthPath} does not answer from outside: Route 53 answers with another region, where there is one. Look at the service in ${args.region}. Runbook: docs/runbook.md#a-region-that-is-lost`,
    );
    if (args.otherHealthCheckIds.length > 0) {
      const any = new aws.route53.HealthCheck(
        `${name}-any`,
        {
          type: "CALCULATED",
          childHealthchecks: [check.id, ...args.otherHealthCheckIds],
          childHealthThreshold: 1,
        },
        { parent: this },
      );
      const down =
        "No stack of these names answers from outside, whatever its region. Runbook: docs/runbook.md#a-region-that-is-lost";
      this.alarm(`${name}-any`, any, topicArn, down);
    }
    this.registerOutputs({ healthCheckId: this.healthCheckId });
  }

  private alarm(
    name: string,
    check: aws.route53.HealthCheck,
    topicArn: pulumi.Input<string>,
    alarmDescription: string,
  ): void {
    new aws.cloudwatch.MetricAlarm(
      name,
      {
        region: METRICS_REGION,
        alarmDescription,
        namespace: "AWS/Route53",
        metricName: "HealthCheckStatus",
        dimensions: { HealthCheckId: check.id },
        statistic: "Minimum",
        period: 60,
        evaluationPeriods: 2,
        threshold: 1,
        comparisonOperator: "LessThanThreshold",
        treatMissingData: "notBreaching",
        alarmActions: [topicArn],
        okActions: [topicArn],
      },
      { parent: this },
    );
  }
}
